"""The stream model: encoder and decoder, and how large they are."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from terrain_widgets.codecs.stream.decoder import StreamDecoder
from terrain_widgets.codecs.stream.encoder import StreamEncoder

RATIOS = (512, 1024, 2048)


@dataclass(frozen=True)
class StreamConfig:
    """The size of a model.

    Args:
        latents: D, 4 to 64; the first is the level.
        width: Channels of its layers.
        ratio: Samples per latent frame: 512, 1024 or 2048.
    """

    latents: int = 16
    width: int = 256
    ratio: int = 1024

    def __post_init__(self) -> None:
        if not 4 <= self.latents <= 64:
            raise ValueError(f"a stream model has 4 to 64 latents, got {self.latents}")
        if self.ratio not in RATIOS:
            raise ValueError(f"a stream model's ratio is 512, 1024 or 2048 samples, got {self.ratio}")
        if not 8 <= self.width <= 2048:
            raise ValueError(f"a stream model's width is 8 to 2048, got {self.width}")

    @classmethod
    def of(cls, latents: int, capacity: float, ratio: int = 1024) -> StreamConfig:
        """A model whose number of weights goes with ``capacity``."""
        return cls(latents, max(8, 8 * round(32 * math.sqrt(capacity))), ratio)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> StreamConfig:
        """What ``to_json`` gave.

        Raises:
            ValueError: If it is something else.
        """
        try:
            return cls(**{name: int(content[name]) for name in ("latents", "width", "ratio")})
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError(f"these are no sizes of a stream model: {content!r}") from error

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


class StreamModel(nn.Module):
    """Encoder and decoder together.

    Args:
        config: Their size.
    """

    def __init__(self, config: StreamConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = StreamEncoder(config.latents, config.width, config.ratio)
        self.decoder = StreamDecoder(config.latents, config.width, config.ratio)

    def encode(self, audio: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Levels ``[B, 1, T]``, means and log variances ``[B, D - 1, T]`` of a sound with silence before and after.

        Args:
            audio: ``[B, T * ratio]``.
        """
        padded = functional.pad(audio, (self.encoder.before, self.encoder.after))
        level, mean, log_variance, _ = self.encoder(padded, self.encoder.fresh(len(audio)))
        return level, mean, log_variance
