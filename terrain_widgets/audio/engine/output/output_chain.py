"""From the voices' sum to the loudspeaker: a list of processors, whose last ones nobody can take away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.output.dc_block import DCBlock
from terrain_widgets.audio.engine.output.gain import Gain
from terrain_widgets.audio.engine.output.limiter import Limiter
from terrain_widgets.audio.engine.output.meter import Meter
from terrain_widgets.audio.engine.output.output_processor import OutputProcessor
from terrain_widgets.codecs.base import CodecInfo

FloatArray = NDArray[np.float32]

_PANIC_SECONDS = 0.005
_DYING_SECONDS = 0.002


class MasterGain(OutputProcessor):
    """The gain that is asked for with every block.

    Args:
        ramp_samples: Length of its ramps.
    """

    def __init__(self, ramp_samples: int) -> None:
        self.gain = Gain(ramp_samples)

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio times the gain."""
        return self.gain.process(audio)

    def ring_out(self, audio: FloatArray) -> FloatArray:
        """At the gain as it is: a ramp waits for the next sound."""
        return audio * np.float32(self.gain.value)

    def reset(self) -> None:
        """Where it heads for, at once."""
        self.gain.jump(self.gain.target)


class Mute(OutputProcessor):
    """Behind the limiter, so that panic waits for nothing.

    Args:
        ramp_samples: In which it closes and opens.
    """

    def __init__(self, ramp_samples: int) -> None:
        self.gain = Gain(ramp_samples)

    @property
    def closed(self) -> bool:
        """Nothing passes."""
        return self.gain.target == 0.0 and self.gain.remaining == 0

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio, or silence."""
        return self.gain.process(audio)

    def reset(self) -> None:
        """Open."""
        self.gain.reset()


class OutputChain:
    """DC block → gain → limiter → mute → meter.

    Args:
        info: The codec.
        ramp_samples: Length of the gain's ramps.

    Attributes:
        gain: The gain among them.
        mute: For panic.
        meter: The last of them.
    """

    def __init__(self, info: CodecInfo, ramp_samples: int) -> None:
        self._info = info
        self._master = MasterGain(ramp_samples)
        self.gain = self._master.gain
        self.mute = Mute(max(1, int(_PANIC_SECONDS * info.sample_rate)))
        limiter = Limiter(info.channels, info.sample_rate)
        self.meter = Meter(info.sample_rate, limiter)
        self._shaping: list[OutputProcessor] = [DCBlock(info.channels, info.sample_rate), self._master]
        self._protection: list[OutputProcessor] = [limiter, self.mute, self.meter]
        self._last = np.zeros(info.channels)
        self._asked = self._level = 1.0

    def set_gain(self, gain: float) -> None:
        """Head for a linear gain, 0 or more, times the level."""
        self._asked = max(0.0, float(gain))
        self.gain.set(self._asked * self._level)

    def set_level(self, level: float) -> None:
        """Head for another level, 0 to 1, by which the gain is multiplied."""
        self._level = level
        self.gain.set(self._asked * level)

    @property
    def processors(self) -> tuple[OutputProcessor, ...]:
        """In the order in which sound goes through them."""
        return (*self._shaping, *self._protection)

    @property
    def delay(self) -> int:
        """Samples by which the sound is held back."""
        return sum(processor.delay for processor in self.processors)

    @property
    def idle(self) -> bool:
        """Silence in gives silence out."""
        return self.mute.closed or all(processor.idle for processor in self.processors)

    def reset(self) -> None:
        """As fresh, at the gain that was asked for."""
        for processor in self.processors:
            processor.reset()
        self._last = np.zeros(self._info.channels)

    def process(self, mixed: FloatArray) -> FloatArray:
        """What the voices give ``[A, S]``, to what is heard ``[A, S]``."""
        for processor in self._shaping:
            mixed = processor.process(mixed)
        self._last = mixed[:, -1].astype(np.float64)
        return self._protected(mixed)

    def ring_out(self, samples: int) -> FloatArray:
        """The same while no voice sounds."""
        audio = np.zeros((self._info.channels, samples), dtype=np.float32)
        for processor in self._shaping:
            audio = processor.ring_out(audio)
        return self._protected(audio)

    def die_away(self, samples: int) -> FloatArray:
        """The same after a failure: the last sample dies away in 2 ms, and what shaped it begins afresh."""
        fade = np.exp(-np.arange(1, samples + 1) / (_DYING_SECONDS * self._info.sample_rate))
        tail = (self._last[:, None] * np.where(fade > 1e-4, fade, 0.0)).astype(np.float32)
        self._last = tail[:, -1].astype(np.float64)
        for processor in self._shaping:
            if processor is not self._master:
                processor.reset()
        return self._protected(tail)

    def flush(self) -> FloatArray:
        """The last ``delay`` samples ``[A, delay]`` that are still inside; for the end of an offline rendering."""
        return self._protected(np.zeros((self._info.channels, self.delay), dtype=np.float32))

    def _protected(self, audio: FloatArray) -> FloatArray:
        for processor in self._protection:
            audio = processor.process(audio)
        return audio
