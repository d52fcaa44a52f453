"""The control map: from a place to how all modulators are set."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.control_map import ControlMap, MapPoint
from terrain_widgets.audio.fitted_control_map import FittedControlMap
from terrain_widgets.audio.patch import Patch
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.hand_position import HandPosition
from terrain_widgets.session.stage.hand import Hand
from terrain_widgets.session.stage.live_patch import LivePatch

NEAR = 0.06  # control units, within which a point is chosen: 0.03 of the usual plane's width
_LARGEST_FILE = 16 * 2**20

#: Reads a file of another program; raises ``ValueError`` if it cannot.
Reader = Callable[[str, bytes], ControlMap]


class ControlMapFileError(ValueError):
    """A file cannot be read as a control map; the message says why."""


class ControlMapping(traitlets.HasTraits):
    """Points at which the modulators are set by hand, and a map between them that plays all of them from one place.

    ``add()`` keeps how the modulators stand for the place where the hand was last, ``train()`` fits the map,
    ``go(place)`` sets all as it says there. With ``lead()`` the first hand leads: the engine asks the map for the place
    where it is, frame by frame, wherever that engine runs. Every change is a step of undo.

    Args:
        live: The patch in use, and the document.
        hand: Which leads.
        read_foreign: Reads files of other programs.
    """

    now = traitlets.Any(ControlMap(), help="The map; replaced whole.")
    trained = traitlets.Bool(False, help="Whether it can be asked.")
    follows = traitlets.Bool(False, help="Whether the hand leads; setting it is ``lead``.")
    place = traitlets.Tuple((0.0, 0.0), help="Where the hand was last, in control units.")
    asked = traitlets.Tuple((0.0, 0.0), help="The place for which the map was asked last, while the hand leads.")

    def __init__(self, live: LivePatch, hand: Hand, read_foreign: Reader) -> None:
        super().__init__()
        self._live, self._read_foreign = live, read_foreign
        self._made: ControlMap | None = None  # the newest of its own; another one comes by undo or with a file
        self._down = False
        hand.on_move(self._moved)
        live.sound.observe(self._follow_hand, names="hand")
        live.document.observe(self._follow, names=["state", "patch"])
        live.observe(self._follow, names="control")
        self.observe(self._lead_or_not, names="follows")

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
        point = MapPoint.of(self.place if place is None else place, self._standing)
        self._change(replace(self.now, points=(*self.now.points, point)))
        return len(self.now.points) - 1

    def update(self, number: int, place: ArrayLike | None = None) -> None:
        """Keep how the modulators stand now for a point, which stays where it is unless a place is given.

        Raises:
            IndexError: If there is no such point.
            ValueError: If that is no place.
        """
        point = self._numbered(number)
        made = MapPoint.of(point.place if place is None else place, self._standing)
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
        """Without points, and no hand leads."""
        self._made = self.now.with_points(())
        state = replace(self._live.state, control_map=self._made)
        self._live.set({"control.leads": None}, state=state)
        self._live.control = None

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
        self._live.control = fitted = self._map.fit(self._live.codec.info.latent_dim)
        return fitted.error

    def predict(self, place: ArrayLike) -> dict[str, Any]:
        """What the map says of a place: values of the patch by address.

        Raises:
            ValueError: If it is not trained, or that is no place.
        """
        if self._live.control is None:
            raise ValueError("the control map is not trained yet: call train() once there are points")
        fitted: FittedControlMap = self._live.control
        return dict(fitted.at(place))

    def go(self, place: ArrayLike) -> None:
        """Set the modulators as the map says of a place; places in a row are one step of undo.

        Raises:
            ValueError: If it is not trained, or that is no place; nothing is changed.
        """
        self._live.set(self.predict(place), "control map")

    def lead(self, on: bool = True) -> None:
        """Have the first hand lead, or have all stay as the map says of the place where it was last.

        While it leads, what else is set of the same values is not heard. A map that is not trained is trained first.

        Raises:
            ValueError: If there are no points; nothing is changed.
        """
        if on:
            if not self.trained:
                self.train()
            self.asked = self.place
            self._live.set({"control.leads": True, "control.place": self.place})
        else:
            self._live.set({"control.leads": None, **self.values})

    @property
    def values(self) -> dict[str, Any]:
        """What the hand sets that leads, by address; nothing where none does."""
        return self.predict(self.asked) if self.follows and self.trained else {}

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
            ControlMapFileError: If it is not a control map; nothing is changed.
        """
        with reading(ControlMapFileError, f"{name} holds no control map, or it is damaged"):
            found = self._read_foreign(name, data)
        self._change(found)
        self._live.control = None  # a hand that leads has the new one trained
        return len(found.points)

    # ---

    @property
    def _map(self) -> ControlMap:
        return self._live.state.control_map

    @property
    def _standing(self) -> Patch:
        """How the modulators stand, also where a hand leads."""
        return self._live.patch.set(self.values)

    def _numbered(self, number: int) -> MapPoint:
        points = self._map.points
        if not 0 <= number < len(points):
            raise IndexError(f"the control map has {len(points)} points, numbered from 0; there is no {number}")
        return points[number]

    def _change(self, made: ControlMap) -> None:
        self._made = made
        self._live.document.apply(_with_map, made)

    def settle(self) -> None:
        """Have the patch say where the map was asked last: for what is kept of it."""
        if self.follows and self._live.patch["control.place"] != self.asked:
            self._live.document.set({"control.place": self.asked})

    def _follow(self, _change: object = None) -> None:
        now, patch = self._map, self._live.patch
        if now is not self.now and now is not self._made:
            self._live.control = None  # what was trained belongs to another map
        self.now = now
        if patch["control.leads"] and now.points and self._live.control is None:
            self.asked = _pair(patch["control.place"])
            with contextlib.suppress(ValueError):  # two points at one place, where nothing can lead
                self.train()  # the map came by a file, a preset or undo
        self.trained = self._live.control is not None
        self.follows = patch["control.leads"]

    def forget_codec(self) -> None:
        """Another codec, with other modulators."""
        self._live.control = None

    def _lead_or_not(self, change: dict[str, Any]) -> None:
        if change["new"] == self._live.patch["control.leads"]:
            return  # it is shown here how the patch stands
        try:
            self.lead(change["new"])
        finally:
            self.follows = self._live.patch["control.leads"]

    def _follow_hand(self, change: dict[str, Any]) -> None:
        hand: HandPosition = change["new"]
        if hand.down:
            self._moved(hand.place_or_origin, True)
        else:
            self._lifted()

    def _moved(self, place: ArrayLike, on: bool) -> None:
        self.place = where = _pair(place)
        if on:
            self.asked, self._down = where, True
        else:
            self._lifted()

    def _lifted(self) -> None:
        if self._down:
            self._down = False
            self.settle()


def _pair(place: ArrayLike) -> tuple[float, ...]:
    """The first two dimensions of a place; what is missing is 0."""
    x, y = (*np.asarray(place, dtype=np.float64).reshape(-1).tolist(), 0.0, 0.0)[:2]
    return float(x), float(y)


def _with_map(state: SessionState, made: ControlMap) -> SessionState:
    return replace(state, control_map=made)
