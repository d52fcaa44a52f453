"""Decoders of RAVE's sizes and shapes with random weights: what a convolutional codec costs, and nothing else.

None of RAVE's code: 8 latents, padded to 128, go through a convolution and four transposed ones with residual stacks of
dilated convolutions to 16 bands, and from those to samples. As large as RAVE v2: strides 4, 4, 4, 2, 2048 samples per
frame at 44.1 kHz, 15.7 million weights; as v2_small: strides 4, 2, 2, 2, 512 samples per frame, 3.9 million. All
convolutions are causal and keep what they need of the past, so that blocks of any size sound the same.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import conv1d, conv_transpose1d, leaky_relu, pad

from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.paths.trajectory import LatentTrajectory

FloatArray = NDArray[np.float32]

SMALL, LARGE = "conv-small", "conv-v2"
LATENTS, _FULL, _BANDS = 8, 128, 16
_DILATIONS = ((1, 3, 9), (1, 3, 9), (1, 3, 9), (1, 3))
_SHAPES = {SMALL: (40, (4, 2, 2, 2)), LARGE: (80, (4, 4, 4, 2))}  # channels at the end, strides
_LEVEL = 10 ** (-12 / 20)  # RMS
_SYNTHESIS = 16 * _BANDS  # samples of a band's window


class _Conv(nn.Module):
    """A causal convolution; the past is kept by the stream."""

    def __init__(self, inputs: int, outputs: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        self.layer = nn.Conv1d(inputs, outputs, kernel, dilation=dilation)
        self.keeps = (inputs, (kernel - 1) * dilation)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """``[B, inputs, T]`` and what was before it to ``[B, outputs, T]`` and what to keep."""
        line = torch.cat([past, x], dim=2)
        y = conv1d(line, self.layer.weight, self.layer.bias, dilation=self.layer.dilation)
        return y, line[:, :, line.shape[2] - self.keeps[1] :]


class _Up(nn.Module):
    """A causal transposed convolution of two strides' length; its second half is kept by the stream."""

    def __init__(self, inputs: int, outputs: int, stride: int, weight: Tensor | None = None) -> None:
        super().__init__()
        length = 2 * stride if weight is None else weight.shape[2]
        self.layer = nn.ConvTranspose1d(inputs, outputs, length, stride, bias=weight is None)
        if weight is not None:
            self.layer.weight = nn.Parameter(weight, requires_grad=False)
        self.stride = stride
        self.keeps = (outputs, length - stride)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """``[B, inputs, T]`` and what was left over to ``[B, outputs, T * stride]`` and what is left over now."""
        y = conv_transpose1d(x, self.layer.weight, stride=self.stride)
        y = y + pad(past, (0, y.shape[2] - past.shape[2]))
        count = x.shape[2] * self.stride
        out = y[:, :, :count] if self.layer.bias is None else y[:, :, :count] + self.layer.bias[:, None]
        return out, y[:, :, count:]


