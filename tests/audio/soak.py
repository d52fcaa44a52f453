"""A long rough evening for the engine: everything that a session can do, at random, while every sample is inspected.

Run ``python -m tests.audio.soak --minutes 10``. One session plays the bundled codec and, in turn, a second one, through
two pages' sinks, a sound device (a private PulseAudio, whose monitor is recorded) and the null sink. Some 20 ms apart
the hand moves; every second or two something else happens: a terrain is swapped, a playhead comes or goes, a clip runs
underneath or no longer, a take is recorded, sound is stopped and started, another sink takes over, somebody panics,
another codec is loaded. In between the engine's process is left alone for long enough to see it grow.

What must hold, and is asserted by the exit code:

- no NaN, and no sample above -1 dBFS, in all that reached a page or the monitor;
- no click: see ``Inspector``; what a machine's stall cuts (sound, then a millisecond or more of exact zeros, in the
  monitor only) is counted apart, and printed as xruns are, because no program sounds through a stall;
- the proportional set size of this process, and of the engine's in the middle half, when no codec is changed and the
  process lives on, grows less than 5 % after the first minute (in a short run: after the first fifth);
- no process, thread or file descriptor more at the end than before.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from terrain_widgets.io.sound_files import write_wav
from terrain_widgets.session.training.process import free_spare
from tests.audio.census import Census
from tests.audio.evening import PLUG_IN, Evening
from tests.audio.plug_in import plug_ins
from tests.audio.pulse import PulseServer, missing_packages, pulse_server

CEILING = float(np.float32(10 ** (-1 / 20)))
GROWTH = 0.05
_TICK = 0.02
EVIDENCE = Path(__file__).resolve().parents[2] / "build" / "soak"


@dataclass
class Report:
    """How it went.

    Args:
        lines: What to print.
        problems: What should not have been; empty if all holds.
    """

    lines: list[str]
    problems: list[str]


def _warm_up(server: PulseServer | None, folder: Path) -> None:
    """One of everything that a library keeps for the rest of the process."""
    evening = Evening(0, 1e9, server, folder)
    for deed in (evening.run_clip, evening.add_playhead, evening.record, evening.record, evening.another_codec):
        deed()
        evening._sleep(0.3)
    if server is not None:
        evening.stop()
        evening.start("device")
        evening._sleep(1.0)
    evening.close()


def soak(seconds: float, seed: int, say: Callable[[str], None] = print) -> Report:
    """Play for so long.

    Args:
        seconds: How long, beyond a warm-up of some 10 s.
        seed: What happens.
        say: Told how it goes.
    """
    torch.set_num_threads(1)
    missing = missing_packages()
    with contextlib.ExitStack() as stack:
        stack.enter_context(plug_ins(**PLUG_IN))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        server = None if missing else stack.enter_context(pulse_server())
        if missing:
            say(f"no sound device is tried: that needs {missing}")
        _warm_up(server, folder)
        free_spare()  # kept on purpose, for a minute: not lost
        gc.collect()
        before = Census.now()
        evening = Evening(seed, seconds, server, folder)
        try:
            _play(evening, say)
        finally:
            evening.close()
            free_spare()
        return _report(evening, before)


def _play(evening: Evening, say: Callable[[str], None]) -> None:
    act = weigh = tell = 0.0
    while evening.now < evening.seconds:
        evening.tick()
        if evening.now > act:
            evening.act()
            act = evening.now + float(evening.rng.uniform(0.2, 2.0))
        if evening.now > weigh:
            evening.weigh()
            weigh = evening.now + min(1.0, evening.seconds / 100)
        if evening.now > tell:
            left = evening.seconds - evening.now
            heard = sum(inspector.seconds for _, inspector in evening.listeners())
            say(
                f"{evening.now:5.0f} s, {left:4.0f} s to go: {sum(evening.happened.values())} deeds, {heard:.0f} s "
                f"inspected, {evening.session.sounds.codec_name} to {evening.playing}"
            )
            tell = evening.now + max(5.0, evening.seconds / 30)
        time.sleep(_TICK)


def _report(evening: Evening, before: Census) -> Report:
    lines, problems = [], []
    lines.append("deeds: " + ", ".join(f"{name} {count}" for name, count in evening.happened.most_common()))
    for name, inspector in evening.listeners():
        inspector.cut()
        lines.append(
            f"{name}: {inspector.seconds:.1f} s, peak {20 * np.log10(max(1e-6, inspector.peak)):.2f} "
            f"dBFS, {inspector.bad} not finite, {len(inspector.clicks)} clicks (largest outlier {inspector.worst:.2f} "
            f"of {inspector.outlier:g}), {len(inspector.cuts)} cuts by stalls"
        )
        if inspector.bad:
            problems.append(f"{name}: {inspector.bad} samples are no numbers")
        if inspector.peak > CEILING:
            problems.append(f"{name}: a peak of {inspector.peak:.6f} is above -1 dBFS")
        if inspector.clicks:
            where = ", ".join(
                f"{when:.3f} s ({size:.3f}, {into:.3f} s into its stream)"
                for (when, size), into in list(zip(inspector.clicks, inspector.into, strict=True))[:8]
            )
            problems.append(f"{name}: {len(inspector.clicks)} clicks, at {where}")
            EVIDENCE.mkdir(parents=True, exist_ok=True)
            for k, piece in enumerate(inspector.around):
                write_wav(EVIDENCE / f"{name.replace(' ', '-')}-click-{k}.wav", piece[None], inspector.rate)
        if inspector.samples == 0:
            problems.append(f"{name}: nothing was heard")
    underruns = sum(page.underruns for page in evening.pages)
    lines.append(f"xruns: {evening.xruns} at the device and the null sink, {underruns} in the pages")
    if evening.messages:
        lines.append("messages: " + "; ".join(f"{text} ({count} times)" for text, count in evening.messages.items()))
    for name, memory, start in (
        ("this process", evening.kernel, min(60.0, 0.2 * evening.seconds)),
        ("the engine's process", evening.engine, evening.warm_at + min(60.0, 0.05 * evening.seconds)),
    ):
        early, late, growth = memory.growth(start)
        lines.append(f"memory of {name}: {early:.1f} MB after {start:.0f} s, {late:.1f} MB at the end ({growth:+.2%})")
        if growth > GROWTH:
            problems.append(f"the memory of {name} grew by {growth:.1%}: {early:.1f} MB to {late:.1f} MB")
    del evening
    lost = before.lost()
    lines.append("lost: " + ("; ".join(lost) or "no process, thread or file descriptor"))
    return Report(lines, problems + lost)


def main() -> int:
    """Run it and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:5.0f} s] {line}", flush=True)

    report = soak(60.0 * given.minutes, given.seed, say)
    print("\n".join(report.lines))
    for problem in report.problems:
        print(f"PROBLEM: {problem}")
    print("MISSED" if report.problems else "PASS")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
