"""The mapping in an engine: places to latents, rounded alike whatever the block size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.compatibility import check_mapping
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.mapping import ConstantMapping, Mapping

FloatArray = NDArray[np.float32]


class Mapper:
    """Holds what is played.

    Args:
        info: The codec.
        mapping: What turns coordinates into latents; ``None`` gives the latent origin everywhere.

    Raises:
        ValueError: If the mapping has another number of latents than the codec.
    """

    def __init__(self, info: CodecInfo, mapping: Mapping | None) -> None:
        self._info = info
        self.set(mapping)

    def set(self, mapping: Mapping | None) -> None:
        """Another mapping, whole.

        Raises:
            ValueError: If it has another number of latents than the codec.
        """
        if mapping is None:
            mapping = ConstantMapping(2, np.zeros(self._info.latent_dim, dtype=np.float32))
        check_mapping(mapping, self._info)
        self.mapping: Mapping = mapping

    @property
    def control_dim(self) -> int:
        """C, the dimensions of places."""
        return self.mapping.control_dim

    def check_places(self, places: FloatArray) -> None:
        """Places must be a table of the mapping's dimensions; a constant does not mind how many those are.

        Raises:
            ValueError: If not.
        """
        fits = places.ndim == 2 and (places.shape[1] == self.control_dim or isinstance(self.mapping, ConstantMapping))
        if not fits:
            raise ValueError(
                f"coordinates must be a table [T, {self.control_dim}] for this mapping, got shape {places.shape}"
            )

    def latents(self, places: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` at places ``[T, C]``.

        One place at a time: a matrix product rounds differently with the number of rows, a last bit of a pitch becomes
        a phase in some seconds, and live would no longer be what is rendered in larger blocks.
        """
        rows = [np.asarray(self.mapping(places[i : i + 1]), dtype=np.float32) for i in range(len(places))]
        return np.concatenate(rows)
