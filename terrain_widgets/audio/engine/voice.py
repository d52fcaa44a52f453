"""A voice: one row of the decoder's batch, with the latents' memory and the gate that belong to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latents.latent_chain import LatentChain
from terrain_widgets.audio.engine.latents.latent_processors import LatentGlide, LatentGuard, LatentSlew
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.mapper import Mapper
from terrain_widgets.audio.engine.output.gain import Fade
from terrain_widgets.audio.engine.output.output_processor import OutputProcessor
from terrain_widgets.audio.engine.sources.source import Source
from terrain_widgets.codecs.base import CodecInfo

FloatArray = NDArray[np.float32]

_STRUCK_RAMP = 64  # samples until what still rings and what is struck after it sound at full level: no click


class Voice:
    """A source's place in the decoder: latents in, a gated row of sound out.

    Args:
        settings: How latents are shaped.
        info: The codec.
        ramp_samples: Length of the gate's fades.

    Attributes:
        source: Who plays; ``None`` once that is gone and the voice fades out.
        processors: What shapes its sound before the gate.
        places: Where it was in the newest part of a block, ``[T, C]``.
        latents: What it was decoded from there, ``[T, D]``.
        begins: Whether its source begins now, from silence or while it still fades out.
        release: Samples of the fade when its source ends; ``None``: those of the gate's other fades.
    """

    def __init__(self, settings: LatentSettings, info: CodecInfo, ramp_samples: int) -> None:
        self.source: Source | None = None
        self.begins = False
        self.release: int | None = None
        self.processors: Sequence[OutputProcessor] = ()
        self._gate = Fade(ramp_samples)
        self._chain = LatentChain([LatentGuard(settings), LatentGlide(), LatentSlew(settings, info.frame_rate)])
        self._ratio, self._struck = info.ratio, info.capabilities.struck
        self.places: FloatArray = np.zeros((0, 1), dtype=np.float32)
        self._raw: FloatArray = np.zeros((1, info.latent_dim), dtype=np.float32)
        self.latents: FloatArray = np.zeros((1, info.latent_dim), dtype=np.float32)

    @property
    def active(self) -> bool:
        """Whether it sounds, or still fades out."""
        return not self._gate.silent

    @property
    def level(self) -> float:
        """At which its source wants to sound."""
        return 0.0 if self.source is None else self.source.level

    @property
    def frames_left(self) -> float:
        """Frames until a closing gate is silent, or its source begins or ends by itself."""
        source = np.inf if self.source is None else self.source.frames_left
        closing = self.active and self._gate.target == 0.0
        return min(source, -(-self._gate.remaining // self._ratio)) if closing else source

    @property
    def bad_rows(self) -> int:
        """Latent rows that were no numbers, so far."""
        return self._chain.bad_rows

    def configure(self, settings: LatentSettings) -> None:
        """Shape latents by these settings."""
        self._chain.configure(settings)
        self.lead_over()

    def lead_over(self) -> None:
        """What comes next comes from elsewhere: lead over to it, where something sounds."""
        if self.active:
            self._chain.lead_over()

    def close(self, ramp_samples: int | None = None) -> None:
        """Fade out."""
        self._gate.close(ramp_samples)

    def close_at_once(self) -> None:
        """Shut without a ramp, to fade in again: for a block that was muted."""
        target = self._gate.target
        self._gate.jump(0.0)
        self._gate.set(target)

    def open_or_close(self, level: float) -> None:
        """Head for a level; 0 is silence."""
        self.begins = level > 0.0 and self._gate.target == 0.0
        if level > 0.0:
            if not self.active:
                self._chain.forget()
                if self._struck:  # what is struck begins by itself, and a ramp would take its attack away
                    self._gate.jump(level)
            elif self._struck and self.begins:
                self._gate.set(level, _STRUCK_RAMP)
            self._gate.open(level)
        elif self._gate.target != 0.0:
            self._gate.close(self.release)

    def next_latents(self, mapper: Mapper, frames: int, moved: FloatArray | None = None) -> FloatArray:
        """What to decode for the next frames, ``[T, D]``, where modulators add ``moved`` to the source's latents."""
        if self.source is None:  # what it was dies away
            self.latents = np.repeat(self.latents[-1:], frames, axis=0)
        else:
            self.places = self.source.places(frames, mapper.control_dim)
            found = self.source.steer(mapper.latents(self.places))
            self._raw = found if moved is None else found + moved
            self.latents = self._chain.process(self._raw)
        return self.latents

    @property
    def unshaped(self) -> FloatArray:
        """``latents`` before factor and offset: what a mapping must give to sound the same."""
        return self._chain.undo(self.latents, self._raw)

    def sound(self, decoded: FloatArray) -> FloatArray:
        """Its decoded row ``[A, S]``, as it goes into the mix ``[A, S]``."""
        if self.source is not None:
            decoded = self.source.mix(decoded)
        for processor in self.processors:
            decoded = processor.process(decoded)
        return self._gate.process(decoded)
