"""The labelled points, of any number of control dimensions: every edit is a step of undo."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.core.points.points import ControlPoint, PointChanges, PointSet
from terrain_widgets.session.document import point_commands
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.current_latent import heard_now

FloatArray = NDArray[np.float32]


class PointEditor(traitlets.HasTraits):
    """Edits of the document's points, and which point is meant.

    Args:
        sounds: Whose document holds the points, and whose codec their latents are of.
        sound: Tells what plays.
    """

    selected = traitlets.Unicode("", help="Id of the point that “attach” and “update” mean, or nothing.")

    def __init__(self, sounds: LatentStore, sound: Sound) -> None:
        super().__init__()
        self._sounds, self._document, self._sound = sounds, sounds.document, sound
        self._document.observe(self._state_changed, names="state")

    # --- points

    def place(self, control: ArrayLike, latent: ArrayLike | None = None, label: str = "", colour: str = "") -> str:
        """A new point at ``[C]`` in control units; what is placed is selected.

        Args:
            control: Where.
            latent: What shall sound there, ``[D]``, or nothing yet.
            label: What to call it.
            colour: A CSS colour, or ``""``.

        Returns:
            The point's id.

        Raises:
            ValueError: If the points before it are of another space, or the latents of another codec.
        """
        document = self._document
        with document.lock:
            point_id = document.state.points.fresh_id
            document.apply(point_commands.place_point, control, self._fitting(latent), label, colour)
            self.selected = point_id
            return point_id

    def move(self, point_id: str, control: ArrayLike, gesture: str = "") -> None:
        """Move a point.

        Args:
            point_id: Which.
            control: Where to, ``[C]``.
            gesture: Moves in a row under one name are undone as one.

        Raises:
            KeyError: If there is no such point.
            ValueError: If the place is of another space.
        """
        self._document.apply_within(gesture, point_commands.move_point, point_id, control)

    def attach(self, latent: ArrayLike | None, point_id: str | None = None) -> None:
        """Say what shall sound at a point, ``[D]``; ``None`` takes it away.

        ``points.attach(points.playing())`` attaches what sounds now.

        Raises:
            KeyError: If there is no such point.
            ValueError: If none is named nor selected, or the latents are of another codec.
        """
        self._document.apply(point_commands.attach_latent, self._named(point_id), self._fitting(latent))

    def update(self, point_id: str | None = None, **changes: Unpack[PointChanges]) -> None:
        """Change a point's ``control``, ``latent``, ``label`` or ``colour``.

        Raises:
            KeyError: If there is no such point.
            ValueError: If none is named nor selected, or a value does not fit.
            TypeError: If something else is to be changed.
        """
        refuse_unknown("points.update", changes, ["point_id", *PointChanges.__annotations__])
        if "latent" in changes:
            changes["latent"] = self._fitting(changes["latent"])
        name = self._named(point_id)
        point = self._document.state.points[name]
        if any(getattr(point, key, None) is not value for key, value in changes.items()):
            self._document.apply(lambda state: point_commands.update_point(state, name, **changes))

    def delete(self, point_id: str | None = None) -> None:
        """Take a point away; the one that was placed before it is selected.

        Raises:
            KeyError: If there is no such point.
            ValueError: If none is named nor selected.
        """
        name = self._named(point_id)
        ids = [point.id for point in self._document.state.points]
        self._document.apply(point_commands.delete_point, name)
        left = [other for other in ids if other != name]
        self.selected = left[max(0, ids.index(name) - 1)] if left else ""

    def clear(self) -> None:
        """Take all points away (undo brings them back)."""
        self._document.apply(point_commands.clear_points)

    def select(self, point_id: str) -> None:
        """Say which point is meant.

        Raises:
            KeyError: If there is no such point.
        """
        self.selected = self._document.state.points[point_id].id

    def nearest(self, control: ArrayLike, tolerance: float = np.inf) -> ControlPoint | None:
        """The point nearest to ``[C]``, which is selected too; ``None`` if none lies within ``tolerance``."""
        point = self._document.state.points.nearest(control, tolerance)
        if point is not None:
            self.selected = point.id
        return point

    # --- latents to attach

    def playing(self) -> FloatArray:
        """The latents that play now, ``[D]``: see ``current_latent.heard_now``.

        Raises:
            ValueError: If nothing has played yet.
        """
        return heard_now(self._sound)[1]

    def frame(self, clip_id: str, frame: int) -> FloatArray:
        """The latents of one frame of an encoded sound, ``[D]``: see ``LatentStore.frame``.

        Raises:
            KeyError: If there is no such clip.
            ValueError: If it is not encoded.
            IndexError: If it is shorter.
        """
        return self._sounds.frame(clip_id, frame)

    def _named(self, point_id: str | None) -> str:
        name = point_id or self.selected
        if not name:
            raise ValueError("no point is selected; place one, or click one")
        return self._document.state.points[name].id

    def _fitting(self, latent: ArrayLike | None) -> ArrayLike | None:
        codec = self._sounds.loaded_codec
        if latent is not None and codec is not None and np.shape(latent) != (codec.info.latent_dim,):
            raise ValueError(
                f"a point needs {codec.info.latent_dim} latents of the codec {codec.info.name!r}, "
                f"got shape {list(np.shape(latent))}"
            )
        return latent

    def _state_changed(self, change: dict[str, Any]) -> None:
        points: PointSet = change["new"].points
        if points is not change["old"].points:
            if all(point.id != self.selected for point in points):
                self.selected = points.points[-1].id if len(points) else ""
            self._points_changed()

    def _points_changed(self) -> None:
        """Points were edited."""
