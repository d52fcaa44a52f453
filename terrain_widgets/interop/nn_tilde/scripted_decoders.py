"""Decoders in the form that an exported file can hold: streaming state in buffers, one row per voice.

A scripted decoder is a module with ``decode(latents [B, D, T]) -> audio [B, A, T * ratio]`` and ``reset()``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from torch import nn

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.nn_tilde.scripted import model_rows
from terrain_widgets.interop.errors import ExportError


@runtime_checkable
class ScriptableCodec(Protocol):
    """A codec that brings its own scripted decoder: the bundled one, models for nn~, and plug-ins that wish to."""

    def scripted_decoder(self) -> nn.Module:
        """A fresh module that ``torch.jit.script`` can compile; see the top of this file."""


def scripted_decoder(codec: Codec) -> nn.Module:
    """The codec's decoder, ready to be compiled into a file, in the state of a fresh stream.

    Args:
        codec: A ``ScriptableCodec``, or one whose recipe names an nn~ file (``.ts``).

    Raises:
        ExportError: If it is neither, or its file is no longer what it was loaded from.
    """
    try:
        if isinstance(codec, ScriptableCodec):
            return codec.scripted_decoder()
        if codec.recipe is not None and Path(codec.recipe.source).suffix == ".ts":
            return model_rows(Path(codec.recipe.source), codec.info, codec.recipe.digest)
    except CodecError as error:
        raise ExportError(str(error)) from error
    raise ExportError(
        f"the decoder of {codec.info.name!r} cannot be put into a TorchScript file; take the bundled codec 'pebble', "
        "an nn~ model (.ts), or give the codec a method scripted_decoder()"
    )
