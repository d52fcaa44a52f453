"""The decoder of a model for nn~ in the form that an exported file can hold."""

# No "from __future__ import annotations": torch.jit.script reads the annotations of what it compiles.

import hashlib
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from terrain_widgets.codecs.base import CodecError, CodecInfo


class ModelRows(nn.Module):
    """The ``decode`` of an nn~ model, as any host calls it.

    It keeps its state itself, there is no way to reset it from outside, and what it makes up (RAVE's noise), it makes
    up again each time.

    Args:
        model: A loaded TorchScript model.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    @torch.jit.export
    def reset(self) -> None:
        """Nothing: nn~ models have no such method."""

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * ratio]``."""
        # mypy sees a plain module; the compiler, which also reads comments on types, checks that it has the method
        audio: Tensor = self.model.decode(latents)  # type: ignore[operator]
        return audio

    def forward(self, latents: Tensor) -> Tensor:
        """See ``decode``."""
        audio: Tensor = self.decode(latents)
        return audio


def model_rows(path: Path, info: CodecInfo, digest: str) -> ModelRows:
    """The decoder of an nn~ file that is played already, once more from that file.

    Args:
        path: The file.
        info: What the codec says of it.
        digest: SHA-256 of the file that the codec was loaded from.

    Raises:
        CodecError: If the file is gone, another one, or does not decode as the codec says.
    """
    if not path.is_file():
        raise CodecError(f"the model of {info.name!r} is no longer at {path}; put it back, or load it again")
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise CodecError(f"the model at {path} is another one than the codec was loaded from; load the codec again")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript is what nn~ plays, deprecated or not
        try:
            model = torch.jit.load(path, map_location="cpu").eval()
        except Exception as error:  # of a dozen kinds: RuntimeError, ValueError, …
            raise CodecError(f"the model at {path} cannot be loaded ({error}); load the codec again") from error
    if hasattr(model, "set_sample_rate"):  # nn_tilde from 1.6 on wants to be told
        model.set_sample_rate(info.sample_rate)
    parameters = getattr(model, "decode_params", None)
    expected = [info.latent_dim, info.ratio, info.channels, 1]
    if parameters is None or [int(value) for value in parameters] != expected:
        raise CodecError(
            f"the model at {path} has no method decode of the shape that the codec plays: "
            f"decode_params should be {expected}, and is {parameters}"
        )
    return ModelRows(model)
