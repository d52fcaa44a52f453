"""What a user keeps of an exploration: a map of sounds, ways through latent space, attributes and presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.core.exploration.endless_walk import EndlessWalk
from terrain_widgets.core.exploration.sound_map import SoundMap

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LatentPreset:
    """A latent vector with a name.

    Args:
        name: What it is called.
        latent: ``[D]``.
        description: What it sounds like.
        tags: Words to find it by.
        created: When it was made, as ISO 8601 has it; may be empty.
        codec: Name of the codec whose latents these are; empty where nobody says.

    Raises:
        ValueError: If it has no name, or the latents are no finite vector.
    """

    name: str
    latent: FloatArray
    description: str = ""
    tags: tuple[str, ...] = ()
    created: str = ""
    codec: str = ""

    def __post_init__(self) -> None:
        latent = np.array(self.latent, dtype=np.float32)
        if not self.name or latent.ndim != 1 or not len(latent) or not np.isfinite(latent).all():
            raise ValueError(f"a preset needs a name and finite latents [D], got {self.name!r}, {self.latent!r}")
        latent.setflags(write=False)
        object.__setattr__(self, "latent", latent)
        object.__setattr__(self, "tags", tuple(map(str, self.tags)))

    def __repr__(self) -> str:
        return f"LatentPreset({self.name}, {len(self.latent)} latents{', ' + ' '.join(self.tags) if self.tags else ''})"

    def says(self, words: str) -> bool:
        """Whether every word is somewhere in its name, tags or description."""
        text = " ".join([self.name, self.description, *self.tags]).casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True, eq=False)
class Explored:
    """What is kept.

    Args:
        sound_map: The map of sounds, or ``None``.
        ways: Latents of a morph or a walk, ``[T, D]`` by name; or a walk without end.
        attributes: Directions by name.
        presets: Latent presets by name.
    """

    sound_map: SoundMap | None = None
    ways: Mapping[str, FloatArray | EndlessWalk] = field(default_factory=lambda: MappingProxyType({}))
    attributes: Mapping[str, Attribute] = field(default_factory=lambda: MappingProxyType({}))
    presets: Mapping[str, LatentPreset] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return (
            f"Explored({self.sound_map or 'no map'}, {len(self.ways)} ways, {len(self.attributes)} attributes, "
            f"{len(self.presets)} presets)"
        )
