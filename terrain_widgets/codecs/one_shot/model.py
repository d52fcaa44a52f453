"""The autoencoder of whole sounds: levels of their bands to one vector, and a vector to a waveform and noise.

The noise is apart because a waveform that is drawn sample by sample learns the mean of what it hears, and the mean of
noises is silence: the split of Serra and Smith, "Spectral modeling synthesis", Computer Music Journal 14(4), 1990.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

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
_WAVE_STEP = 16  # samples that are drawn at once
_WAVE_REACH = 64
_RESOLUTIONS = ((512, 40), (2048, 64))  # FFT size and mel bands of what the encoder hears
_ENCODER_STEP = 256
_FADE = 128  # samples by which the end is led to silence
_NOISE_SEED = 20_240_229
_FLOOR = 1e-6  # power of a band, -60 dB


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
        except (KeyError, TypeError) as error:
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
        bands = sum(count for _, count in _RESOLUTIONS)
        for size, count in _RESOLUTIONS:
            self.register_buffer(f"window{size}", torch.hann_window(size), persistent=False)
            self.register_buffer(f"mel{size}", mel_filters(count, size, 40.0, 20000.0), persistent=False)
        layers: list[nn.Module] = []
        frames, channels = -(-config.samples // _ENCODER_STEP), bands
        while frames > 6:
            layers += [nn.Conv1d(channels, wide, 5, 2, 2), nn.GroupNorm(8, wide), nn.LeakyReLU(0.2)]
            frames, channels = (frames + 1) // 2, wide
        self.layers = nn.Sequential(*layers)
        hidden = 4 * config.width
        self.joined = nn.Sequential(nn.Linear(channels * frames, hidden), nn.LayerNorm(hidden), nn.LeakyReLU(0.2))
        self.mean, self.log_variance = (
            nn.Sequential(nn.Linear(hidden, wide), nn.LeakyReLU(0.2), nn.Linear(wide, config.latents)) for _ in range(2)
        )

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        hidden = self.joined(self.layers(self._levels(audio)).flatten(1))
        return self.mean(hidden), self.log_variance(hidden)

    def _levels(self, audio: Tensor) -> Tensor:
        """What it hears, ``[B, bands, T]``: levels from 0 to about 1."""
        heard = []
        frames = -(-audio.shape[1] // _ENCODER_STEP)
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
        self.bands = nn.Conv1d(last, _BANDS, 3, padding=1)
        self.fine = nn.Sequential(
            nn.Conv1d(last, width, 5, padding=2), nn.LeakyReLU(0.2),
            nn.Upsample(scale_factor=float(HOP // _WAVE_STEP), mode="linear"),
            nn.Conv1d(width, width // 2, 7, padding=3), nn.LeakyReLU(0.2),
        )  # fmt: skip
        reach = (_WAVE_REACH - _WAVE_STEP) // 2
        self.drawn = nn.ConvTranspose1d(width // 2, 1, _WAVE_REACH, _WAVE_STEP, padding=reach)
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
        wave = self.drawn(self.fine(frames))[:, 0, : self.config.samples]
        sound: Tensor = HEAD_ROOM * torch.tanh(wave + self._noise(frames)) * self.fade
        return sound

    def _noise(self, frames: Tensor) -> Tensor:
        """White noise, always the same, in the bands that the frames say, ``[B, S]``."""
        count = self.config.frames
        levels = torch.exp(self.bands(frames)[:, :, :count].clamp(-14.0, 3.0) - 2.5)
        levels = torch.cat([levels, levels[:, :, -1:]], 2)
        gains = functional.interpolate(levels.transpose(1, 2), _NOISE_WINDOW // 2 + 1, mode="linear")
        grains = torch.fft.irfft(self.noise * gains, _NOISE_WINDOW) * self.window
        halves: Tensor = grains[:, 1:, :HOP] + grains[:, :-1, HOP:]
        return halves.flatten(1)[:, : self.config.samples]


class OneShotModel(nn.Module):
    """Encoder and decoder together.

    Args:
        config: Their size.
    """

    def __init__(self, config: OneShotConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = OneShotEncoder(config)
        self.decoder = OneShotDecoder(config)
