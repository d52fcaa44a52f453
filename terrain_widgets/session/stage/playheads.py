"""Playheads: what moves along paths by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.assets import PathAsset
from terrain_widgets.audio.engine.sources.playhead import Loop, Playhead
from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.session.document.state import SessionState

if TYPE_CHECKING:
    from terrain_widgets.session.stage.live_patch import LivePatch


class PlayheadChanges(TypedDict, total=False):
    """What can be changed of a playhead; ``Playheads.play`` describes each."""

    speed: float
    loop: Loop
    gain: float
    playing: bool
    interpolate: bool


class Playheads(traitlets.HasTraits):
    """The stage's playheads. Each plays one path; it is named by its sound's id where it plays that sound's path.

    Args:
        live: The patch that they are in.
    """

    now = traitlets.Dict(help="Playhead by name; replaced whole.")

    def __init__(self, live: LivePatch) -> None:
        super().__init__()
        self._live = live
        self._seeks = 0
        live.observe(lambda change: setattr(self, "now", change["new"]), names="heads")

    def __repr__(self) -> str:
        return f"Playheads({', '.join(self.now) or 'none'})"

    def play(
        self,
        path: str | ArrayLike,
        *,
        name: str | None = None,
        speed: float = 1.0,
        loop: Loop = "loop",
        gain: float = 1.0,
        interpolate: bool = True,
    ) -> str:
        """Set a playhead on a path, from its beginning; one of that name is replaced.

        Args:
            path: A clip's id, for the path drawn for it, as its pairing rule puts the sound's frames on it; or
                coordinates ``[P, 2]``, one per latent frame at speed 1.
            name: Of the playhead, without a dot; the clip's id, or the next number.
            speed: -4 to 4.
            loop: ``"once"``, ``"loop"`` or ``"ping-pong"``.
            gain: 0 to 1.
            interpolate: Go straight between two points, or hold the first.

        Returns:
            The playhead's name.

        Raises:
            ValueError: If there is no such path or it is muted, nothing is trained yet, or a value is out of range.
        """
        live = self._live
        state = live.state
        if live.sources.shown is None:
            raise ValueError("there is no terrain to play yet: encode, draw and train first")
        if isinstance(path, str):
            followed, length = path, self._length(path)
        else:
            table = _checked(path)
            followed, length = self._fresh_path(state), float(len(table))
            state = replace(state, free_paths=MappingProxyType({**state.free_paths, followed: table}))
        if name is None:
            name = path if isinstance(path, str) else f"{len(self.now) + 1}"
        if not name or "." in name:
            raise ValueError(f"a playhead's name is a word without a dot, got {name!r}")
        values: dict[str, Any] = {
            "path": followed,
            "speed": speed,
            "loop": loop,
            "gain": gain,
            "interpolate": interpolate,
        }
        values |= {"interpolate": interpolate, "playing": True, **self._from(length if speed < 0 else 0.0)}
        live.sound.start()
        live.set({f"playheads.{name}.{end}": value for end, value in values.items()}, state=state)
        return name

    def change(self, name: str, **changes: Unpack[PlayheadChanges]) -> None:
        """Change ``speed``, ``loop``, ``gain``, ``playing`` or ``interpolate`` of a playhead; it stays where it is.

        Raises:
            KeyError: If there is no such playhead.
            ValueError: If a value is out of range.
            TypeError: If something else is to be changed.
        """
        self._named(name)
        refuse_unknown("playheads.change", changes, ["name", *PlayheadChanges.__annotations__])
        gesture = f"playhead {name} {' '.join(changes)}"
        values: dict[str, Any] = {**changes}
        self._live.set({f"playheads.{name}.{word}": value for word, value in values.items()}, gesture)

    def seek(self, name: str, milliseconds: float) -> None:
        """Move a playhead to a position; 1 ms is 1 ms of the sound at its own speed, as in nn.terrain.

        Raises:
            KeyError: If there is no such playhead.
        """
        self._named(name)
        points = max(0.0, float(milliseconds) / 1000.0 * self._live.codec.info.frame_rate)
        self._live.set({f"playheads.{name}.{word}": value for word, value in self._from(points).items()})

    def places(self) -> dict[str, float]:
        """How far each sounding playhead is along its path, in points; of the first eight."""
        engine = self._live.sound.engine
        places = () if engine is None else engine.status().playheads
        return {name: place for name, place in zip(self.now, places, strict=False) if place >= 0.0}

    def go_on_from(self, places: Mapping[str, float]) -> None:
        """Move playheads to where they were, in points of their paths: an engine that starts again begins there."""
        values: dict[str, Any] = {}
        for name in self.now.keys() & places.keys():
            values |= {f"playheads.{name}.{word}": value for word, value in self._from(places[name]).items()}
        if values:
            self._live.set(values)

    def remove(self, name: str) -> None:
        """Take a playhead away; it fades out.

        Raises:
            KeyError: If there is no such playhead.
        """
        self._named(name)
        self._live.set({f"playheads.{name}": None})

    def clear(self) -> None:
        """Take all playheads away."""
        self._live.set({f"playheads.{name}": None for name in self._live.patch.members("playheads")})

    def positions(self) -> dict[str, NDArray[np.float32]]:
        """Where each sounding playhead is now, ``[2]`` in control units; of the first eight."""
        positions = {}
        for name, points in self.places().items():
            path = self.now[name].path
            index = min(points, len(path) - 1)
            low = int(index)
            high = min(low + 1, len(path) - 1)
            positions[name] = path[low] + (index - low) * (path[high] - path[low])
        return positions

    def _named(self, name: str) -> Playhead:
        if name not in self.now:
            raise KeyError(f"there is no playhead {name!r}; there are: {', '.join(self.now) or 'none'}")
        head: Playhead = self.now[name]
        return head

    def _length(self, clip_id: str) -> float:
        state = self._live.state
        drawn, clip = state.drawing_of(clip_id), state.clip(clip_id)
        if drawn is None:
            raise ValueError(f"no path is drawn for “{clip.name}” yet")
        if drawn.muted:
            raise ValueError(f"the path of “{clip.name}” is muted; unmute it to play it")
        asset = self._live.assets.path(clip_id)
        if asset is None:
            raise ValueError(f"the path of “{clip.name}” is a single place: draw it a line")
        return float(len(asset.points))

    def _from(self, start: float) -> dict[str, float]:
        patch = self._live.patch
        known = (patch[f"playheads.{name}.seeks"] for name in patch.members("playheads"))
        self._seeks = max(self._seeks, *known, 0) + 1
        return {"seeks": self._seeks, "start": start}

    def _fresh_path(self, state: SessionState) -> str:
        numbers = [int(name[5:]) for name in state.free_paths if name.startswith("path ") and name[5:].isdecimal()]
        return f"path {max(numbers, default=0) + 1}"


def _checked(path: ArrayLike) -> NDArray[np.float32]:
    return PathAsset(path).points
