"""The command line: the instrument without a screen."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

import terrain_widgets
from terrain_widgets.binder_badge import QUICKSTART, binder_badge
from terrain_widgets.session.jobs.jobs import Job
from terrain_widgets.session.session import Session

WALK_SECONDS = 10.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``terrain-widgets``; returns the exit status."""
    parser = argparse.ArgumentParser(prog="terrain-widgets", description=terrain_widgets.__doc__)
    parser.add_argument("--version", action="version", version=terrain_widgets.__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="encode the bundled sounds, arrange, train, and write what came of it")
    demo.add_argument("--out", type=Path, required=True, help="folder to write to; made if it is not there")
    demo.add_argument("--seconds", type=float, default=20.0, help="time to train (default: %(default)s)")
    demo.add_argument("--seed", type=int, default=0, help="where randomness starts (default: %(default)s)")
    demo.set_defaults(run=lambda chosen: run_demo(chosen.out, chosen.seconds, chosen.seed))
    doctor = commands.add_parser("doctor", help="look at this machine, and say what is missing and what helps")
    doctor.add_argument("--memory", action="store_true", help="also run the quickstart in a kernel and weigh it (90 s)")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.set_defaults(run=lambda chosen: run_doctor(chosen.memory, chosen.json))
    badge = commands.add_parser("badge", help="print the Binder badge for a public copy of this repository")
    badge.add_argument("address", help="of the repository, as git clone takes it")
    badge.add_argument("--ref", required=True, help="tag, branch or commit; Binder need not build a tag again")
    badge.add_argument("--notebook", default=QUICKSTART, help="what it opens (default: %(default)s)")
    badge.set_defaults(run=lambda chosen: print(binder_badge(chosen.address, chosen.ref, chosen.notebook)))
    add_train_codec(commands)
    chosen = parser.parse_args(arguments)
    try:
        status: int | None = chosen.run(chosen)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except Exception as error:  # one clear line, whatever it was
        print(f"terrain-widgets: {error}", file=sys.stderr)
        return 1
    return status or 0


def add_train_codec(commands: Any) -> None:
    """The command ``train-codec``."""
    train = commands.add_parser("train-codec", help="train a codec on sounds of your own")
    train.add_argument("sounds", type=Path, help="folder of sounds, or one file")
    train.add_argument("--recipe", default="pebble", help="what kind of codec (default: %(default)s)")
    train.add_argument("--out", type=Path, default=Path("mine.safetensors"), help="the codec (default: %(default)s)")
    train.add_argument("--preset", default="balanced", help="test, fast, balanced or quality (default: %(default)s)")
    train.add_argument("--minutes", type=float, help="training time, instead of the preset's")
    train.add_argument("--licence", default="unknown", help="of the codec, for its card (default: %(default)s)")
    train.add_argument(
        "--start-over", action="store_true", help="do not go on from a checkpoint that lies beside the codec"
    )
    train.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="another setting, such as --set batch=8"
    )
    train.add_argument("--tensorboard", type=Path, metavar="FOLDER", help="also write losses, errors and sounds there")
    train.set_defaults(run=run_train_codec)


def run_train_codec(chosen: argparse.Namespace) -> None:
    """Train a codec, and say how it goes."""
    from terrain_widgets.codecs.trainer.events import Event
    from terrain_widgets.codecs.trainer.told import tell_in_terminal
    from terrain_widgets.codecs.trainer.train_codec import train_codec
    from terrain_widgets.interop.tensorboard import CodecTrainingWriter

    settings: dict[str, Any] = dict(_setting(text) for text in chosen.set)
    if chosen.minutes is not None:
        settings["minutes"] = chosen.minutes
    with ExitStack() as open_files:
        listeners: list[Callable[[Event], None]] = [tell_in_terminal]
        if chosen.tensorboard is not None:
            listeners.append(open_files.enter_context(CodecTrainingWriter(chosen.tensorboard)).told)

        def told(event: Event) -> None:
            for listener in listeners:
                listener(event)

        path = train_codec(
            chosen.sounds,
            chosen.recipe,
            chosen.out,
            preset=chosen.preset,
            licence=chosen.licence,
            resume=not chosen.start_over,
            told=told,
            **settings,
        )
    print(path)


