"""What models for nn~ are made of, small and by hand: caches of 64 rows, methods with their buffers, a coder."""

# No "from __future__ import annotations": TorchScript reads the annotations.

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import List  # noqa: UP035 - what TorchScript knows

import torch
from torch import Tensor, nn

ROWS = 64


class CachedPad(nn.Module):
    """The last steps of the past in front of a block, one row per voice: a cached convolution's padding."""

    def __init__(self, channels: int, length: int) -> None:
        super().__init__()
        self.length = length
        # as in real files: what was last heard when the model was tried out before it was saved
        self.register_buffer("pad", torch.randn(ROWS, channels, length))

    def forward(self, x: Tensor) -> Tensor:
        line = torch.cat([self.pad[: x.shape[0]], x], dim=2)
        self.pad[: x.shape[0]].copy_(line[:, :, line.shape[2] - self.length :])
        return line


class NoPad(nn.Module):
    """The same without memory: an export without ``--streaming``."""

    def __init__(self, channels: int, length: int) -> None:
        super().__init__()
        self.length = length

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.pad(x, (self.length, 0))


class Nn(nn.Module):
    """What nn_tilde's base class brings: ``get_methods``, ``get_attributes`` and the buffers of a method."""

    methods: List[str]  # noqa: UP006
    attributes: List[str]  # noqa: UP006

    def __init__(self) -> None:
        super().__init__()
        self.methods = []
        self.attributes = ["none"]  # nn_tilde up to 1.5

    def register_method(self, name: str, inputs: int, in_ratio: int, outputs: int, out_ratio: int) -> None:
        self.methods.append(name)
        self.register_buffer(f"{name}_params", torch.tensor([inputs, in_ratio, outputs, out_ratio]))

    @torch.jit.export
    def get_methods(self) -> List[str]:  # noqa: UP006
        return self.methods

    @torch.jit.export
    def get_attributes(self) -> List[str]:  # noqa: UP006
        return self.attributes


class Coder(nn.Module):
    """Frames to latents and back, causally: each frame also sees the one before it."""

    def __init__(self, ratio: int, latents: int, inputs: int, audio_in: int, channels: int, pad: type) -> None:
        super().__init__()
        self.ratio, self.channels, self.audio_in = ratio, channels, audio_in
        self.past, self.before = pad(latents, 1), pad(inputs, 1)
        self.encoder = nn.Conv1d(audio_in * ratio, latents, 1, bias=False)
        self.mixer = nn.Conv1d(latents, latents, 2, bias=False)
        self.decoder = nn.Conv1d(inputs, channels * ratio, 2)
        nn.init.normal_(self.encoder.weight, std=0.5 / math.sqrt(ratio))
        nn.init.normal_(self.decoder.weight, std=0.1 / math.sqrt(inputs))

    def encode(self, x: Tensor) -> Tensor:
        frames = x.reshape(x.shape[0], self.audio_in, -1, self.ratio)
        frames = frames.permute(0, 1, 3, 2).reshape(x.shape[0], self.audio_in * self.ratio, -1)
        return self.mixer(self.past(torch.tanh(self.encoder(frames))))

    def decode(self, z: Tensor) -> Tensor:
        y = torch.tanh(self.decoder(self.before(z)))
        return (
            y.reshape(z.shape[0], self.channels, self.ratio, -1).transpose(2, 3).reshape(z.shape[0], self.channels, -1)
        )


def save(make: Callable[[], nn.Module], path: Path) -> Path:
    """Script a model with fixed random weights and write it."""
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.manual_seed(1)
        torch.jit.script(make().eval()).save(str(path))
    return path
