"""Encoder and decoder together, as they are trained."""

from __future__ import annotations

import torch
from torch import Tensor

from terrain_widgets.codecs.pebble.decoder import LATENT_DIM, PebbleDecoder
from terrain_widgets.codecs.pebble.encoder import PebbleEncoder, loudness_latents

CROP = 18  # frames of an excerpt
LATENT_NOISE = 0.1  # keeps neighbouring latents sounding alike


class Pebble(torch.nn.Module):
    """Encoder and decoder together."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = PebbleEncoder()
        self.decoder = PebbleDecoder()


def reconstruct(model: Pebble, audio: Tensor, pitch: Tensor, noise: float) -> tuple[Tensor, Tensor]:
    """Encode and decode a batch; returns audio ``[B, S]`` and the noiseless timbre latents ``[B, 6, T]``."""
    timbre = model.encoder.timbre(audio, pitch)
    latents = torch.cat(
        [pitch[:, None], loudness_latents(audio)[:, None], timbre + noise * torch.randn_like(timbre)], 1
    )
    assert latents.shape[1] == LATENT_DIM
    moment = int(torch.randint(0, 100_000, ()))  # never the same noise twice
    return model.decoder(latents, model.decoder.fresh_state(len(latents), moment))[0], timbre
