"""What shapes the sound of each voice before it is mixed, by the kind of its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from terrain_widgets.audio.engine.output.output_processor import OutputProcessor
from terrain_widgets.audio.engine.output.width import Width
from terrain_widgets.audio.patch import Patch


class MakesProcessor(Protocol):
    """A processor's class."""

    def __call__(self, ramp_samples: int, patch: Patch) -> OutputProcessor:
        """A fresh one, set as the patch says."""


#: In the order in which sound goes through them. A new number of a hand's sound is a parameter and a line here.
VOICE_PROCESSORS: Mapping[str, Sequence[MakesProcessor]] = {"hand": (Width,)}


def voice_processors(kind: str, ramp_samples: int, patch: Patch) -> tuple[OutputProcessor, ...]:
    """Fresh processors for a voice whose source is of this kind."""
    return tuple(make(ramp_samples, patch) for make in VOICE_PROCESSORS.get(kind, ()))