def _setting(text: str) -> tuple[str, Any]:
    """``NAME=VALUE`` with a number, true, false or null; anything else is a text."""
    name, _, value = text.partition("=")
    words = {"true": True, "false": False, "none": None, "null": None}
    if value.lower() in words:
        return name, words[value.lower()]
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def run_doctor(memory: bool = False, as_json: bool = False) -> int:
    """Print what this machine has and lacks, each with what to do.

    Args:
        memory: Also run the quickstart in a fresh kernel and measure memory and processors.
        as_json: Print JSON instead of lines.

    Returns:
        1 if something keeps the instrument from working, else 0.
    """
    from terrain_widgets.doctor.footprint import footprint, weigh
    from terrain_widgets.doctor.report import as_json as to_json
    from terrain_widgets.doctor.report import as_text, examine

    findings = examine()
    if memory:
        findings += footprint(weigh())
    print(to_json(findings) if as_json else as_text(findings))
    return int(any(finding.level == "problem" for finding in findings))


def run_demo(out: Path, seconds: float = 20.0, seed: int = 0) -> None:
    """Encode the bundled sounds, arrange them, train, and write four files.

    ``terrain.safetensors`` (checkpoint), ``session.zip``, ``heatmap.png`` and ``walk.wav``: ten seconds that visit
    every path.

    Args:
        out: Folder to write to.
        seconds: Training time.
        seed: Where randomness starts.
    """
    from PIL import Image

    from terrain_widgets.io.checkpoint import save_checkpoint
    from terrain_widgets.widgets.plane.terrain_picture import enlarged, terrain_picture

    out.mkdir(parents=True, exist_ok=True)
    session = Session(seed=seed)
    try:
        _show(session.encode(), "encode")
        session.arrange()
        _show(session.train(seconds=seconds), "train ")
        checkpoint = session.files.checkpoint()
        session.stage.territory.learn(session.stage.sources.shown, session.document.boundary, wait=True)
        shown = terrain_picture(session)
        assert checkpoint is not None and shown is not None  # training has just succeeded
        save_checkpoint(out / "terrain.safetensors", checkpoint)
        session.save(out / "session.zip")
        Image.fromarray(enlarged(shown[0], 512, 512), "RGBA").save(out / "heatmap.png")
        walk = walk_along(session, WALK_SECONDS)
        _show(session.stage.rendering.save_walk(out / "walk.wav", walk), "render")
    finally:
        session.close()
    for name in ("terrain.safetensors", "session.zip", "heatmap.png", "walk.wav"):
        print(out / name)


def walk_along(session: Session, seconds: float) -> NDArray[np.float32]:
    """A walk that follows each path in turn and crosses the land between them, one place a frame, ``[T, 2]``."""
    paths = [session.state.paths[clip.id] for clip in session.state.clips if clip.id in session.state.paths]
    frames = max(2, round(seconds * session.codec.info.frame_rate))
    each = max(2, frames // len(paths))
    places = np.concatenate([path.resampled(each).values for path in paths])
    picked = np.linspace(0, len(places) - 1, frames)
    columns = [np.interp(picked, np.arange(len(places)), column) for column in places.T]
    return np.stack(columns, axis=1).astype(np.float32)


def _show(job: Job, label: str) -> None:
    """A bar until the job ends; what made it fail is raised."""
    with tqdm(
        total=100, desc=label, bar_format="{desc} {bar:30} {percentage:3.0f}% {elapsed}<{remaining} {postfix}"
    ) as bar:
        while job.running:
            _tell(bar, job)
            time.sleep(0.1)
        _tell(bar, job)
    job.wait()


def _tell(bar: tqdm[Any], job: Job) -> None:
    bar.set_postfix_str(job.status.message, refresh=False)
    bar.update(round(100 * job.status.progress) - bar.n)
    bar.refresh()


if __name__ == "__main__":
    raise SystemExit(main())
