"""What some channels of a layer's output go through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from terrain_widgets.core.bending.edit import Edit, FloatArray
from terrain_widgets.core.parameter import Number

HELD = Number("hold", 0.0, 0.0, 1.0, description="How much of the output stays as it was when it was first held.")
GAIN = Number("gain", 1.0, -10.0, 10.0, description="Factor for the output.")
OFFSET = Number("offset", 0.0, -10.0, 10.0, description="Added to the output after the factor.")
FOLD = Number("fold", 0.0, 0.0, 1.0, description="How much of the output is folded back at ±1.")
MOST_CHANNELS = 65536


@dataclass(frozen=True)
class Output(Edit):
    """Done to the table of a layer's output: see ``outputs``.

    A value ``v`` becomes ``u = gain * (v + hold * (held - v)) + offset``, and then ``u + fold * (folded(u) - u)``.
    There ``held`` is the value in the first frame with ``hold`` above 0, and ``folded`` reflects at ±1, as often as
    need be.

    Args:
        hold: 0 to 1.
        gain: -10 to 10.
        offset: -10 to 10.
        fold: 0 to 1.
        channels: Which; none is all of them.
    """

    kind: ClassVar[str] = "output"
    hold: float = HELD.default
    gain: float = GAIN.default
    offset: float = OFFSET.default
    fold: float = FOLD.default
    channels: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for setting in (HELD, GAIN, OFFSET, FOLD):
            object.__setattr__(self, setting.address, setting.check(getattr(self, setting.address)))
        whole = all(isinstance(c, int) and not isinstance(c, bool) and c >= 0 for c in self.channels)
        if not whole or len(self.channels) > MOST_CHANNELS:
            raise ValueError(f"channels are whole numbers from 0, got {str(self.channels)[:80]}")
        object.__setattr__(self, "channels", tuple(self.channels))

    def check(self, weights: FloatArray) -> None:
        """It must be a table of outputs, with such channels."""
        if weights.ndim != 2 or weights.shape[1] != 4:
            raise ValueError("an edit of an output is for a layer whose name ends with '.output'")
        beyond = [channel for channel in self.channels if channel >= len(weights)]
        if beyond:
            raise ValueError(f"there are channels 0 to {len(weights) - 1}, got {beyond[0]}")

    def apply(self, weights: FloatArray) -> FloatArray:
        """The table ``[channels, 4]`` with those rows replaced.

        Raises:
            ValueError: If it is no table of outputs, or there is no such channel.
        """
        self.check(weights)
        table = weights.copy()
        table[list(self.channels) or slice(None)] = (self.hold, self.gain, self.offset, self.fold)
        return table
