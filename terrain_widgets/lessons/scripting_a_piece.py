"""Checks of notebook 08: rhythm, form, and a piece that holds from its first second to its last."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from terrain_widgets.lessons.verdict import Hint, exercise, table


@exercise("np.concatenate([beat] * 4) is the beat four times.")
def check_rhythm(bar: object, beat: object) -> str:
    """Whether a bar is a beat, four times, the last one changed."""
    rows, one = table(bar, 2, "A bar"), table(beat, 2, "A beat")
    if len(rows) != 4 * len(one):
        raise Hint(f"Four beats of {len(one)} places are {4 * len(one)}; your bar has {len(rows)}.")
    beats = rows.reshape(4, len(one), 2)
    if not np.allclose(beats[:3], one):
        raise Hint("The first three beats should be the beat as it is, so that the ear learns it.")
    if np.allclose(beats[3], one):
        raise Hint("All four are alike. Change the last one: play it backwards, or elsewhere on the plane.")
    return f"{4 * len(one) / 43:.1f} seconds: three times what is expected, then not."


@exercise("form = [a, b, a]: a list of walks.")
def check_form(form: object) -> str:
    """Whether a form is A B A, its parts joined without leaps."""
    if not isinstance(form, Sequence) or len(form) < 3:
        raise Hint("A form is a list of at least three walks, such as [a, bridge, b, back, a].")
    parts = [table(part, 2, "Each part") for part in form]
    if parts[0].shape != parts[-1].shape or not np.allclose(parts[0], parts[-1]):
        raise Hint("Let the last part be the first again: that is what makes it a form and not a list.")
    if any(part.shape == parts[0].shape and np.allclose(part, parts[0]) for part in parts[1:-1]):
        raise Hint("The middle should be something else than the beginning.")
    leaps = [float(np.linalg.norm(after[0] - before[-1])) for before, after in pairwise(parts)]
    if max(leaps) > 0.1:
        raise Hint(
            f"Between part {int(np.argmax(leaps)) + 1} and the next it leaps by {max(leaps):.2f}. Put a bridge "
            "between: bridge(a[-1], b[0])."
        )
    return f"{len(parts)} parts, {sum(map(len, parts)) / 43:.1f} seconds, and no leap larger than {max(leaps):.2f}."


@exercise("Join the parts with np.concatenate, and render them: session.render(walk).")
def check_piece(audio: object, sample_rate: int) -> str:
    """Whether a piece lasts ten seconds, never clips and never falls silent for long."""
    samples = np.asarray(audio, dtype=np.float64)
    if samples.ndim != 2 or samples.shape[0] > 2:
        raise Hint("The piece is audio [channels, samples], as session.render returns it.")
    seconds = samples.shape[1] / sample_rate
    if seconds < 10:
        raise Hint(f"It lasts {seconds:.1f} s. Ten seconds are {round(10 * 43)} places: add a part, or go slower.")
    if np.abs(samples).max() >= 1.0:
        raise Hint("It clips. Render it again with a smaller gain; session.render stays below full scale by itself.")
    window = sample_rate // 2
    loud = np.sqrt((samples[0, : samples.shape[1] // window * window].reshape(-1, window) ** 2).mean(axis=1)) > 1e-3
    gaps = "".join("1" if on else "0" for on in loud).split("1")
    if len(max(gaps)) / 2 > 2:
        raise Hint(f"It is silent for {len(max(gaps)) / 2:.1f} s. Look where: a path may lead through a silent valley.")
    return f"{seconds:.1f} seconds, peak {20 * np.log10(np.abs(samples).max()):.1f} dB. It is a piece."
