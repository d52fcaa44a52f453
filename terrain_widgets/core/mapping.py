"""What the engine plays: anything that turns coordinates into latents and can cross to another process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MappingState:
    """A mapping as plain data: how it travels to the audio process and into files.

    Args:
        kind: Name under which the mapping's rebuilder is registered.
        config: JSON-able settings.
        arrays: Named float or integer arrays.
    """

    kind: str
    config: dict[str, Any]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


@runtime_checkable
class Mapping(Protocol):
    """Coordinates ``[N, C]`` in control units to latents ``[N, D]``."""

    @property
    def control_dim(self) -> int:
        """C."""

    @property
    def latent_dim(self) -> int:
        """D."""

    def __call__(self, coordinates: Any) -> Any:
        """Latents ``[N, D]`` at coordinates ``[N, C]``: float32 numpy for numpy."""

    def to_state(self) -> MappingState:
        """The mapping as plain data."""


# Where kinds live that bring torch or scipy: imported when the first of them is rebuilt.
_HOMES = {
    "terrain": "terrain_widgets.core.terrain.terrain",
    "points": "terrain_widgets.core.points.point_map",
    "neighbours": "terrain_widgets.core.exploration.neighbour_map",
}
_rebuilders: dict[str, Callable[[MappingState], Mapping]] = {}


def register_mapping(kind: str, rebuild: Callable[[MappingState], Mapping]) -> None:
    """Make ``mapping_from_state`` able to rebuild mappings of this kind."""
    _rebuilders[kind] = rebuild


def mapping_from_state(state: MappingState) -> Mapping:
    """Rebuild a mapping, in this process or another, from what ``to_state()`` gave.

    Raises:
        ValueError: If no mapping of that kind is known.
    """
    if state.kind not in _rebuilders and state.kind in _HOMES:
        import_module(_HOMES[state.kind])  # registers itself
    if state.kind not in _rebuilders:
        raise ValueError(f"unknown kind of mapping {state.kind!r}; known: {', '.join(sorted({*_rebuilders, *_HOMES}))}")
    return _rebuilders[state.kind](state)


@dataclass(frozen=True)
class ConstantMapping:
    """The same latents everywhere: what the instrument plays before anything is trained.

    Args:
        control_dim: C.
        latents: One latent vector ``[D]``.
    """

    control_dim: int
    latents: NDArray[np.float32]

    @property
    def latent_dim(self) -> int:
        """D."""
        return int(np.asarray(self.latents).shape[0])

    def __call__(self, coordinates: Any) -> NDArray[np.float32]:
        """``latents`` repeated for each of the N rows of ``coordinates``."""
        return np.repeat(np.asarray(self.latents, dtype=np.float32)[None, :], len(coordinates), axis=0)

    def to_state(self) -> MappingState:
        """The mapping as plain data."""
        return MappingState("constant", {"control_dim": self.control_dim}, {"latents": np.asarray(self.latents)})


register_mapping("constant", lambda s: ConstantMapping(int(s.config["control_dim"]), s.arrays["latents"]))
