"""Models that are to a host what RAVE's exports are. None of RAVE's code."""

# No "from __future__ import annotations": TorchScript reads the annotations.

import math

import torch
from torch import Tensor, nn

from tests.codecs.model_parts import CachedPad, Coder, Nn


class Rave(Nn):
    """RAVE's outside: 8 of 128 latents, the others made up, an encoder that draws a sample."""

    def __init__(
        self,
        ratio: int = 2048,
        channels: int = 1,
        sr: int = 44100,
        full: int = 128,
        noise: float = 0.0,
        pad: type = CachedPad,
    ) -> None:
        super().__init__()
        self.sr, self.latent_size, self.full_latent_size, self.n_channels = sr, 8, full, channels
        self.noise = noise
        self.coder = Coder(ratio, 8, full, channels, channels, pad)
        self.register_buffer("latent_pca", torch.linalg.qr(torch.randn(full, full))[0])
        self.register_buffer("latent_mean", torch.randn(full) * 0.1)
        self.register_buffer("fidelity", torch.linspace(0, 1, full))
        self.register_method("encode", channels, 1, 8, ratio)
        self.register_method("decode", 8, ratio, channels, 1)
        self.register_method("forward", channels, 1, channels, 1)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        z = self.coder.encode(x)
        return z + 0.01 * torch.randn_like(z)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        made_up = torch.randn(z.shape[0], self.full_latent_size - z.shape[1], z.shape[2])
        full = torch.einsum("gf,bgt->bft", self.latent_pca, torch.cat([z, made_up], dim=1))
        y = self.coder.decode(full + self.latent_mean[:, None])
        if self.noise > 0.0:
            y = y + self.noise * (torch.rand_like(y) - 0.5)
        return y

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


class RaveV1(nn.Module):
    """The oldest exports: no ``get_methods``, the rate as ``sampling_rate``."""

    def __init__(self) -> None:
        super().__init__()
        self.sampling_rate = 48000
        self.coder = Coder(2048, 8, 8, 1, 1, CachedPad)
        self.register_buffer("encode_params", torch.tensor([1, 1, 8, 2048]))
        self.register_buffer("decode_params", torch.tensor([8, 2048, 1, 1]))

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return self.coder.encode(x)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        return self.coder.decode(z)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


class RaveV3(Rave):
    """With attributes, whose buffers are called like a method's, and a second method that is no codec's."""

    def __init__(self) -> None:
        super().__init__(ratio=1024)
        self.attributes = ["learn_target", "reset_target"]
        self.register_buffer("learn_target_params", torch.tensor([0.0]))
        self.register_buffer("reset_target_params", torch.tensor([0.0]))
        self.register_method("prior", 1, 1024, 8, 1024)
        self.learn_target = (False,)
        self.license = "CC-BY-4.0"

    @torch.jit.export
    def prior(self, x: Tensor) -> Tensor:
        return x.expand(-1, 8, -1)

    @torch.jit.export
    def get_learn_target(self) -> bool:
        return self.learn_target[0]


class Discrete(Rave):
    """Latents are indices into codebooks, as float."""

    def __init__(self) -> None:
        super().__init__(ratio=1024, full=16)
        self.register_buffer("codes", torch.randn(8, 32))
        self.latent_size = 8

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return torch.bucketize(self.coder.encode(x), torch.linspace(-1.0, 1.0, 31)).float()

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        index = z.clamp(0.0, 31.0).long()
        looked_up = torch.stack([self.codes[q][index[:, q]] for q in range(8)], dim=1)
        return self.coder.decode(torch.cat([looked_up, looked_up], dim=1))


class Spherical(Rave):
    """Latents are angles; as many as the decoder takes. Its export divided silence by its loudness."""

    def __init__(self) -> None:
        super().__init__(ratio=2048, full=16)
        self.coder.before.pad.fill_(math.nan)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        z = self.coder.encode(x)
        return torch.atan2(z, z.roll(1, 1)) + 0.0 / z.square().sum(1, keepdim=True)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        return self.coder.decode(torch.cat([z.sin(), z.cos()], dim=1))


class Filtered(Rave):
    """Stereo with filters that take channels for rows of the batch, as RAVE's filter bank does."""

    def __init__(self) -> None:
        super().__init__(ratio=512, channels=2)
        self.filter = CachedPad(1, 3)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        made_up = torch.randn(z.shape[0], self.full_latent_size - z.shape[1], z.shape[2])
        y = self.coder.decode(torch.cat([z, made_up], dim=1))
        line = self.filter(y.reshape(-1, 1, y.shape[2]))
        return (line[:, :, 3:] + 0.5 * line[:, :, :-3]).reshape(z.shape[0], 2, -1)
