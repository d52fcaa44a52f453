"""The autoencoder of whole sounds: levels of their bands to one vector, and a vector to partials and noise.

The decoder says how much of each partial of a fixed grid sounds, in phase and out of phase, so that tones may glide and
begin anywhere, and how loud each band of noise is. They are apart because what is drawn with its phases learns the mean
of what it hears, and the mean of noises is silence: the split of Serra and Smith, "Spectral modeling synthesis",
Computer Music Journal 14(4), 1990.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from terrain_widgets.codecs.pebble.encoder import mel_filters

SAMPLE_RATE = 44100
HEAD_ROOM = 0.9  # of full scale, -1 dB: what the model's sound never exceeds
PEAK = 0.8  # of the sounds that it learns: tanh is nearly straight up to there
HOP = 128  # samples between two frames of noise
_NOISE_WINDOW = 2 * HOP
_BANDS = 33
_PARTIALS = 96
_LOWEST, _PER_OCTAVE = 40.0, 12  # Hz, and partials
_PARTIAL_SCALE = 0.1
_RESOLUTIONS = ((512, 40), (2048, 64))  # FFT size and mel bands of what the encoder hears
_FIRST_MEANS, _FIRST_LOG_VARIANCE = 0.35, -5.0  # so that vectors tell sounds apart from the first step on
_ENCODER_STEP = 256
_LEVELS, _LOWS = 4, 8  # of each such step: how loud its quarters are, and its waveform below 700 Hz
_FADE = 128  # samples by which the end is led to silence
_NOISE_SEED = 20_240_229
_FLOOR = 1e-6  # power of a band, -60 dB
_NOTICED = 0.02  # share of the newest batch
_LEAST_SPREAD = 0.05


@dataclass(frozen=True)
class OneShotConfig:
    """The size of a model.

    Args:
        samples: Length of its sounds, S.
        latents: Of its vector, D.
        width: Channels of its narrowest layers; a multiple of 8.
    """

    samples: int
    latents: int = 16
    width: int = 64

    def __post_init__(self) -> None:
        if not 0.05 * SAMPLE_RATE <= self.samples <= 2.0 * SAMPLE_RATE:
            raise ValueError(f"a one-shot lasts 0.05 to 2 s, got {self.samples / SAMPLE_RATE:g} s")
        if not 2 <= self.latents <= 128:
            raise ValueError(f"a one-shot model has 2 to 128 latents, got {self.latents}")
        if not 8 <= self.width <= 512 or self.width % 8:
            raise ValueError(f"a one-shot model's width is a multiple of 8 up to 512, got {self.width}")

    @classmethod
    def of(cls, seconds: float, latents: int, capacity: float) -> OneShotConfig:
        """A model for sounds of that length whose number of weights goes with ``capacity``: at 1, under 3 million."""
        return cls(round(seconds * SAMPLE_RATE), latents, max(8, 8 * round(8 * math.sqrt(capacity))))

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> OneShotConfig:
        """What ``to_json`` gave.

        Raises:
            ValueError: If it is something else.
        """
        try:
            return cls(**{name: int(content[name]) for name in ("samples", "latents", "width")})
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError(f"these are no sizes of a one-shot model: {content!r}") from error

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @property
    def frames(self) -> int:
        """Frames of noise that cover the sound."""
        return -(-self.samples // HOP)

    @property
    def doublings(self) -> int:
        """How often the decoder doubles its first frames, of which it has 6 to 11."""
        return max(0, math.ceil(math.log2(self.frames / 11.5)))

    @property
    def first_frames(self) -> int:
        """With how many frames the decoder begins."""
        return -(-self.frames // (1 << self.doublings))


class OneShotEncoder(nn.Module):
    """Sounds ``[B, S]`` to means and log variances ``[B, D]``, by heads of their own.

    Args:
        config: Its size.
    """

    def __init__(self, config: OneShotConfig) -> None:
        super().__init__()
        wide = 2 * config.width
        bands = sum(count for _, count in _RESOLUTIONS) + _LEVELS + _LOWS
        for size, count in _RESOLUTIONS:
            self.register_buffer(f"window{size}", torch.hann_window(size), persistent=False)
            self.register_buffer(f"mel{size}", mel_filters(count, size, 40.0, 20000.0), persistent=False)
        layers: list[nn.Module] = []
        frames, channels = -(-config.samples // _ENCODER_STEP), bands
        # envelopes are much alike: a straight way for them learns from few sounds
        self.course = nn.Linear(_LEVELS * frames, config.latents, bias=False)
        while frames > 6:
            layers += [nn.Conv1d(channels, wide, 5, 2, 2), nn.GroupNorm(8, wide), nn.LeakyReLU(0.2)]
            frames, channels = (frames + 1) // 2, wide
        self.layers = nn.Sequential(*layers)
        hidden = 4 * config.width
        self.joined = nn.Sequential(nn.Linear(channels * frames, hidden), nn.LayerNorm(hidden), nn.LeakyReLU(0.2))
        self.mean, self.log_variance = (
            nn.Sequential(nn.Linear(hidden, wide), nn.LeakyReLU(0.2), nn.Linear(wide, config.latents)) for _ in range(2)
        )
        # else noise hides them, and the decoder learns to do without: one sound for all
        nn.init.uniform_(cast(nn.Linear, self.mean[-1]).weight, -_FIRST_MEANS, _FIRST_MEANS)
        nn.init.constant_(cast(nn.Linear, self.log_variance[-1]).bias, _FIRST_LOG_VARIANCE)

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        heard = self._levels(audio)
        hidden = self.joined(self.layers(heard).flatten(1))
        return self.mean(hidden) + self.course(heard[:, :_LEVELS].flatten(1)), self.log_variance(hidden)

    def _levels(self, audio: Tensor) -> Tensor:
        """What it hears, ``[B, channels, T]``: levels from 0 to about 1, and the waveform of what is low.

        In the lows a listener hears, and an envelope shows, how the wave goes; bands have no phase.
        """
        frames = -(-audio.shape[1] // _ENCODER_STEP)
        steps = functional.pad(audio, (0, frames * _ENCODER_STEP - audio.shape[1])).unflatten(1, (frames, -1))
        loud = steps.unflatten(2, (_LEVELS, -1)).square().mean(3)
        heard = [(torch.log10(loud + _FLOOR) + 6.0) / 6.0, 2.0 * steps.unflatten(2, (_LOWS, -1)).mean(3)]
        for size, _ in _RESOLUTIONS:
            before = size // 2 - _ENCODER_STEP // 2
            padded = functional.pad(audio, (before, before + frames * _ENCODER_STEP - audio.shape[1] + _ENCODER_STEP))
            window, mel = getattr(self, f"window{size}"), getattr(self, f"mel{size}")
            spectrum = torch.stft(padded, size, _ENCODER_STEP, window=window, center=False, return_complex=True)
            power = torch.view_as_real(spectrum[:, :, :frames]).square().sum(-1) * (2.0 / window.sum()) ** 2
            levels = torch.log10(power.transpose(1, 2) @ mel + _FLOOR * 1e-2)
            heard.append((levels + 8.0) / 6.0)
        return torch.cat(heard, 2).transpose(1, 2)


class _Stage(nn.Module):
    """Twice as many frames: each follows from its neighbours and, once more, from the vector."""

    def __init__(self, channels: int, out: int, hidden: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, out, 5, padding=2)
        self.norm = nn.GroupNorm(8, out)
        self.steer = nn.Linear(hidden, 2 * out)

    def forward(self, frames: Tensor, hidden: Tensor) -> Tensor:
        wide = functional.interpolate(frames, scale_factor=2.0, mode="linear")
        scale, offset = self.steer(hidden)[:, :, None].chunk(2, 1)
        return functional.leaky_relu(self.norm(self.conv(wide)) * (1.0 + scale) + offset, 0.2)


class OneShotDecoder(nn.Module):
    """Vectors ``[B, D]`` to sounds ``[B, S]`` within +-0.9, each ending in silence; equal vectors give equal sounds.

    Args:
        config: Its size.
    """

    noise: Tensor
    waves: Tensor
    cosines: Tensor
    sines: Tensor
    window: Tensor
    fade: Tensor

    def __init__(self, config: OneShotConfig) -> None:
        super().__init__()
        self.config = config
        hidden, width = 6 * config.width, config.width
        self.joined = nn.Sequential(
            nn.Linear(config.latents, hidden // 2), nn.LeakyReLU(0.2), nn.Linear(hidden // 2, hidden), nn.LeakyReLU(0.2)
        )
        widths = [3 * width, *([2 * width] * max(0, config.doublings - 1)), width][: config.doublings + 1]
        self.first = nn.Linear(hidden, widths[0] * config.first_frames)
        self.stages = nn.ModuleList(_Stage(a, b, hidden) for a, b in zip(widths[:-1], widths[1:], strict=True))
        last = widths[-1]
        self.loudness = nn.Conv1d(last, 1, 5, padding=2)
        self.course = nn.Linear(config.latents, config.first_frames << config.doublings)
        self.bands = nn.Conv1d(last, _BANDS, 3, padding=1)
        self.partials = nn.Sequential(
            nn.Conv1d(last, 2 * width, 5, padding=2), nn.LeakyReLU(0.2), nn.Conv1d(2 * width, 2 * _PARTIALS, 1)
        )
        hertz = _LOWEST * 2.0 ** (torch.arange(_PARTIALS, dtype=torch.float64) / _PER_OCTAVE)
        turns = hertz / SAMPLE_RATE
        angle = 2 * torch.pi * turns[:, None] * torch.arange(_NOISE_WINDOW)
        hann = torch.hann_window(_NOISE_WINDOW, dtype=torch.float64)
        waves = torch.cat([torch.cos(angle) * hann, torch.sin(angle) * hann])
        self.register_buffer("waves", waves.float(), persistent=False)
        begins = 2 * torch.pi * turns[:, None] * HOP * (torch.arange(config.frames + 1) - 1)
        self.register_buffer("cosines", torch.cos(begins).float(), persistent=False)
        self.register_buffer("sines", torch.sin(begins).float(), persistent=False)
        generator = torch.Generator().manual_seed(_NOISE_SEED)
        white = torch.randn(config.frames + 1, _NOISE_WINDOW, generator=generator)
        self.register_buffer("noise", torch.fft.rfft(white), persistent=False)
        window = torch.sin(torch.pi * (torch.arange(_NOISE_WINDOW) + 0.5) / _NOISE_WINDOW)
        self.register_buffer("window", window, persistent=False)
        fade = torch.ones(config.samples)
        fade[-_FADE:] = torch.linspace(1.0, 0.0, _FADE)
        self.register_buffer("fade", fade, persistent=False)

    def forward(self, latents: Tensor) -> Tensor:
        """See the class."""
        hidden = self.joined(latents)
        frames = self.first(hidden).unflatten(1, (-1, self.config.first_frames))
        for stage in self.stages:
            frames = stage(frames, hidden)
        # of all that sounds: so envelopes are learned by themselves, and what most of them share in a straight line
        gain = torch.exp((self.loudness(frames) + self.course(latents)[:, None]).clamp(-8.0, 4.0))
        sound: Tensor = HEAD_ROOM * torch.tanh(self._tones(frames, gain) + self._noise(frames, gain)) * self.fade
        return sound

    def _tones(self, frames: Tensor, gain: Tensor) -> Tensor:
        """The partials ``[B, S]``: in phase and out of phase as the frames say."""
        shares = _PARTIAL_SCALE * (gain * self.partials(frames))[:, :, : self.config.frames]
        a, b = torch.cat([shares, shares[:, :, -1:]], 2).chunk(2, 1)
        turned = torch.cat([a * self.cosines + b * self.sines, b * self.cosines - a * self.sines], 1)
        return self._joined(turned.transpose(1, 2) @ self.waves)

    def _joined(self, grains: Tensor) -> Tensor:
        """``[B, S]`` of windows ``[B, frames + 1, 2 * HOP]`` that overlap by half, the first one's middle at 0."""
        halves: Tensor = grains[:, 1:, :HOP] + grains[:, :-1, HOP:]
        return halves.flatten(1)[:, : self.config.samples]

    def _noise(self, frames: Tensor, gain: Tensor) -> Tensor:
        """White noise, always the same, in the bands that the frames say, ``[B, S]``."""
        count = self.config.frames
        levels = (gain * torch.exp(self.bands(frames).clamp(-14.0, 3.0) - 4.0))[:, :, :count]
        levels = torch.cat([levels, levels[:, :, -1:]], 2)
        gains = functional.interpolate(levels.transpose(1, 2), _NOISE_WINDOW // 2 + 1, mode="linear")
        return self._joined(torch.fft.irfft(self.noise * gains, _NOISE_WINDOW) * self.window)


class OneShotModel(nn.Module):
    """Encoder and decoder together, and where the vectors of the sounds lie that they have learned.

    Args:
        config: Their size.
    """

    centre: Tensor
    spread: Tensor

    def __init__(self, config: OneShotConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = OneShotEncoder(config)
        self.decoder = OneShotDecoder(config)
        self.register_buffer("centre", torch.zeros(config.latents))
        self.register_buffer("spread", torch.ones(config.latents))

    def notice(self, mean: Tensor) -> None:
        """Keep in mind where vectors ``[B, D]`` lie."""
        with torch.no_grad():
            self.centre.lerp_(mean.mean(0), _NOTICED)
            self.spread.lerp_(mean.std(0, correction=0).clamp(min=_LEAST_SPREAD), _NOTICED)

    def spread_out(self, mean: Tensor) -> Tensor:
        """Vectors ``[B, D]`` so that those of the learned sounds are spread by 1 around 0."""
        return (mean - self.centre) / self.spread

    def gathered(self, vectors: Tensor) -> Tensor:
        """What ``spread_out`` was given."""
        return vectors * self.spread + self.centre
