"""The control map: from a place to how all modulators are set."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.control_map import ControlMap, FittedControlMap, MapPoint
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.stage.hand import Hand
from terrain_widgets.session.stage.live_patch import LivePatch

NEAR = 0.06  # control units, within which a point is chosen: 0.03 of the usual plane's width
_LARGEST_FILE = 16 * 2**20
_SHORTEST = 1 / 30  # seconds from one place that is followed to the next

#: Reads a file of another program; raises ``ValueError`` if it cannot.
Reader = Callable[[str, bytes], ControlMap]


class ControlMapFileError(ValueError):
    """A file cannot be read as a control map; the message says why."""


class ControlMapping(traitlets.HasTraits):
    """Points at which the modulators are set by hand, and a map between them that plays all of them from one place.

    ``add()`` keeps how the modulators stand for the place where the hand was last, ``train()`` fits the map,
    ``go(place)`` sets all as it says there, and with ``follows`` the hand leads. Every change is a step of undo, and
    so is a way of the hand.

    Args:
        live: The patch in use, and the document.
        hand: Whose places are followed.
        read_foreign: Reads files of other programs.
    """

    now = traitlets.Any(ControlMap(), help="The map; replaced whole.")
    trained = traitlets.Bool(False, help="Whether it can be asked.")
    follows = traitlets.Bool(False, help="Whether the hand leads.")
    place = traitlets.Tuple((0.0, 0.0), help="Where the hand was last, in control units.")

    def __init__(self, live: LivePatch, hand: Hand, read_foreign: Reader) -> None:
        super().__init__()
        self._live, self._read_foreign = live, read_foreign
        self._fitted: FittedControlMap | None = None
        self._made: ControlMap | None = None  # the newest of its own; another one comes by undo or with a file
        self._followed = 0.0
        hand.on_steer(self._steered)
        live.document.observe(self._follow, names="state")

    def __repr__(self) -> str:
        return f"ControlMapping({self.now!r}, {'trained' if self.trained else 'not trained'})"

    # --- points

    def add(self, place: ArrayLike | None = None) -> int:
        """Keep how the modulators stand, for a place; returns the point's number, from 0.

        Args:
            place: x and y in control units; left out, where the hand was last.

        Raises:
            ValueError: If that is no place, or there are a thousand points.
        """
        point = MapPoint.of(self.place if place is None else place, self._live.patch)
        self._change(replace(self.now, points=(*self.now.points, point)))
        return len(self.now.points) - 1

    def update(self, number: int, place: ArrayLike | None = None) -> None:
        """Keep how the modulators stand now for a point, which stays where it is unless a place is given.

        Raises:
            IndexError: If there is no such point.
            ValueError: If that is no place.
        """
        point = self._numbered(number)
        made = MapPoint.of(point.place if place is None else place, self._live.patch)
        self._change(self.now.with_points(made if k == number else p for k, p in enumerate(self.now.points)))

    def delete(self, number: int) -> None:
        """Take a point away.

        Raises:
            IndexError: If there is no such point.
        """
        self._numbered(number)
        self._change(self.now.with_points(p for k, p in enumerate(self.now.points) if k != number))

    def recall(self, number: int) -> None:
        """Set the modulators as they were kept for a point.

        Raises:
            IndexError: If there is no such point.
            ValueError: If they do not fit the codec.
        """
        self._live.set(dict(self._numbered(number).values))

    def near(self, place: ArrayLike, tolerance: float = NEAR) -> int | None:
        """Number of the nearest point within a tolerance, or ``None``."""
        return self._map.near(place, tolerance)

    def reset(self) -> None:
        """Without points; nothing is followed."""
        self.follows = False
        self._fitted, self.trained = None, False
        self._change(self.now.with_points(()))

    # --- the map between them

    def choose(self, method: str | None = None, groups: Iterable[str] | None = None) -> None:
        """Set how the map fills the space between its points, and which groups it plays.

        Args:
            method: ``networks``, ``joint``, ``rbf``, ``idw`` or ``nearest``.
            groups: Some of ``seed``, ``time``, ``jump``, ``energy`` and ``deviation``.

        Raises:
            ValueError: If there is no such method or group; nothing is changed.
        """
        made = replace(
            self.now,
            method=self.now.method if method is None else method,
            groups=self.now.groups if groups is None else frozenset(groups),
        )
        self._change(made)
        if self.trained:
            self.train()

    def train(self) -> float:
        """Fit the map to its points.

        Returns:
            Mean error at the points, in shares of the numbers' ranges.

        Raises:
            ValueError: If there are no points, or (``rbf``) two are at one place.
        """
        self._fitted = self._map.fit(self._live.codec.info.latent_dim)
        self.trained = True
        return self._fitted.error

    def predict(self, place: ArrayLike) -> dict[str, Any]:
        """What the map says of a place: values of the patch by address.

        Raises:
            ValueError: If it is not trained, or that is no place.
        """
        if self._fitted is None:
            raise ValueError("the control map is not trained yet: call train() once there are points")
        return dict(self._fitted.at(place))

    def go(self, place: ArrayLike) -> None:
        """Set the modulators as the map says of a place; places in a row are one step of undo.

        Raises:
            ValueError: If it is not trained, or that is no place; nothing is changed.
        """
        self._live.set(self.predict(place), "control map")

    # --- files

    def to_bytes(self) -> bytes:
        """The map as JSON."""
        return json.dumps(self._map.to_json(), indent=1).encode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the map as JSON."""
        with replacing(path) as temporary:
            temporary.write_bytes(self.to_bytes())

    def load(self, path: str | os.PathLike[str]) -> int:
        """Take the map of a file in place of this one, and say how many points it has.

        The file is one of this program, or a mapping of Latent-Playground.

        Raises:
            ControlMapFileError: If it is neither; nothing is changed.
        """
        name = Path(path).name
        with reading(ControlMapFileError, f"{name} holds no control map, or it is damaged"):
            data = content_of_file(Path(path), _LARGEST_FILE)
        return self.take(name, data)

    def take(self, name: str, data: bytes) -> int:
        """Take the map of a file's content, as ``load`` does.

        Raises:
            ControlMapFileError: If it is none; nothing is changed.
        """
        with reading(ControlMapFileError, f"{name} holds no control map, or it is damaged"):
            found = self._read_foreign(name, data)
        self._fitted, self.trained = None, False
        self._change(found)
        return len(found.points)

    # ---

    @property
    def _map(self) -> ControlMap:
        return self._live.state.control_map

    def _numbered(self, number: int) -> MapPoint:
        points = self._map.points
        if not 0 <= number < len(points):
            raise IndexError(f"the control map has {len(points)} points, numbered from 0; there is no {number}")
        return points[number]

    def _change(self, made: ControlMap) -> None:
        self._made = made
        self._live.document.apply(_with_map, made)

    def _follow(self, change: dict[str, Any]) -> None:
        now = change["new"].control_map
        if now is not self.now and now is not self._made:
            self._forget()
        self.now = now

    def _forget(self) -> None:
        """What was trained belongs to another map, or to another codec."""
        self._fitted, self.trained, self.follows = None, False, False

    def _steered(self, place: Any, on: bool) -> None:
        self.place = tuple(float(v) for v in np.asarray(place, dtype=np.float64).reshape(-1)[:2])
        now = time.monotonic()
        if self.follows and on and self._fitted is not None and now - self._followed >= _SHORTEST:
            self._followed = now
            try:
                self.go(self.place)
            except ValueError:  # trained for a codec of other latents; the gesture itself goes on
                self._forget()


def _with_map(state: SessionState, made: ControlMap) -> SessionState:
    return replace(state, control_map=made)
