"""How a path and a sound become points and frames of equal number, and what the user should know about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from terrain_widgets.core.paths.curves import at_times, resample
from terrain_widgets.core.paths.fixed_spacing import LATENT_DENSITY, fixed_spacing
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory

_CLOSE = 1e-4  # control units; a network in float32 hardly tells two places apart that are nearer than this
_LONG_REST = 4  # frames at one place, from which on the user should hear of it
_PACE = 1.25  # factor between the pen's duration and the sound's, from which on the user should hear of it


class PairingRule(StrEnum):
    """Which points of a path the frames of a sound lie on.

    ``stretch``: as many points as frames, at equal arc length; nothing of the sound is lost. ``speed``: as many points
    as frames, at equal intervals of the pen's time, so that frames crowd where the pen was slow. ``nn.terrain``: its
    fixed spacing, and whatever is longer, points or frames, is cut.
    """

    STRETCH = "stretch"
    SPEED = "speed"
    NN_TERRAIN = "nn.terrain"


@dataclass(frozen=True)
class DrawingProgress:
    """How far the drawing of a path for a sound has come.

    Args:
        required: N, frames of the sound.
        drawn: Frames that find a place on what is drawn so far.
        length_left: Control units that one more straight segment must have for the rest; 0 where any line would do.
    """

    required: int
    drawn: int
    length_left: float

    @property
    def to_draw(self) -> int:
        """Frames that have no place yet."""
        return max(0, self.required - self.drawn)

    @property
    def complete(self) -> bool:
        """Whether every frame has a place."""
        return self.to_draw == 0


def drawing_progress(
    path: SpatialTrajectory | None,
    required: int,
    rule: PairingRule | str = PairingRule.STRETCH,
    density: float = LATENT_DENSITY.default,
) -> DrawingProgress:
    """How far a path has come, for a sound of ``required`` frames.

    A rule that stretches is content with any line that has a length (``speed`` with any that took time); under
    ``nn.terrain`` the line must be long enough for all frames at its fixed spacing. What counts is what is sent, not
    what nn.terrain reports (``fixed_spacing.frames_reported``), which may be more.

    Args:
        path: What is drawn so far, or ``None``.
        required: N, at least 1.
        rule: The pairing rule.
        density: nn.terrain's spacing δ.

    Raises:
        ValueError: If ``required`` is below 1, or there is no such rule or spacing.
    """
    if required < 1:
        raise ValueError(f"a sound has at least one frame, got {required}")
    rule = PairingRule(rule)
    if rule is PairingRule.NN_TERRAIN:
        begun = path is not None and path.length > 0.0
        drawn = len(fixed_spacing(path.values, density, required)) if path is not None else 0
        drawn = min(drawn, required)
        # A line's first segment puts a point on both its ends; the next ones begin with the vertex they share.
        steps = required - drawn - 1 if begun else required - 1
        return DrawingProgress(required, drawn, density * max(0, steps) if drawn < required else 0.0)
    whole = path is not None and (required == 1 or path.length > 0.0)
    return DrawingProgress(required, required if whole else min(required, 0 if path is None else 1), 0.0)


@dataclass(frozen=True, eq=False)
class Paired:
    """A path and a sound of equal length.

    Args:
        spatial: ``[N, C]``.
        latent: ``[N, D]``; frame t lies at point t.
        warnings: What the user should know, in sentences; empty if all went as drawn.
    """

    spatial: SpatialTrajectory
    latent: LatentTrajectory
    warnings: tuple[str, ...] = ()


def pair(
    path: SpatialTrajectory,
    sound: LatentTrajectory,
    rule: PairingRule | str = PairingRule.STRETCH,
    density: float = LATENT_DENSITY.default,
) -> Paired:
    """Put the frames of a sound on a path; nothing is cut in silence.

    Args:
        path: ``[P, C]`` for any number P of points.
        sound: ``[T, D]``.
        rule: The pairing rule.
        density: nn.terrain's spacing δ, used by its rule only.

    Raises:
        ValueError: If the path has no length while the sound has more than one frame, or the rule or the spacing is
            none.
    """
    rule = PairingRule(rule)
    if rule is PairingRule.NN_TERRAIN:
        return _as_nn_terrain(path, sound, density)
    warnings = []
    if rule is PairingRule.SPEED and (path.times is None or path.times[-1] <= path.times[0]):
        warnings.append("this path was not timed by a pen, so its frames lie at equal distances instead")
        rule = PairingRule.STRETCH
    if rule is PairingRule.SPEED and path.times is not None:
        if len(sound) > 1 and path.length <= 0.0:
            resample(path.values, len(sound))  # raises, in words
        points = SpatialTrajectory(at_times(path.values, path.times, len(sound)))
        warnings += _about_pace(path, sound, points)
    else:
        points = SpatialTrajectory(resample(path.values, len(sound)))
        spacing = path.length / max(1, len(sound) - 1)
        if len(sound) > 1 and spacing < _CLOSE:
            warnings.append(
                f"the path is so short that its {len(sound)} frames are {spacing:.1g} control units apart, closer than "
                f"a terrain can tell; draw a longer one"
            )
    return Paired(points, sound, tuple(warnings))


def _about_pace(path: SpatialTrajectory, sound: LatentTrajectory, points: SpatialTrajectory) -> list[str]:
    warnings = []
    assert path.times is not None
    pen = float(path.times[-1] - path.times[0])
    if sound.frame_rate:
        seconds = len(sound) / sound.frame_rate
        if max(pen / seconds, seconds / pen) > _PACE:
            warnings.append(
                f"the pen took {pen:.2g} s for a sound of {seconds:.2g} s; its pace is kept, stretched to that duration"
            )
    rests = np.linalg.norm(np.diff(points.values, axis=0), axis=1) < _CLOSE
    longest = run = 0
    for rest in rests:
        run = run + 1 if rest else 0
        longest = max(longest, run)
    if longest >= _LONG_REST:
        warnings.append(
            f"the pen rested: {longest + 1} frames lie at one place, where the terrain can only learn their mean"
        )
    return warnings


def _as_nn_terrain(path: SpatialTrajectory, sound: LatentTrajectory, density: float) -> Paired:
    points = fixed_spacing(path.values, density)
    count = min(len(points), len(sound))
    warnings = []
    if len(sound) > count:
        warnings.append(
            f"the path has room for {count} of the sound's {len(sound)} frames at a spacing of {density:g}; the last "
            f"{len(sound) - count} are left out: draw on, or pair by “stretch”"
        )
    elif len(path) > count + 1:
        warnings.append(
            f"the path has {len(path)} vertices, on each of which nn.terrain puts a point, and the sound has "
            f"{len(sound)} frames: the path's end is left out; draw a poly-line of few vertices, or pair by “stretch”"
        )
    elif len(points) > count + 1:  # one more is what nn.terrain itself lets one draw
        warnings.append(
            f"the path is longer than the sound's {len(sound)} frames at a spacing of {density:g}; its end is left "
            f"out: draw less, or pair by “stretch”"
        )
    kept = sound if count == len(sound) else LatentTrajectory(sound.values[:count], sound.frame_rate)
    return Paired(SpatialTrajectory(points[:count]), kept, tuple(warnings))
