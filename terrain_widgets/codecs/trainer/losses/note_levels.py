"""Whether the same notes sound: levels of partials a quarter tone apart, heard long enough to tell low ones apart."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from terrain_widgets.codecs.stream.grid import partial_filters

_WINDOW = 8192  # samples: bins 5.4 Hz wide, a semitone at 90 Hz
_FLOOR = 1e-4  # of the loudest partial of its moment: -40 dB
_QUIETEST = 1e-7
_LEAST = 1e-6  # keeps the root's slope finite


class NoteLevels(nn.Module):
    """Distance of two sounds in the levels of partials from E1 up, each moment at its own loudness.

    A spectrum's bins lie evenly, so nearly all of them are above what notes are told by; on a grid that is even in
    pitch each octave counts alike. The sum of two terms: how far apart the amplitudes are, relative to the target's,
    so that what is loud is right, and the mean difference of levels in nepers, so that nothing sounds between.
    """

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(_WINDOW), persistent=False)
        self.register_buffer("filters", partial_filters(_WINDOW), persistent=False)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Mean distance of ``output`` from ``target``, both ``[B, S]``."""
        start = int(torch.randint(0, _WINDOW // 4, ()))
        after = max(_WINDOW // 2, _WINDOW - output.shape[1])
        given, wanted = (self._levels(functional.pad(audio, (start, after))) for audio in (output, target))
        loudest = wanted.amax(2, keepdim=True)
        heard = (loudest > _QUIETEST).float()
        floor = _FLOOR * loudest + _QUIETEST
        apart = (torch.log(given + floor) - torch.log(wanted + floor)).abs().mean(2, keepdim=True) / 2
        off = (torch.sqrt(given + floor) - torch.sqrt(wanted + floor)).square().sum(2, keepdim=True)
        off = torch.sqrt(off / (wanted + floor).sum(2, keepdim=True) + _LEAST).clamp(max=10.0)
        return ((apart + off) * heard).sum() / heard.sum().clamp(min=1.0)

    def _levels(self, audio: Tensor) -> Tensor:
        """``[B, T, partials]``."""
        found = torch.stft(
            audio, _WINDOW, _WINDOW // 4, window=self.window, center=False, onesided=True, return_complex=True
        )
        power = torch.view_as_real(found).square().sum(-1).transpose(1, 2)
        return power @ self.filters / self.window.square().sum()
