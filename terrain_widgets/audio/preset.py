"""A preset: all that is set of how a session plays, and what it plays by hand, under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.control_map import ControlMap
from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.patch import Patch
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.points.points import PointSet

LONGEST_NAME = 80
#: How many an instrument and a piece show as pads.
MOST_PADS = 32
#: Last words of what belongs to a moment: where things begin, and counts of what was done.
_MOMENT = ("triggers", "start", "seeks", "recalls", "seconds")


def lasting(patch: Patch) -> Patch:
    """A patch without what belongs to a moment: where playheads and modulators begin, triggers, glides."""
    return patch.set({a: None for a in patch if PARAMETERS.at(a).transient and a.rpartition(".")[2] in _MOMENT})


@dataclass(frozen=True, eq=False)
class Preset:
    """What is set of how a session plays.

    Args:
        name: What it is called.
        patch: All values.
        tags: Words to find it by.
        created: When it was made, as ISO 8601 has it; may be empty.
        codec: Name of the codec that it was made for.
        points: Labelled points; ``None`` leaves those that are there.
        control_map: Likewise, the control map.
        free_paths: Paths of its playheads that no sound lies on, ``[P, C]`` by name.
        bend: The edits of its model; ``None``, as in files from before presets had them, leaves those that are there.

    Raises:
        ValueError: If it has no name.
    """

    name: str
    patch: Patch
    tags: tuple[str, ...] = ()
    created: str = ""
    codec: str = ""
    points: PointSet | None = None
    control_map: ControlMap | None = None
    free_paths: Mapping[str, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    bend: Bend | None = None

    def __post_init__(self) -> None:
        name = " ".join(str(self.name).split())
        if not name or len(name) > LONGEST_NAME:
            raise ValueError(f"a preset's name has 1 to {LONGEST_NAME} characters, got {self.name!r:.100}")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "tags", tuple(map(str, self.tags)))
        object.__setattr__(self, "patch", lasting(self.patch))

    def __repr__(self) -> str:
        more = [] if self.points is None else [f"{len(self.points)} points"]
        more += [] if self.control_map is None else [f"{len(self.control_map.points)} places"]
        return f"Preset({', '.join([self.name, f'{len(self.patch.values)} values', *more, *self.tags])})"

    def says(self, words: str) -> bool:
        """Whether every word is somewhere in its name or tags."""
        text = " ".join([self.name, *self.tags]).casefold()
        return all(word in text for word in words.casefold().split())


def pads_of(presets: Mapping[str, Preset], codec: str) -> list[dict[str, Any]]:
    """The first presets of a codec, by which a page recalls them itself: names, and values as JSON has them."""
    own = [preset for preset in presets.values() if preset.codec in ("", codec)]
    return [{"name": preset.name, "patch": preset.patch.to_json()} for preset in own[:MOST_PADS]]
