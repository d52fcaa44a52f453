"""Models that are to a host what RAVE's first version and its Wasserstein variant export. None of RAVE's code."""

# No "from __future__ import annotations": TorchScript reads the annotations.

import torch
from torch import Tensor, nn

from tests.codecs.model_parts import CachedPad, Coder
from tests.codecs.rave_models import Rave


class OldRave(nn.Module):
    """Version 1: sizes are buffers, and 8 of 128 latents are played, whatever its ``latent_size`` says.

    With ``stereo`` (``--stereo``) one row of latents becomes two, whose missing latents are made up apart; with
    ``cropped`` (``--cropped-latent-size``) the rotation comes before those, and takes 8 latents only.
    """

    def __init__(self, stereo: bool = False, cropped: bool = False, rate: int = 0) -> None:
        super().__init__()
        self.stereo, self.cropped = stereo, cropped
        self.coder = Coder(2048, 8, 128, 1, 1, CachedPad)
        rotated = 8 if cropped else 128
        self.register_buffer("latent_pca", torch.linalg.qr(torch.randn(rotated, rotated))[0])
        self.register_buffer("latent_mean", torch.randn(rotated) * 0.1)
        self.register_buffer("latent_size", torch.tensor(128))
        self.register_buffer("encode_params", torch.tensor([1, 1, 8, 2048]))
        self.register_buffer("decode_params", torch.tensor([8, 2048, 2 if stereo else 1, 1]))
        self.register_buffer("forward_params", torch.tensor([1, 1, 2 if stereo else 1, 1]))
        if rate:
            self.register_buffer("sampling_rate", torch.tensor(rate))

    def turned(self, z: Tensor) -> Tensor:
        return nn.functional.conv1d(z, self.latent_pca.t().unsqueeze(-1)) + self.latent_mean.unsqueeze(-1)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        z = self.coder.encode(x)
        return z + 0.01 * torch.randn_like(z)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        if self.cropped:
            z = self.turned(z)
        if self.stereo and z.shape[0] == 1:
            z = z.expand(2, z.shape[1], z.shape[2])
        missing = int(self.latent_size.item()) - z.shape[1]
        z = torch.cat([z, torch.randn(z.shape[0], missing, z.shape[2])], dim=1)
        if not self.cropped:
            z = self.turned(z)
        y = self.coder.decode(z)
        return y.permute(1, 0, 2) if self.stereo else y

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


class Combined(nn.Module):
    """Version 1 with its prior in one file: what matters lies one level below."""

    def __init__(self) -> None:
        super().__init__()
        self._rave = OldRave(rate=48000)
        for name in ("encode_params", "decode_params"):
            self.register_buffer(name, getattr(self._rave, name))
        self.register_buffer("prior_params", torch.tensor([1, 2048, 8, 2048]))

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return self._rave.encode(x)

    @torch.jit.export
    def decode(self, x: Tensor) -> Tensor:
        return self._rave.decode(x)

    @torch.jit.export
    def prior(self, x: Tensor) -> Tensor:
        return x.expand(-1, 8, -1)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


class Wasserstein(Rave):
    """All latents count, so 127 or 128 of 128 are played."""

    def __init__(self, latents: int) -> None:
        super().__init__(ratio=2048)
        self.latent_size = latents
        self.coder = Coder(2048, latents, 128, 1, 1, CachedPad)
        self.encode_params[2] = latents
        self.decode_params[0] = latents
