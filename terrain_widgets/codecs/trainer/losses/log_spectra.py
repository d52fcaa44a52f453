"""The multi-resolution spectral loss."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from terrain_widgets.codecs.pebble.encoder import mel_filters

FFT_SIZES = (2048, 1024, 512, 256)
LOG_FLOOR = 2.5e-4  # relative to a full-scale sine at the crop's peak: -72 dB


class SpectralLoss(nn.Module):
    """Distance of two batches of audio in magnitude, log magnitude and log mel, at several resolutions.

    After Engel et al. (2020), eq. 6, with a floor in the logarithm, every crop normalised to its own peak, and a
    log-mel term, which does not punish noise for not being the same noise. Each call takes the longest window and one
    other. Windows overlap by half, which costs half of what three quarters would; where they begin is left to chance.
    """

    def __init__(self) -> None:
        super().__init__()
        for size in FFT_SIZES:
            self.register_buffer(f"window{size}", torch.hann_window(size), persistent=False)
            bands = {2048: 80, 1024: 64, 512: 40, 256: 24}[size]
            self.register_buffer(f"mel{size}", mel_filters(bands, size, 40.0, 20000.0), persistent=False)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Mean loss of ``output`` against ``target``, both ``[B, S]``."""
        return torch.stack([*self.terms(output, target).values()]).sum()

    def terms(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """What ``forward`` adds up: ``log``, ``mel``, ``linear`` and ``convergence``, weighted."""
        scale = 1 / target.abs().amax(1, keepdim=True).clamp(min=1e-3)
        other = FFT_SIZES[1 + int(torch.randint(0, len(FFT_SIZES) - 1, ()))]
        first, second = (self._at(output * scale, target * scale, size) for size in (2048, other))
        return {name: first[name] + second[name] for name in first}

    def bands(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """The term ``mel`` alone, at one resolution: a third of the work."""
        scale = 1 / target.abs().amax(1, keepdim=True).clamp(min=1e-3)
        return {"mel": self._at(output * scale, target * scale, 1024)["mel"]}

    def _at(self, output: Tensor, target: Tensor, size: int) -> dict[str, Tensor]:
        window: Tensor = getattr(self, f"window{size}")
        mel: Tensor = getattr(self, f"mel{size}")
        gain = 2 / float(window.sum())
        start = int(torch.randint(0, size // 2, ()))

        def power(audio: Tensor) -> Tensor:
            cut = audio[:, start:]
            spectrum = torch.stft(cut, size, size // 2, window=window, center=False, return_complex=True)
            return (torch.view_as_real(spectrum).square().sum(-1) * gain**2).transpose(1, 2)

        given, wanted = power(output), power(target)
        floor = LOG_FLOOR**2
        logarithm = (torch.log(given + floor) - torch.log(wanted + floor)).abs().mean() / 2
        given_mel, wanted_mel = given @ mel, wanted @ mel
        floor /= 8
        bands = (torch.log(given_mel + floor) - torch.log(wanted_mel + floor)).abs().mean() / 2
        given, wanted = torch.sqrt(given + 1e-10), torch.sqrt(wanted + 1e-10)
        linear = ((given - wanted).abs().sum((1, 2)) / wanted.sum((1, 2)).clamp(min=1e-2)).clamp(max=10).mean()
        # The strongest partials weigh most here (spectral convergence).
        peaks = (given - wanted).square().sum((1, 2)) / wanted.square().sum((1, 2)).clamp(min=1e-4)
        convergence = torch.sqrt(peaks + 1e-6).clamp(max=10).mean()
        return {"log": 0.5 * logarithm, "mel": bands, "linear": 0.4 * linear, "convergence": 0.2 * convergence}
