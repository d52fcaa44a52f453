"""The stream model's decoder in the form that an exported file can hold: state in buffers, one row per voice."""

# No "from __future__ import annotations": torch.jit.script reads the annotations of what it compiles.

import torch
from torch import Tensor, nn

from terrain_widgets.codecs.stream.decoder import StreamDecoder, StreamState

MAX_ROWS = 64  # as many as models made with cached_conv have


class StreamRows(nn.Module):
    """The decoder in motion, so that a compiled file remembers.

    Args:
        decoder: Copied.
        rows: Most voices.
    """

    latents: Tensor
    hidden: Tensor
    tail: Tensor
    hops: Tensor

    def __init__(self, decoder: StreamDecoder, rows: int = MAX_ROWS) -> None:
        super().__init__()
        self.decoder = StreamDecoder(decoder.latent_dim, decoder.width, decoder.ratio)
        self.decoder.load_state_dict(decoder.state_dict())
        fresh = self.decoder.fresh(rows)
        self.register_buffer("latents", fresh.latents)
        self.register_buffer("hidden", fresh.hidden)
        self.register_buffer("tail", fresh.tail)
        self.register_buffer("hops", torch.tensor(0))
        self.rows, self.voices = rows, rows
        self.quietest = decoder.quietest

    @torch.jit.export
    def silence(self, first: int) -> None:
        """Rows from ``first`` on are as before their first frame."""
        self.latents[first:] = 0.0
        self.latents[first:, 0] = self.quietest
        self.hidden[first:] = 0.0
        self.tail[first:] = 0.0

    @torch.jit.export
    def reset(self) -> None:
        """Back to a fresh stream."""
        self.silence(0)
        self.hops.zero_()

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """Latents ``[B, D, T]`` to audio ``[B, 1, T * ratio]``; goes on where the call before ended."""
        voices = latents.shape[0]
        if voices > self.rows:
            raise ValueError("this model plays at most " + str(self.rows) + " rows at once")
        if voices != self.voices:  # rows that come again start from silence
            self.silence(min(voices, self.voices))
            self.voices = voices
        before = StreamState(self.latents[:voices], self.hidden[:voices], self.tail[:voices], int(self.hops.item()))
        audio, state = self.decoder(latents, before)
        # Copied in place: hosts run in inference mode, and a tensor born there could not be changed outside it.
        self.latents[:voices] = state.latents
        self.hidden[:voices] = state.hidden
        self.tail[:voices] = state.tail
        self.hops.fill_(state.hops)
        sound: Tensor = audio.unsqueeze(1)
        return sound

    def forward(self, latents: Tensor) -> Tensor:
        """See ``decode``."""
        audio: Tensor = self.decode(latents)
        return audio
