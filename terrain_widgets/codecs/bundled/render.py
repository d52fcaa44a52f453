"""Render the training data: phrases through a soundfont, with the true pitch of every latent frame.

Run ``python -m terrain_widgets.codecs.bundled.render --out build/pebble/data``. It needs FluidSynth, a General MIDI
soundfont under a free licence (Debian's FluidR3, MIT) and, for percussion, Sonic Pi's samples (CC0 file by file). What
is there already, rendered with the same settings, is left as it is.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from terrain_widgets.codecs.bundled.heldout import (
    EVALUATION_PROGRAMS,
    EVALUATION_SEED,
    HELD_OUT_NOTES,
    HELD_OUT_PROGRAMS,
    HELD_OUT_SAMPLES,
)
from terrain_widgets.codecs.bundled.phrases import UNPITCHED_PROGRAMS, Phrase, drums, melody, write_midi

SAMPLE_RATE = 44100
RATIO = 1024
SOUNDFONT = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
SONIC_PI_SAMPLES = "/usr/share/sonic-pi/samples"
SONIC_PI_COPYRIGHT = "/usr/share/doc/sonic-pi-samples/copyright"
#: General MIDI 2 drum kits, as programs on channel 10.
DRUM_KITS: tuple[int, ...] = (0, 8, 16, 24, 25, 32, 40, 48)
#: Declared CC0 by their uploader, but cut from a commercial record: better left alone.
DOUBTFUL_SAMPLES = frozenset({"loop_amen", "loop_amen_full"})


@dataclass(frozen=True)
class Segment:
    """One stretch of the rendered data: ``kind`` is ``pitched`` or ``percussion``, places are in latent frames."""

    name: str
    kind: str
    start: int
    frames: int


def render_phrases(phrases: list[Phrase], seconds: float, soundfont: str) -> list[NDArray[np.float32]]:
    """Render phrases with FluidSynth, dry (no reverb, no chorus).

    Args:
        phrases: What to play.
        seconds: Length of each, cut or padded to whole latent frames.
        soundfont: Path of the ``.sf2`` file.

    Returns:
        One mono signal of equal length per phrase.

    Raises:
        FileNotFoundError: If FluidSynth or the soundfont is missing.
    """
    if shutil.which("fluidsynth") is None:
        raise FileNotFoundError("rendering needs the program fluidsynth (Debian: apt-get install fluidsynth)")
    if not Path(soundfont).exists():
        raise FileNotFoundError(f"no soundfont at {soundfont}; name one with --soundfont (Debian: fluid-soundfont-gm)")
    length = int(np.ceil(seconds * SAMPLE_RATE / RATIO)) * RATIO
    starts = [0.5 + i * (length / SAMPLE_RATE) for i in range(len(phrases))]
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = f"{folder}/phrases.mid", f"{folder}/phrases.wav"
        write_midi(midi, phrases, starts)
        command = ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(SAMPLE_RATE), "-O", "float"]
        subprocess.run([*command, "-T", "wav", "-F", wav, soundfont, midi], check=True, stdout=subprocess.DEVNULL)
        audio = soundfile.read(wav, dtype="float32", always_2d=True)[0].mean(axis=1)
    audio = np.pad(audio, (0, max(0, int((starts[-1] + 1) * SAMPLE_RATE) + length - len(audio))))
    places = [round(start * SAMPLE_RATE) for start in starts]
    return [audio[place : place + length] for place in places]


def cc0_samples(folder: str, copyright_file: str) -> list[Path]:
    """Those of Sonic Pi's samples that Debian's copyright file lists as CC0 one by one.

    Args:
        folder: Where the ``.flac`` files lie.
        copyright_file: Debian's machine-readable copyright file.
    """
    if not (Path(folder).is_dir() and Path(copyright_file).exists()):
        return []
    free: set[str] = set()
    for paragraph in re.split(r"\n\s*\n", Path(copyright_file).read_text()):
        files = re.search(r"^Files:(.*?)(?=^\S+:|\Z)", paragraph, re.S | re.M)
        licence = re.search(r"^License:\s*(\S+)", paragraph, re.M)
        if files and licence and licence.group(1) == "CC0":
            free |= {Path(word).name for word in files.group(1).split() if word.endswith(".flac")}
    return [p for p in sorted(Path(folder).glob("*.flac")) if p.name in free and p.stem not in DOUBTFUL_SAMPLES]


def _read_mono(path: Path) -> NDArray[np.float32]:
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = audio.mean(axis=1)
    if rate != SAMPLE_RATE:
        mono = soxr.resample(mono, rate, SAMPLE_RATE, quality="VHQ")
    return np.asarray(mono, np.float32)


def render_dataset(out: Path, soundfont: str, seconds: float, seed: int, evaluation: bool, trial: bool = False) -> None:
    """Render one data set into ``out``: ``audio.npy`` (int16), ``pitch.npy`` (MIDI per frame), ``segments.json``.

    Args:
        out: Folder, made if missing.
        soundfont: Path of the ``.sf2`` file.
        seconds: Length per program.
        seed: Same seed, same data.
        evaluation: Render the held-out notes, programs and samples instead of the others.
        trial: Take only a few of everything, to see whether it works.
    """
    settings = {"soundfont": soundfont, "seconds": seconds, "seed": seed, "evaluation": evaluation, "trial": trial}
    done = out / "settings.json"
    if done.exists() and json.loads(done.read_text()) == settings:
        print(f"{out}: rendered before with the same settings", flush=True)
        return
    done.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    few = slice(None, None, 24) if trial else slice(None)
    if evaluation:
        programs = [*EVALUATION_PROGRAMS[few]]
        phrases = [melody(p, seconds, EVALUATION_SEED, only=HELD_OUT_NOTES) for p in programs]
        kits: tuple[int, ...] = (0,)
        phrases += [drums(kit, seconds, EVALUATION_SEED) for kit in kits]
    else:
        programs = [p for p in range(128) if p not in UNPITCHED_PROGRAMS and p not in HELD_OUT_PROGRAMS][few]
        phrases = [melody(p, seconds, seed, forbidden=HELD_OUT_NOTES) for p in programs]
        kits = DRUM_KITS[few]
        phrases += [drums(kit, seconds, seed) for kit in kits]
    names = [f"program {p}" for p in programs] + [f"drum kit {kit}" for kit in kits]
    pieces: list[NDArray[np.float32]] = []
    for begin in range(0, len(phrases), 16):
        pieces += render_phrases(phrases[begin : begin + 16], seconds, soundfont)
        left = (time.monotonic() - began) / len(pieces) * (len(phrases) - len(pieces))
        print(f"{out}: rendered {len(pieces)} of {len(phrases)} phrases, {left:.0f} s left", flush=True)
    samples = cc0_samples(SONIC_PI_SAMPLES, SONIC_PI_COPYRIGHT)[few]
    for path in samples:
        if (path.stem in HELD_OUT_SAMPLES) == evaluation:
            pieces.append(_read_mono(path))
            names.append(f"sonic-pi {path.stem}")
    audio: list[NDArray[np.int16]] = []
    pitch: list[NDArray[np.float32]] = []
    segments: list[Segment] = []
    start = 0
    for index, (name, piece) in enumerate(zip(names, pieces, strict=True)):
        frames = -(-len(piece) // RATIO)
        peak = float(np.abs(piece).max())
        if peak < 1e-3:
            print(f"left out {name}: silent")
            continue
        piece = np.pad(piece, (0, frames * RATIO - len(piece))) * (0.8 / peak)
        audio.append(np.round(piece * 32767).astype(np.int16))
        centres = (np.arange(frames) + 0.5) * RATIO / SAMPLE_RATE
        curve = phrases[index].pitch_at(centres) if index < len(programs) else np.full(frames, np.nan, np.float32)
        pitch.append(curve)
        segments.append(Segment(name, "pitched" if index < len(programs) else "percussion", start, frames))
        start += frames
    np.save(out / "audio.npy", np.concatenate(audio))
    np.save(out / "pitch.npy", np.concatenate(pitch))
    (out / "segments.json").write_text(json.dumps([asdict(s) for s in segments], indent=1))
    done.write_text(json.dumps(settings))  # last, so that a folder half filled is filled again
    print(f"{out}: {len(segments)} segments, {start * RATIO / SAMPLE_RATE / 60:.1f} minutes")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the data")
    parser.add_argument("--soundfont", default=SOUNDFONT, help="General MIDI soundfont under a free licence")
    parser.add_argument("--seconds", type=float, default=36.0, help="length of each training phrase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trial", action="store_true", help="only a few of everything, to see whether it works")
    arguments = parser.parse_args()
    for part, seconds in (("train", arguments.seconds), ("evaluation", min(12.0, arguments.seconds))):
        render_dataset(
            arguments.out / part, arguments.soundfont, seconds, arguments.seed, part == "evaluation", arguments.trial
        )


if __name__ == "__main__":
    main()
