"""What every edit of a layer can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class Edit(ABC):
    """A change of one layer's weights."""

    kind: ClassVar[str]

    @abstractmethod
    def apply(self, weights: FloatArray) -> FloatArray:
        """The changed weights, of the same shape; those that are given stay as they are."""

    def check(self, weights: FloatArray) -> None:
        """Whether ``apply`` will do, without doing it; most edits fit every layer.

        Raises:
            ValueError: If not.
        """

    def applied(self, weights: FloatArray) -> FloatArray:
        """As ``apply``; arithmetic on an array without dimensions gives a bare number, here it is an array again."""
        return np.asarray(self.apply(weights), dtype=np.float32)

    def to_json(self) -> dict[str, Any]:
        """Its kind and settings, as JSON takes them."""
        return {"kind": self.kind, **asdict(self)}  # type: ignore[call-overload]  # every edit is a dataclass
