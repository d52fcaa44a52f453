"""Checks of notebook 06: playheads, gestures of one's own, and takes that are played again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from terrain_widgets.io.sound_files import read_sound
from terrain_widgets.lessons.verdict import Hint, exercise

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session


@exercise("stage.playheads.play('c1', speed=-0.5, loop='ping-pong')")
def check_playhead(session: Session) -> str:
    """Whether some playhead runs backwards, slower than the sound, back and forth."""
    heads = session.stage.playheads.now
    if not heads:
        raise Hint("No playhead is on a path: stage.playheads.play('c1') sets one on the first sound's.")
    for name, head in heads.items():
        if -1 < head.speed < 0 and head.loop == "ping-pong":
            return f"A playhead on {name} at speed {head.speed:g}, back and forth for as long as you like."
    name, head = next(iter(heads.items()))
    raise Hint(
        f"The playhead on {name} has speed {head.speed:g} and loop={head.loop!r}; it should go backwards (below 0) at "
        "less than the sound's own speed, with loop='ping-pong'."
    )


@exercise("angle = np.linspace(0, 2 * np.pi, 87); circle = 0.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)")
def check_circle(session: Session, name: str = "circle") -> str:
    """Whether a closed gesture of at least a second plays under that name."""
    head = session.stage.playheads.now.get(name)
    if head is None:
        raise Hint(f"There is no playhead called {name!r} yet: stage.playheads.play(places, name={name!r}).")
    path = np.asarray(head.path)
    if len(path) < 43:
        raise Hint(f"{len(path)} places last {len(path) / 43:.1f} s; 43 are a second.")
    if np.linalg.norm(path[0] - path[-1]) > 0.05:
        raise Hint("It should end where it began, or you hear a jump once a round.")
    if np.linalg.norm(np.diff(path, axis=0), axis=1).sum() < 1.0:
        raise Hint("It is very small: let it travel at least 1 altogether.")
    return f"A gesture of {len(path) / 43:.1f} s that closes: it can go round for ever without a seam."


@exercise("take = session.sound.stop_recording() gives the path of the WAV file; keep it in take.")
def check_take(take: object, session: Session) -> str:
    """Whether a take sounds, and playing its gestures again gives the same samples."""
    if not isinstance(take, str | os.PathLike) or not Path(take).exists():
        raise Hint("take should be the path of a WAV file, as session.sound.stop_recording() returns it.")
    sound = read_sound(take)
    if sound.duration < 1.0:
        raise Hint(f"It lasts {sound.duration:.1f} s; play for at least one second.")
    if np.abs(sound.audio).max() < 1e-3:
        raise Hint("It is silent: set a playhead on a path before you record, or move over the terrain meanwhile.")
    again = session.stage.replay(take)
    apart = float(np.abs(again - sound.audio).max())
    if apart > 1e-4:
        raise Hint(f"Played again it differs by {apart:.2g}: is this the session it was recorded with?")
    return f"{sound.duration:.1f} s, and from the gestures alone the same {again.shape[1]} samples again."
