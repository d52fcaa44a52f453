"""Decoders in the form that an exported file can hold: streaming state in buffers, one row per voice.

A scripted decoder is a module with ``decode(latents [B, D, T]) -> audio [B, A, T * ratio]`` and ``reset()``.
"""

# No "from __future__ import annotations": torch.jit.script reads the annotations of what it compiles.

import hashlib
import math
import warnings
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

import torch
from torch import Tensor, nn

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.bundled import PebbleCodec
from terrain_widgets.codecs.ddsp import DecoderState, PebbleDecoder
from terrain_widgets.codecs.ddsp_synth import SynthState, TableModule, fresh_state
from terrain_widgets.interop.errors import ExportError

MAX_ROWS = 64  # as many as models made with cached_conv have


@runtime_checkable
class ScriptableCodec(Protocol):
    """A codec that brings its own scripted decoder; plug-ins may."""

    def scripted_decoder(self) -> nn.Module:
        """A fresh module that ``torch.jit.script`` can compile; see the top of this file."""


def scripted_decoder(codec: Codec) -> nn.Module:
    """The codec's decoder, ready to be compiled into a file, in the state of a fresh stream.

    Args:
        codec: The bundled codec, one whose recipe names an nn~ file (``.ts``), or a ``ScriptableCodec``.

    Raises:
        ExportError: If it is none of these.
    """
    if isinstance(codec, ScriptableCodec):
        return codec.scripted_decoder()
    if isinstance(codec, PebbleCodec):
        return PebbleRows(codec._decoder)
    if codec.recipe is not None and Path(codec.recipe.source).suffix == ".ts":
        return _from_file(codec, Path(codec.recipe.source), codec.recipe.digest)
    raise ExportError(
        f"the decoder of {codec.info.name!r} cannot be put into a TorchScript file; take the bundled codec 'pebble', "
        "an nn~ model (.ts), or give the codec a method scripted_decoder()"
    )


class _PortableDecoder(PebbleDecoder):
    """Pebble's decoder with every tensor where a host looks that moves it: tables as buffers, weights only once."""

    def __init__(self, decoder: PebbleDecoder) -> None:
        super().__init__()
        self.load_state_dict(decoder.state_dict())
        del self.weights
        for module in (self, self.synth):
            tables: dict[str, Tensor] = {name: getattr(module, name) for name in cast(TableModule, module).table_names}
            for name, table in tables.items():
                delattr(module, name)
                module.register_buffer(name, table)

    def network(self, rows: Tensor) -> Tensor:
        """What ``net`` makes of rows."""
        outputs: Tensor = self.net(rows)
        return outputs


class PebbleRows(nn.Module):
    """Pebble in motion: ``PebbleStream`` with its state in buffers, so that a compiled file remembers.

    Args:
        decoder: Copied.
        rows: Most voices.
    """

    phase: Tensor
    amplitudes: Tensor
    tail: Tensor
    latents: Tensor
    frame: Tensor

    def __init__(self, decoder: PebbleDecoder, rows: int = MAX_ROWS) -> None:
        super().__init__()
        self.decoder = _PortableDecoder(decoder)
        fresh = fresh_state(rows)
        self.register_buffer("phase", fresh.phase)
        self.register_buffer("amplitudes", fresh.amplitudes)
        self.register_buffer("tail", fresh.tail)
        self.register_buffer("latents", torch.full((rows, self.decoder.latent_dim, 1), math.nan))
        self.register_buffer("frame", torch.tensor(0))
        self.rows = rows
        self.voices = rows
        self.nothing = math.nan  # what a row without a frame before remembers of its latents

    @torch.jit.export
    def silence(self, first: int) -> None:
        """Rows from ``first`` on are as before their first frame."""
        self.phase[first:] = 0.0
        self.amplitudes[first:] = 0.0
        self.tail[first:] = 0.0
        self.latents[first:] = self.nothing

    @torch.jit.export
    def reset(self) -> None:
        """Back to a fresh stream."""
        self.silence(0)
        self.frame.zero_()

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """Latents ``[B, 8, T]`` to audio ``[B, 1, T * 1024]``; goes on where the call before ended."""
        voices = latents.shape[0]
        if voices > self.rows:
            raise ValueError("this model plays at most " + str(self.rows) + " rows at once")
        if voices != self.voices:  # rows that come anew begin from silence
            self.silence(min(voices, self.voices))
            self.voices = voices
        synth = SynthState(self.phase[:voices], self.amplitudes[:voices], self.tail[:voices], int(self.frame.item()))
        # A row that had no frame yet is marked by NaN, so nothing else need say whether all have started.
        audio, state = self.decoder(latents, DecoderState(synth, self.latents[:voices], False))
        # Copied in place: hosts run in inference mode, and a tensor born there could not be changed outside it.
        self.phase[:voices] = state.synth.phase
        self.amplitudes[:voices] = state.synth.amplitudes
        self.tail[:voices] = state.synth.tail
        self.latents[:voices] = state.latents
        self.frame.fill_(state.synth.frame)
        sound: Tensor = audio.unsqueeze(1)
        return sound

    def forward(self, latents: Tensor) -> Tensor:
        """See ``decode``."""
        audio: Tensor = self.decode(latents)
        return audio


class ModelRows(nn.Module):
    """The ``decode`` of an nn~ model, as any host calls it.

    It keeps its state itself, there is no way to reset it from outside, and what it makes up (RAVE's noise), it makes
    up anew each time.

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
        audio: Tensor = self.model.decode(latents)  # type: ignore[operator]
        return audio

    def forward(self, latents: Tensor) -> Tensor:
        """See ``decode``."""
        audio: Tensor = self.decode(latents)
        return audio


def _from_file(codec: Codec, path: Path, digest: str) -> ModelRows:
    """The decoder of an nn~ file that the user plays already, once more from that file."""
    if not path.is_file():
        raise ExportError(f"the model of {codec.info.name!r} is no longer at {path}; put it back, or load it anew")
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise ExportError(f"the model at {path} is another one than the codec was loaded from; load the codec anew")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript is what nn~ plays, deprecated or not
        try:
            model = torch.jit.load(path, map_location="cpu").eval()
        except Exception as error:  # of a dozen kinds: RuntimeError, ValueError, …
            raise ExportError(f"the model at {path} cannot be loaded ({error}); load the codec anew") from error
    if hasattr(model, "set_sample_rate"):  # nn_tilde from 1.6 on wants to be told
        model.set_sample_rate(codec.info.sample_rate)
    parameters = getattr(model, "decode_params", None)
    expected = [codec.info.latent_dim, codec.info.ratio, codec.info.channels, 1]
    if parameters is None or [int(value) for value in parameters] != expected:
        raise ExportError(
            f"the model at {path} has no method decode of the shape that the codec plays: "
            f"decode_params should be {expected}, and is {parameters}"
        )
    return ModelRows(model)
