"""Pebble's decoder in the form that an exported file can hold: streaming state in buffers, one row per voice."""

# No "from __future__ import annotations": torch.jit.script reads the annotations of what it compiles.

import math
from typing import cast

import torch
from torch import Tensor, nn

from terrain_widgets.codecs.pebble.decoder import DecoderState, PebbleDecoder
from terrain_widgets.codecs.pebble.synth import SynthState, TableModule, fresh_state

MAX_ROWS = 64  # as many as models made with cached_conv have


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
        if voices != self.voices:  # rows that come again start from silence
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
