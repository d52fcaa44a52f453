"""What training never sees, fixed before the first run, so that quality figures mean something."""

from __future__ import annotations

#: General MIDI programs (0-based) that are never rendered for training: vibraphone, viola, French horn, clarinet.
HELD_OUT_PROGRAMS: tuple[int, ...] = (11, 41, 60, 71)

#: MIDI notes that no training phrase strikes, on any program.
HELD_OUT_NOTES: tuple[int, ...] = (40, 47, 54, 61, 68, 75, 82, 89)

#: Sonic Pi samples (file stems) that are never loaded for training.
HELD_OUT_SAMPLES: tuple[str, ...] = (
    "loop_tabla",
    "loop_breakbeat",
    "bd_haus",
    "sn_dolf",
    "drum_cymbal_open",
    "drum_tom_mid_hard",
    "elec_blip2",
    "tabla_ghe5",
    "perc_bell2",
)

#: Programs of the held-out evaluation phrases: seen instruments at unseen notes, then unseen instruments.
EVALUATION_PROGRAMS: tuple[int, ...] = (0, 12, 14, 24, 33, 40, 42, 52, 56, 65, 73, 80, *HELD_OUT_PROGRAMS)

#: Seed of the evaluation phrases; training uses seeds from another range.
EVALUATION_SEED = 990_001
