"""A drawn path with all that belongs to it: its sound, its name and colour, and the ink it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.editing import Affine, transformed
from terrain_widgets.core.paths.fixed_spacing import LATENT_DENSITY
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.paths.trajectory import SpatialTrajectory


@dataclass(frozen=True, eq=False)
class Drawing:
    """A path on the plane. Frozen: every edit makes a new one.

    Args:
        id: What it is called in code and files; never changes.
        path: The line as it is trained on and played.
        clip: Id of the sound that lies along it, or ``None``.
        label: What the user calls it, or ``""`` for the sound's name.
        colour: A CSS colour, or ``""`` for the view's choice.
        muted: Left out of training and playing, though still drawn.
        rule: How the sound's frames come to lie on it.
        density: nn.terrain's spacing, used by its rule only.
        raw: The stroke as the pen gave it, where ``path`` is smoothed; else ``None``.
        bezier: Anchors and handles, where ``path`` comes from them; else ``None``.

    Raises:
        ValueError: If there is no such rule, or the spacing is out of range.
    """

    id: str
    path: SpatialTrajectory
    clip: str | None = None
    label: str = ""
    colour: str = ""
    muted: bool = False
    rule: PairingRule = PairingRule.STRETCH
    density: float = LATENT_DENSITY.default
    raw: SpatialTrajectory | None = None
    bezier: BezierPath | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", PairingRule(self.rule))
        object.__setattr__(self, "density", LATENT_DENSITY.check(self.density))

    def with_path(
        self, path: SpatialTrajectory, raw: SpatialTrajectory | None = None, bezier: BezierPath | None = None
    ) -> Drawing:
        """Another line under the same id; ink and handles of the old one are dropped, as they no longer give it."""
        return replace(self, path=path, raw=raw, bezier=bezier)

    def transformed(self, affine: Affine) -> Drawing:
        """Moved, scaled or turned, with its raw ink and its handles.

        Raises:
            ValueError: If the map is of another space.
        """
        bezier = self.bezier
        return replace(
            self,
            path=transformed(self.path, affine),
            raw=None if self.raw is None else transformed(self.raw, affine),
            bezier=None if bezier is None else BezierPath(affine(bezier.anchors), affine(bezier.handles)),
        )
