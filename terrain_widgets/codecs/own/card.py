"""What a trained codec's file says of how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Card:
    """How a codec was trained.

    Args:
        recipe: Name of the recipe.
        licence: Of the codec: SPDX identifier or a short sentence.
        data: On what, in a sentence.
        data_licences: What the sounds said of their licences.
        steps: Optimizer steps.
        minutes: Of training.
        error: Log-mel distance to the sounds that were held back, dB.
        curve: Step and error of each validation.
        figures: Further ones, by name.
        settings: All that was set.
    """

    recipe: str = ""
    licence: str = "unknown"
    data: str = ""
    data_licences: tuple[str, ...] = ()
    steps: int = 0
    minutes: float = 0.0
    error: float = 0.0
    curve: tuple[tuple[int, float], ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"Card({self.recipe}, trained {self.minutes:g} minutes on {self.data}; {self.error:.2f} dB from what was "
            f"held back; licence {self.licence})"
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Card:
        """What ``to_json`` wrote; what a later version added is left out.

        Raises:
            Exception: Of several kinds, if a field holds something else; see ``reading``.
        """
        known = {f.name: content[f.name] for f in fields(cls) if f.name in content}
        card = cls(**known)
        texts = (card.recipe, card.licence, card.data)
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a card's recipe, licence and data are texts")
        return cls(
            **{
                **known,
                "steps": int(card.steps),
                "minutes": float(card.minutes),
                "error": float(card.error),
                "figures": {str(name): float(value) for name, value in dict(card.figures).items()},
                "settings": dict(card.settings),
                "data_licences": tuple(str(text) for text in card.data_licences),
                "curve": tuple((int(step), float(error)) for step, error in card.curve),
            }
        )
