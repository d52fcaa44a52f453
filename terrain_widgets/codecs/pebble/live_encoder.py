"""The encoder of ``pebble`` for live sound: each frame from itself and what came before it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad, silu

from terrain_widgets.codecs.pebble.decoder import pitch_to_latent
from terrain_widgets.codecs.pebble.encoder import (
    AUDIBLE_LATENT,
    MEL_WINDOW,
    PebbleEncoder,
    envelope_steps,
    loudness_latents,
)
from terrain_widgets.codecs.pebble.live_pitch import LivePitch
from terrain_widgets.codecs.pebble.pitch import FFT, PitchFeatures
from terrain_widgets.codecs.pebble.synth import HOP, RATIO

FloatArray = NDArray[np.float32]
_BEFORE = (MEL_WINDOW - HOP) // 2  # samples that the first spectrum of a frame hears of the one before


class PebbleEncoderStream:
    """An encoder in motion; see ``EncoderStream``.

    The offline encoder looks one frame ahead, and finds pitch by the whole sound. Here the windows end with the frame,
    which also stands in for the one after it, and pitch is followed by ``LivePitch``.

    Args:
        encoder: Shared, not changed.
    """

    delay_frames = 0

    def __init__(self, encoder: PebbleEncoder) -> None:
        self._own = self._encoder = encoder
        self._features = PitchFeatures(live=True)
        self._pitch = LivePitch()
        self.reset()

    def reset(self) -> None:
        """Back to the state of a fresh stream, which has heard silence."""
        self._heard = torch.zeros(FFT - RATIO)
        self._hidden: Tensor | None = None
        self._pitch.reset()

    def bend(self, weights: Mapping[str, FloatArray]) -> None:
        """Encode from the next frame on with some weights other than the codec's own: see ``BendableEncoderStream``."""
        self._encoder = self._own.with_weights(weights)

    def encode(self, audio: FloatArray) -> FloatArray:
        """Whole frames of audio ``[1, t * 1024]`` at 44.1 kHz to as many latent frames ``[t, 8]``, at once.

        Raises:
            ValueError: If the shape is another.
        """
        samples = np.asarray(audio, dtype=np.float32)
        if samples.ndim != 2 or len(samples) != 1 or not samples.shape[1] or samples.shape[1] % RATIO:
            raise ValueError(
                f"a live encoder takes audio [1, frames * {RATIO}], got {samples.shape}; cut it to whole frames"
            )
        with torch.inference_mode():
            known = torch.cat([self._heard, torch.from_numpy(np.nan_to_num(samples[0]))])
            self._heard = known[-len(self._heard) :].clone()
            return np.concatenate([self._frame(window) for window in known.unfold(0, FFT, RATIO)])

    def _frame(self, window: Tensor) -> FloatArray:
        """The newest ``FFT`` samples to the latents ``[1, 8]`` of their last frame."""
        frame = window[-RATIO:]
        loudness = loudness_latents(frame)
        scores = self._encoder.pitch(self._features.of_windows(window[None]))[0].numpy()
        midi = self._pitch.next(scores, bool(loudness[0] > AUDIBLE_LATENT))
        pitch = pitch_to_latent(torch.tensor([midi], dtype=torch.float32))
        timbre = self._timbre(window[-RATIO - _BEFORE :], envelope_steps(frame[None]), pitch)
        return torch.cat([pitch, loudness, timbre])[None].numpy()

    def _timbre(self, samples: Tensor, envelope: Tensor, pitch: Tensor) -> Tensor:
        """Timbre latents ``[6]`` from the frame's samples and those before it."""
        net = self._encoder.timbre
        windows = pad(samples, (0, _BEFORE)).unfold(0, MEL_WINDOW, HOP)
        seen = torch.cat([net.levels(windows[None]), pitch[None, :, None], envelope], -1)
        hidden = silu(net.columns(seen))[0, 0]
        before = torch.zeros_like(hidden) if self._hidden is None else self._hidden
        self._hidden = hidden
        three = torch.stack([before, hidden, hidden], 1)[None]
        context = silu(torch.nn.functional.conv1d(three, net.context.weight, net.context.bias))[:, :, 0]
        return 3.5 * torch.tanh(net.norm(net.out(context)[:, :, None])[0, :, 0] / 3.5)
