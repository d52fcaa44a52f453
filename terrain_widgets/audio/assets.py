"""What a patch names but cannot hold: mappings, paths, encoded sounds and more, by key; they are never changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.fitted_control_map import FittedControlMap
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.bending.bend import Bend, Step
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import Towards
from terrain_widgets.core.bending.large_layers import all_finite
from terrain_widgets.core.exploration.endless_walk import EndlessWalk
from terrain_widgets.core.mapping import Mapping as LatentMapping
from terrain_widgets.core.mapping import MappingState, mapping_from_state

FloatArray = NDArray[np.float32]
Arrays = dict[str, NDArray[Any]]

#: Key of the mapping that plays.
MAPPING = "mapping"
#: Key of the codec that decodes, where it has become another one since the engine was started.
CODEC = "codec"
#: Key of the control map by which a hand sets the modulators.
CONTROL = "control"
#: First word of the keys of layers that are bent, whether their assets are edits or what came of them.
WEIGHTS = "weights"


def path_key(name: str) -> str:
    """Key of the path that a playhead names."""
    return f"paths/{name}"


def sound_key(clip_id: str) -> str:
    """Key of the encoded sound that runs underneath."""
    return f"sounds/{clip_id}"


def weights_key(layer: str) -> str:
    """Key of the weights that a layer has in place of its own."""
    return f"{WEIGHTS}/{layer}"


class Asset(ABC):
    """Something with arrays that an engine has to be given once."""

    kind: ClassVar[str]

    @abstractmethod
    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data: what JSON can say of it, and the rest by name."""

    @property
    def bytes(self) -> int:
        """Size of its arrays."""
        return sum(array.nbytes for array in self.pack()[1].values())


@dataclass(frozen=True, eq=False)
class MappingAsset(Asset):
    """A mapping, and the range of the latents that it was made from.

    Args:
        mapping: What turns coordinates into latents; ``None`` gives the latent origin everywhere.
        low: Smallest latents of its data ``[D]``; left out, there is no range.
        high: Largest latents of its data ``[D]``.
        bent: Arrays of the mapping's state that are bent, by name; ``bend.amount`` says how far they count.
    """

    kind = "mapping"
    mapping: LatentMapping | None
    low: FloatArray | None = None
    high: FloatArray | None = None
    bent: Mapping[str, FloatArray] = field(default_factory=dict)

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data."""
        arrays: Arrays = {}
        if self.low is not None and self.high is not None:
            arrays |= {"low": self.low, "high": self.high}
        if self.mapping is None:
            return {}, arrays
        state = self.mapping.to_state()
        arrays |= {f"of/{k}": v for k, v in state.arrays.items()} | {f"bent/{k}": v for k, v in self.bent.items()}
        return {"kind": state.kind, "config": state.config}, arrays

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: Arrays) -> MappingAsset:
        """From plain data."""

        def below(prefix: str) -> Arrays:
            return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}

        mapping = None
        if "kind" in config:
            mapping = mapping_from_state(MappingState(config["kind"], config["config"], below("of/")))
        return cls(mapping, arrays.get("low"), arrays.get("high"), below("bent/"))


@dataclass(frozen=True, eq=False)
class PathAsset(Asset):
    """A path for playheads.

    Args:
        points: Coordinates ``[P, C]`` in control units, one for each latent frame at speed 1.
    """

    kind = "path"
    points: FloatArray

    def __init__(self, points: ArrayLike) -> None:
        table = np.array(points, dtype=np.float32)
        if table.ndim != 2 or len(table) < 1 or not np.isfinite(table).all():
            raise ValueError(f"a playhead's path is a finite table [points, control dims], got shape {np.shape(table)}")
        table.setflags(write=False)
        object.__setattr__(self, "points", table)

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data."""
        return {}, {"points": self.points}

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: Arrays) -> PathAsset:
        """From plain data."""
        return cls(arrays["points"])


