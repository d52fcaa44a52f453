"""Models that cannot be played, each for another reason, and one that only decodes."""

# No "from __future__ import annotations": TorchScript reads the annotations.

from collections.abc import Callable

import torch
from torch import Tensor, nn

from tests.codecs.model_parts import Nn


class NoDecode(Nn):
    """An effect."""

    def __init__(self) -> None:
        super().__init__()
        self.sr = 44100
        self.register_method("forward", 1, 1, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x


class Only(Nn):
    """A decoder of 4 latents and 64 samples a frame; what it does wrong is in ``wrong``."""

    def __init__(self, wrong: str = "") -> None:
        super().__init__()
        self.sr, self.wrong = 44100, wrong
        self.register_buffer("turn", torch.randn(4, 64) * 0.1)
        self.calls = 0
        self.register_method("decode", 4, 64, 1, 1)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        y = (z.transpose(1, 2) @ self.turn).flatten(1).unsqueeze(1)
        if self.wrong == "length":
            return y[:, :, 1:]
        if self.wrong == "nan":
            return y * float("nan")
        if self.wrong == "raises":
            raise RuntimeError("no such luck")
        if self.wrong == "endless":
            n = torch.zeros(1)
            while float(n) < 1.0:
                n = n * 1.0
            return y + n
        if self.wrong == "huge":
            return y + torch.zeros(10000000, 10000000).sum()
        if self.wrong == "crash":
            far = torch.full((2, 1), 1 << 40, dtype=torch.long)
            return y + torch.ops.aten._sparse_coo_tensor_unsafe(far, torch.ones(1), [4, 4]).to_dense().sum()
        if self.wrong == "hidden":
            self.calls += 1
            return y * float(self.calls)
        return y


class WrongParams(Only):
    """Whose buffer is not four numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.decode_params = torch.tensor([4, 64])


BROKEN: dict[str, Callable[[], nn.Module]] = {
    "no_decode": NoDecode,
    "wrong_params": WrongParams,
    **{f"wrong_{wrong}": lambda wrong=wrong: Only(wrong) for wrong in ("length", "nan", "raises", "huge", "hidden")},
    "wrong_endless": lambda: Only("endless"),
    "wrong_crash": lambda: Only("crash"),
}