class _Decoder(nn.Module):
    """All layers in the order in which they run."""

    def __init__(self, capacity: int, strides: tuple[int, ...]) -> None:
        super().__init__()
        width = capacity * 2 ** len(strides)
        layers: list[nn.Module] = [_Conv(_FULL, width, 3)]
        self.residual: set[int] = set()
        for stride, dilations in zip(strides, _DILATIONS, strict=True):
            layers.append(_Up(width, width // 2, stride))
            width //= 2
            for dilation in dilations:
                self.residual.add(len(layers))
                layers += [_Conv(width, width, 3, dilation), _Conv(width, width, 1)]
        layers.append(_Conv(width, 2 * _BANDS, 7))
        self.layers = nn.ModuleList(layers)
        self.synthesis = _Up(_BANDS, 1, _BANDS, _cosine_bands())
        self.register_buffer("mixing", torch.randn(_FULL, _FULL) / _FULL**0.5)

    def fresh(self, voices: int) -> list[Tensor]:
        """What the layers keep at the beginning."""
        shapes = [layer.keeps for layer in (*self.layers, self.synthesis)]
        return [torch.zeros(voices, channels, length) for channels, length in shapes]

    def forward(self, latents: Tensor, state: list[Tensor]) -> Tensor:
        """``[B, 8, T]`` to ``[B, 1, T * ratio]``; the state is replaced in place."""
        full = pad(latents, (0, 0, 0, _FULL - LATENTS))
        x = torch.einsum("fg,bgt->bft", self.mixing, full)
        k = 0
        while k < len(self.layers):
            y, state[k] = self.layers[k](x if k == 0 else leaky_relu(x, 0.2), state[k])
            if k in self.residual:
                y, state[k + 1] = self.layers[k + 1](leaky_relu(y, 0.2), state[k + 1])
                y = x + y
                k += 1
            x, k = y, k + 1
        bands, loudness = x.chunk(2, dim=1)
        audio: Tensor
        audio, state[k] = self.synthesis(torch.tanh(bands) * torch.sigmoid(loudness), state[k])
        return audio


def _cosine_bands() -> Tensor:
    """A cosine-modulated window for each band, ``[16, 1, 256]``."""
    place = torch.arange(_SYNTHESIS) + 0.5
    window = torch.hann_window(_SYNTHESIS, periodic=False)
    band = torch.arange(_BANDS)[:, None] + 0.5
    kernels: Tensor = window * torch.cos(torch.pi / _BANDS * band * (place - _SYNTHESIS / 2))
    return kernels.unsqueeze(1)


class ConvStream:
    """A decoder in motion: see ``CodecStream``."""

    def __init__(self, decoder: _Decoder, scale: float, voices: int) -> None:
        self._decoder, self._scale, self._voices = decoder, scale, voices
        self.reset()

    def reset(self) -> None:
        """Back to silence."""
        self._state = self._decoder.fresh(self._voices)

    def resize(self, voices: int) -> None:
        """Another number of rows."""
        kept = min(voices, self._voices)
        fresh = self._decoder.fresh(voices)
        self._state = [torch.cat([old[:kept], new[kept:]]) for old, new in zip(self._state, fresh, strict=True)]
        self._voices = voices

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[B, 8, T]`` to audio ``[B, 1, T * ratio]``."""
        with torch.inference_mode():
            values = torch.from_numpy(np.ascontiguousarray(latents, dtype=np.float32))
            # One row of two frames or more is as slow as two rows and slower: torch then takes its plain convolutions,
            # and oneDNN's only for two. So the row is decoded twice, as for a RAVE model.
            twice = values.shape[0] == 1 and values.shape[2] > 1
            state = [torch.cat([kept, kept]) for kept in self._state] if twice else self._state
            audio = self._decoder(torch.cat([values, values]) if twice else values, state)
            self._state = [kept[:1] for kept in state] if twice else state
            decoded: FloatArray = (audio[: values.shape[0]] * self._scale).numpy()
            return decoded


class ConvCodec:
    """The codec; it only decodes. The same weights in every process, scaled to -12 dBFS.

    Args:
        name: ``SMALL`` or ``LARGE``.
    """

    def __init__(self, name: str = LARGE) -> None:
        capacity, strides = _SHAPES[name]
        ratio = _BANDS * int(np.prod(strides))
        self.info = CodecInfo(name, 44100, ratio, LATENTS, licence="random weights")
        with torch.random.fork_rng(devices=[]), torch.inference_mode(False):
            torch.manual_seed(0)
            self._decoder = _Decoder(capacity, strides).eval().requires_grad_(False)
        self._scale = 1.0
        walk = np.random.default_rng(0).normal(size=(12, LATENTS)).astype(np.float32)
        settled = self.decode(walk)[0, 4 * self.info.ratio :]
        self._scale = _LEVEL / float(np.sqrt(np.mean(settled**2)))
        self.recipe = CodecRecipe(name, hashlib.sha256(b"seed 0").hexdigest())

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(weight.numel() for weight in self._decoder.parameters())

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        """It cannot."""
        raise NotImplementedError("the benchmark's decoder has no encoder")

    def decode(self, latents: Any) -> FloatArray:
        """A whole latent trajectory ``[T, 8]`` to audio ``[1, T * ratio]``."""
        audio: FloatArray = self.stream().decode(np.asarray(latents, dtype=np.float32).T[None])[0]
        return audio

    def stream(self, voices: int = 1) -> ConvStream:
        """A streaming decoder with that many rows."""
        return ConvStream(self._decoder, self._scale, voices)


def small() -> ConvCodec:
    """As large as RAVE v2_small."""
    return ConvCodec(SMALL)


def large() -> ConvCodec:
    """As large as RAVE v2."""
    return ConvCodec(LARGE)