@dataclass(frozen=True, eq=False)
class SoundAsset(Asset):
    """An encoded sound.

    Args:
        latents: ``[T, D]``.
        audio: Its own samples at the codec's rate, ``[A, S]``; left out, its dry signal is silence.
        walk: A walk without end that the engine makes, in place of the latents, which are its first then.
    """

    kind = "sound"
    latents: FloatArray
    audio: FloatArray | None = None
    walk: EndlessWalk | None = None

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data."""
        arrays: Arrays = {"latents": self.latents} | ({} if self.audio is None else {"audio": self.audio})
        if self.walk is None:
            return {}, arrays
        config, of_walk = self.walk.to_state()
        return {"walk": config}, arrays | {f"walk/{name}": array for name, array in of_walk.items()}

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: Arrays) -> SoundAsset:
        """From plain data."""
        walk = None
        if "walk" in config:
            own = {name.removeprefix("walk/"): array for name, array in arrays.items() if name.startswith("walk/")}
            walk = EndlessWalk.from_state(config["walk"], own)
        return cls(arrays["latents"], arrays.get("audio"), walk)


@dataclass(frozen=True, eq=False)
class EditsAsset(Asset):
    """What is done to a layer, or to the table of a layer's output, by an engine that has the layer itself.

    Args:
        edits: In order.
        applied: Gives the layer as it is bent, for whoever has not the layer itself; unpacked ones do not.
    """

    kind = "edits"
    edits: tuple[Edit, ...]
    applied: Callable[[], FloatArray] | None = None

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data."""
        config, arrays = Bend(tuple(Step("", edit) for edit in self.edits)).pack()
        return config, dict(arrays)

    @property
    def bytes(self) -> int:
        """Size of the weights among the edits, without packing them: the sound's thread asks while it is recorded."""
        return sum(len(edit.weights) for edit in self.edits if isinstance(edit, Towards))

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: Arrays) -> EditsAsset:
        """From plain data.

        Raises:
            ValueError: If an edit cannot be read.
        """
        return cls(tuple(step.edit for step in Bend.unpack(config, arrays).steps))


@dataclass(frozen=True, eq=False)
class WeightsAsset(Asset):
    """A layer that is bent, or a table of a layer's output, for an engine that does not know the edits: a page's.

    Args:
        weights: All of the layer, at the full amount.
    """

    kind = "weights"
    weights: FloatArray

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data."""
        return {}, {"weights": self.weights}

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: Arrays) -> WeightsAsset:
        """From plain data.

        Raises:
            ValueError: If a weight is no finite number.
        """
        weights = arrays["weights"]
        if weights.dtype != np.float32 or not all_finite(weights):
            raise ValueError("the weights of a layer are not all finite float32 numbers")
        return cls(np.require(weights, requirements="W"))  # as torch wants them


def weights_assets(weights: Mapping[str, FloatArray], before: Iterable[str] = ()) -> dict[str, Asset | None]:
    """The assets of layers that are bent, by key.

    Args:
        weights: By layer.
        before: Layers that were bent before; those that are not any more are taken away.
    """
    gone: dict[str, Asset | None] = {weights_key(layer): None for layer in before}
    return gone | {weights_key(layer): WeightsAsset(values) for layer, values in weights.items()}


@dataclass(frozen=True, eq=False)
class ControlAsset(Asset):
    """What sets the modulators by a place.

    Args:
        control: The map.
    """

    kind = "control"
    control: FittedControlMap

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data."""
        return self.control.pack()

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: Arrays) -> ControlAsset:
        """From plain data.

        Raises:
            ValueError: If its parts do not fit each other.
        """
        return cls(FittedControlMap.unpack(config, arrays))


@dataclass(frozen=True, eq=False)
class CodecAsset(Asset):
    """A codec that was built again of other sounds, and whose latents mean what they meant before.

    Args:
        codec: It has a recipe.
    """

    kind = "codec"
    codec: Codec

    def pack(self) -> tuple[dict[str, Any], Arrays]:
        """As plain data: its recipe."""
        return {"recipe": None if self.codec.recipe is None else self.codec.recipe.to_json()}, {}

    @classmethod
    def unpack(cls, config: dict[str, Any], arrays: Arrays) -> CodecAsset:
        """From plain data.

        Raises:
            CodecError: If it is not on this machine.
        """
        from terrain_widgets.codecs.loading import load_codec

        return cls(load_codec(CodecRecipe.from_json(config["recipe"])))


_KINDS: dict[
    str, type[MappingAsset | PathAsset | SoundAsset | EditsAsset | WeightsAsset | ControlAsset | CodecAsset]
] = {
    MappingAsset.kind: MappingAsset,
    PathAsset.kind: PathAsset,
    SoundAsset.kind: SoundAsset,
    EditsAsset.kind: EditsAsset,
    WeightsAsset.kind: WeightsAsset,
    ControlAsset.kind: ControlAsset,
    CodecAsset.kind: CodecAsset,
}


def unpack_asset(kind: str, config: dict[str, Any], arrays: Arrays) -> Asset:
    """The asset that was packed.

    Raises:
        ValueError: If there is no such kind, or its content is not as it should be.
    """
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of asset {kind!r}; known: {', '.join(_KINDS)}")
    return _KINDS[kind].unpack(config, arrays)


def merged(assets: Mapping[str, Asset], changed: Mapping[str, Asset | None]) -> Mapping[str, Asset]:
    """Assets after a change; ``None`` takes one away."""
    if not changed:
        return assets
    every = {**assets, **changed}
    return MappingProxyType({key: asset for key, asset in every.items() if asset is not None})
