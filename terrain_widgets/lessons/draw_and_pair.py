"""Checks of notebook 02: a path says where a sound lies, and how much of the plane each moment gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from terrain_widgets.lessons.verdict import Hint, exercise

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session


@exercise("Draw it in the canvas, or call session.draw(marimba, [[-0.8, -0.5], [0.0, 0.2], [0.8, -0.5]]).")
def check_path(session: Session, clip_id: str) -> str:
    """Whether a clip has a path that is long enough and inside the plane."""
    name, path = session.state.clip(clip_id).name, session.state.paths.get(clip_id)
    if path is None:
        raise Hint(f"The {name} has no path yet. Select it in the canvas and draw, or call session.draw.")
    if path.length < 1.0:
        raise Hint(f"A path of {path.length:.2f} is short: make it at least 1 long, half the plane's width.")
    if np.abs(path.values).max() > 1.0:
        raise Hint("The path leaves the plane, and nobody will find that part: keep x and y between -1 and 1.")
    frames = session.sounds.frames_needed(clip_id)
    return (
        f"The {name}'s {frames} frames lie along a line of length {path.length:.2f}, {path.length / frames:.3f} apart."
    )


@exercise("Draw the second path so that it crosses the first.")
def check_crossing(session: Session, clip_id: str, other_id: str) -> str:
    """Whether two paths meet."""
    paths = [session.state.paths.get(key) for key in (clip_id, other_id)]
    names = [session.state.clip(key).name for key in (clip_id, other_id)]
    for name, path in zip(names, paths, strict=True):
        if path is None:
            raise Hint(f"The {name} has no path yet: session.draw gives it one.")
    one, other = (path.resampled(400).values for path in paths if path is not None)
    apart = np.linalg.norm(one[:, None] - other[None], axis=-1)
    if apart.min() > 0.02:
        a, b = np.unravel_index(apart.argmin(), apart.shape)
        x, y = (one[a] + other[b]) / 2
        raise Hint(
            f"They come no nearer than {apart.min():.2f}, at ({x:.2f}, {y:.2f}). Lead one line across the other."
        )
    a, _ = np.unravel_index(apart.argmin(), apart.shape)
    return (
        f"{names[0]} and {names[1]} meet at ({one[a][0]:.2f}, {one[a][1]:.2f}): there the terrain must find one sound."
    )


@exercise("Give the line times that hurry through its first part, and the rule “speed”.")
def check_attack(session: Session, clip_id: str, seconds: float = 0.3, share: float = 0.4) -> str:
    """Whether the first moment of a sound has a large part of its line."""
    name = session.state.clip(clip_id).name
    pair = next((pair for pair in session.training.dataset if pair.name == name), None)
    if pair is None:
        raise Hint(f"The {name} is not part of a pair: it needs latents and a path.")
    steps = np.linalg.norm(np.diff(pair.spatial.values, axis=0), axis=1)
    frame = round(seconds * session.codec.info.frame_rate)
    got = float(steps[:frame].sum() / steps.sum())
    if got < share:
        rule = f"The rule is “{pair.rule}”." if pair.rule != "speed" else "The rule is right."
        raise Hint(
            f"The first {seconds:g} s get {got:.0%} of the line, and should get {share:.0%} or more. {rule} Under "
            f"“speed” a sound moves as the pen did: times=[0, {seconds:g}, ...] hurries through the attack."
        )
    return f"The attack, {seconds:g} s of {pair.latent!r}, has {got:.0%} of the line: room to play in."
