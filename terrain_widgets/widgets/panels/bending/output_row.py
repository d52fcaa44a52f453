"""What a layer's output goes through: four numbers, and for which channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.output_edit import FOLD, GAIN, HELD, OFFSET, Output
from terrain_widgets.core.bending.outputs import FOLD as FOLD_COLUMN
from terrain_widgets.core.bending.outputs import GAIN as GAIN_COLUMN
from terrain_widgets.core.bending.outputs import NEUTRAL
from terrain_widgets.core.bending.outputs import OFFSET as OFFSET_COLUMN
from terrain_widgets.core.parameter import Number
from terrain_widgets.widgets.controls.boxes import Column, Row
from terrain_widgets.widgets.controls.numbers import Slider
from terrain_widgets.widgets.controls.words import TextField

FloatArray = NDArray[np.float32]
REACH = 2.0  # values from -REACH to REACH are in the picture


class OutputRow:
    """Controls of one output's channels.

    Args:
        changed: Called when a user has moved one of the sliders.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed, self._showing = changed, False
        self.channels = TextField(
            description="Channels", placeholder="all", tooltip="Which channels: 0-15, 40; empty is all of them"
        )
        self._sliders = {
            "gain": _slider("Gain", GAIN, -3.0, 3.0),
            "offset": _slider("Offset", OFFSET, -3.0, 3.0),
            "fold": _slider("Fold", FOLD, 0.0, 1.0),
            "hold": _slider("Freeze", HELD, 0.0, 1.0),
        }
        gain, offset, fold, hold = self._sliders.values()
        self.box = Column([Row([gain, offset]), Row([fold, hold]), self.channels])
        for slider in self._sliders.values():
            slider.observe(self._moved, names="value")

    def _moved(self, _change: Any) -> None:
        if not self._showing:
            self._changed()

    def edit(self) -> Output:
        """What the controls say.

        Raises:
            ValueError: If the channels cannot be read.
        """
        values = {name: slider.value for name, slider in self._sliders.items()}
        return Output(**values, channels=channels_of(self.channels.value))

    def show(self, edit: Output | None, moves: bool) -> None:
        """Show the newest edit of the chosen output, or that there is none.

        Args:
            edit: It.
            moves: Whether the output can be folded and held.
        """
        shown = edit or Output()
        self._showing = True
        try:
            for name, slider in self._sliders.items():
                slider.value = getattr(shown, name)
        finally:
            self._showing = False
        self._sliders["fold"].disabled = self._sliders["hold"].disabled = not moves


def _slider(label: str, number: Number, low: float, high: float) -> Slider:
    return Slider(value=number.default, min=low, max=high, description=label, tooltip=number.description)


def channels_of(text: str) -> tuple[int, ...]:
    """Numbers and spans of them, such as ``0-15, 40``; nothing is all.

    Raises:
        ValueError: If it is something else.
    """
    numbers: list[int] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        first, _, last = part.partition("-")
        if not first.strip().isdigit() or not (last.strip() or first.strip()).isdigit():
            raise ValueError(f"channels are numbers and spans such as 0-15, 40; got {part[:40]!r}")
        low, high = int(first), int(last or first)
        if high - low > 100_000:
            raise ValueError(f"a span has at most 100000 channels, got {part[:40]!r}")
        numbers += range(low, high + 1)
    return tuple(numbers)


def transfer(table: FloatArray, points: int) -> list[float]:
    """What becomes of values from -REACH to REACH, the mean of all channels that are changed, in parts of REACH."""
    changed = table[(table != np.array(NEUTRAL, dtype=np.float32)).any(axis=1)]
    rows = changed if len(changed) else table[:1]
    values = np.linspace(-REACH, REACH, points)
    out = rows[:, GAIN_COLUMN, None] * values + rows[:, OFFSET_COLUMN, None]
    folded = 1.0 - np.abs(np.mod(out + 1.0, 4.0) - 2.0)
    out += rows[:, FOLD_COLUMN, None] * (folded - out)
    return [round(float(v), 4) for v in np.clip(out.mean(axis=0) / REACH, -1.0, 1.0)]


def channel_bars(table: FloatArray, count: int) -> list[float]:
    """Gains of neighbouring channels, as heights of which 1 is the largest."""
    gains = np.abs(table[:, GAIN_COLUMN])
    means = np.array([part.mean() for part in np.array_split(gains, min(count, len(gains)))])
    return [round(float(v), 3) for v in means / max(1.0, float(means.max()))]
