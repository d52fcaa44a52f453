"""Models that keep nn~'s contract, built by hand with small random weights: every kind there is.

What they share with the real ones is what a host meets: methods, buffers, attributes, caches of 64 rows, latents that
are made up, batches that are fixed, models that do not say what they do.
"""

# No "from __future__ import annotations": TorchScript reads the annotations.

from collections.abc import Callable
from typing import List, Optional  # noqa: UP035 - what TorchScript knows

import torch
from torch import Tensor, nn

from tests.codecs.model_parts import CachedPad, Coder, Nn, NoPad
from tests.codecs.old_rave_models import Combined, OldRave, Wasserstein
from tests.codecs.rave_models import Discrete, Filtered, Rave, RaveV1, RaveV3, Spherical


class Folded(Nn):
    """RAVE's stereo mode of a mono model: two rows in, one row of two channels out."""

    def __init__(self) -> None:
        super().__init__()
        self.sr = 44100
        self.coder = Coder(512, 8, 8, 1, 1, CachedPad)
        self.register_method("encode", 1, 1, 8, 512)
        self.register_method("decode", 8, 512, 2, 1)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return self.coder.encode(x)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        y = self.coder.decode(z)
        return torch.cat([y[: y.shape[0] // 2], y[y.shape[0] // 2 :]], dim=1)


class Vschaos(Nn):
    """Conditioned: three labels behind the latents; and it needs a whole window, four frames at once."""

    def __init__(self) -> None:
        super().__init__()
        self.sr = 44100
        self.coder = Coder(512, 8, 11, 1, 1, CachedPad)
        self.register_method("encode", 1, 1, 8, 512)
        self.register_method("decode", 11, 512, 1, 1)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        assert x.shape[2] >= 2048, "the buffer is shorter than the window"
        return self.coder.encode(x)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        assert z.shape[2] >= 4, "the buffer is shorter than the window"
        return self.coder.decode(z)


class Music2Latent(Nn):
    """No rate, batch fixed to one, and a memory without rows that is put in place anew."""

    def __init__(self, channels: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.coder = Coder(4096, 64, 64, channels, channels, NoPad)
        self.register_buffer("output_buffer", torch.randn(1, channels, 1536))
        self.register_method("forward", channels, 1, channels, 1)
        self.register_method("encode", channels, 1, 64, 4096)
        self.register_method("decode", 64, 4096, channels, 1)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return self.coder.encode(x)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        assert z.shape[0] == 1
        frames = z.shape[2]
        late = []
        for k in range(frames):  # a frame does not see the one before it, but overlaps with it
            y = self.coder.decode(z[:, :, k : k + 1])
            line = torch.cat([self.output_buffer, y], dim=2)
            late.append(line[:, :, :4096])
            self.output_buffer = line[:, :, 4096:]
        return torch.cat(late, dim=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x))


class Nn16(Nn):
    """nn_tilde from 1.6 on: the rate may be ``None`` and is told; no placeholder among the attributes."""

    def __init__(self, rate: Optional[int] = None) -> None:  # noqa: UP045
        super().__init__()
        self.attributes = []
        self.sr = torch.jit.Attribute(rate, Optional[int])  # noqa: UP045
        self.coder = Coder(512, 8, 8, 1, 1, CachedPad)
        self.register_method("encode", 1, 1, 8, 512)
        self.register_method("decode", 8, 512, 1, 1)

    @torch.jit.export
    def get_sample_rate(self) -> int:
        sr = self.sr
        if sr is None:
            return -1
        return sr

    @torch.jit.export
    def set_sample_rate(self, sample_rate: Optional[int]) -> None:  # noqa: UP045
        if sample_rate is not None:
            self.sr = sample_rate

    @torch.jit.export
    def get_buffer_attributes(self) -> List[str]:  # noqa: UP006
        return []

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return self.coder.encode(x)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        assert self.sr is not None
        return self.coder.decode(z)


class Asking(Nn):
    """Has a tensor that is neither weight nor buffer, and asks for a gradient as it did in training."""

    def __init__(self) -> None:
        super().__init__()
        self.sr = 44100
        self.coder = Coder(512, 8, 8, 1, 1, CachedPad)
        self.gain = torch.full((1,), 0.5, requires_grad=True)
        self.register_method("encode", 1, 1, 8, 512)
        self.register_method("decode", 8, 512, 1, 1)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return self.coder.encode(x)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        return self.coder.decode(z * self.gain)


class Exact(Nn):
    """Loses nothing: an orthonormal transform of every frame, ``late`` samples behind. Mono, or two channels apart."""

    def __init__(self, ratio: int = 64, late: int = 0, channels: int = 1) -> None:
        super().__init__()
        self.sr, self.ratio, self.channels, self.late = 44100, ratio, channels, late
        self.register_buffer("turn", torch.linalg.qr(torch.randn(ratio * channels, ratio * channels))[0])
        self.line = CachedPad(channels, late) if late else NoPad(channels, 0)
        self.register_method("encode", channels, 1, ratio * channels, ratio)
        self.register_method("decode", ratio * channels, ratio, channels, 1)

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        frames = x.reshape(x.shape[0], self.channels, -1, self.ratio).permute(0, 2, 1, 3).flatten(2)
        return (frames @ self.turn).transpose(1, 2)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        frames = z.transpose(1, 2) @ self.turn.t()
        y = frames.reshape(z.shape[0], -1, self.channels, self.ratio).transpose(1, 2).flatten(2)
        return self.line(y)[:, :, : y.shape[2]]


GOOD: dict[str, Callable[[], nn.Module]] = {
    "rave_v1": RaveV1,
    "rave_v2": Rave,
    "rave_v3": RaveV3,
    "rave_small": lambda: Rave(ratio=512, noise=0.05),
    "rave_discrete": Discrete,
    "rave_spherical": Spherical,
    "rave_stereo": lambda: Rave(ratio=512, channels=2),
    "rave_filtered": Filtered,
    "rave_88200": lambda: Rave(ratio=1024, sr=88200),
    "rave_folded": Folded,
    "rave_not_streaming": lambda: Rave(ratio=512, pad=NoPad),
    "rave_old": lambda: OldRave(rate=48000),
    "rave_old_stereo": lambda: OldRave(stereo=True),
    "rave_old_cropped": lambda: OldRave(cropped=True, rate=48000),
    "rave_old_stereo_cropped": lambda: OldRave(stereo=True, cropped=True, rate=48000),
    "rave_combined": Combined,
    "rave_wasserstein_127": lambda: Wasserstein(127),
    "rave_wasserstein_128": lambda: Wasserstein(128),
    "vschaos": Vschaos,
    "music2latent": Music2Latent,
    "music2latent_stereo": lambda: Music2Latent(2),
    "nn16": Nn16,
    "nn16_rate": lambda: Nn16(32000),
    "asking": Asking,
    "exact": Exact,
    "exact_late": lambda: Exact(64, late=37),
    "exact_stereo": lambda: Exact(32, channels=2),
}
