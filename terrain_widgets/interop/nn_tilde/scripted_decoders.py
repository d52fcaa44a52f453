"""Decoders in the form that an exported file can hold: streaming state in buffers, one row per voice.

A scripted decoder is a module with ``decode(latents [B, D, T]) -> audio [B, A, T * ratio]`` and ``reset()``.
"""

from __future__ import annotations

from typing import cast

from torch import nn

from terrain_widgets.codecs.base import Codec, CodecError, ScriptableCodec
from terrain_widgets.interop.errors import ExportError


def scripted_decoder(codec: Codec) -> nn.Module:
    """The codec's decoder, ready to be compiled into a file, in the state of a fresh stream.

    Args:
        codec: One that declares itself ``exportable``: the bundled one, models for nn~, plug-ins that wish to.

    Raises:
        ExportError: If it does not, or its file is no longer what it was loaded from.
    """
    try:
        if codec.info.capabilities.exportable:
            decoder: nn.Module = cast(ScriptableCodec, codec).scripted_decoder()
            return decoder
    except CodecError as error:
        raise ExportError(str(error)) from error
    if codec.info.capabilities.made_of_sounds:
        raise ExportError(
            f"{codec.info.name!r} is made of the session's sounds and searches them while it plays, which a file for "
            "nn~ cannot do; export with the bundled codec 'pebble' or an nn~ model (.ts)"
        )
    if codec.info.capabilities.struck:
        raise ExportError(
            f"{codec.info.name!r} strikes whole sounds by place, while a model for nn~ makes sound frame by frame; "
            "render its sounds with session.render(places) and load them into a sampler, or export with a codec of the "
            "recipe stream"
        )
    raise ExportError(
        f"the decoder of {codec.info.name!r} cannot be put into a TorchScript file; take the bundled codec 'pebble', "
        "an nn~ model (.ts), or give the codec a method scripted_decoder() and declare it exportable"
    )
