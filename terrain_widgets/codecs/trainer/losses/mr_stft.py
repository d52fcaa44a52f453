"""The spectral loss of models that are trained on any sound: magnitudes, phases and bands at several resolutions."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from terrain_widgets.codecs.pebble.encoder import mel_filters

FFT_SIZES = (128, 256, 512, 1024, 2048, 4096)
_FLOOR_DB = -72.0  # of a bin, below a full-scale sine at the target's peak: what is quieter counts as silence
_QUIETEST = 1e-3  # peak of a target that is raised no further


class MultiResolutionSTFT(nn.Module):
    """Distance of two batches of audio, the mean over some resolutions, each target at its own peak.

    At each resolution, with Hann windows that overlap by three quarters: spectral convergence
    ``||Y - X|| / ||Y||`` and the mean difference of log magnitudes in nepers (Yamamoto et al., "Parallel WaveGAN",
    2020, eq. 4 to 6), the difference of the levels of mel bands in nepers, and that of real and imaginary parts, which
    hears phases. Windows begin anywhere: where, is left to chance.

    Args:
        sizes: FFT sizes in samples.
        complex_weight: Weight of the real and imaginary parts; 0 leaves phases free.
        mel_weight: Weight of the bands, which do not punish noise for not being the same noise.
        pre_emphasis: Factor p of ``x[t] - p x[t - 1]``, by which high frequencies count for more; 0 is none.
        at_once: How many sizes, drawn by chance, a call uses; the largest is always among them.
    """

    def __init__(
        self,
        sizes: Sequence[int] = FFT_SIZES,
        complex_weight: float = 0.5,
        mel_weight: float = 1.0,
        pre_emphasis: float = 0.97,
        at_once: int = 3,
    ) -> None:
        super().__init__()
        self.sizes = tuple(sorted(sizes))
        self.complex_weight, self.mel_weight, self.pre_emphasis = complex_weight, mel_weight, pre_emphasis
        self.at_once = min(at_once, len(self.sizes))
        for size in self.sizes:
            self.register_buffer(f"window{size}", torch.hann_window(size), persistent=False)
            bands = mel_filters(max(8, min(64, size // 16)), size, 40.0, 20000.0)
            self.register_buffer(f"mel{size}", bands, persistent=False)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Mean loss of ``output`` against ``target``, both ``[B, S]``, S at least the largest size."""
        scale = 1.0 / target.abs().amax(1, keepdim=True).clamp(min=_QUIETEST)
        given, wanted = output * scale, target * scale
        drawn = torch.randperm(len(self.sizes) - 1)[: self.at_once - 1].tolist()
        chosen = [self.sizes[-1], *(self.sizes[k] for k in drawn)]
        total = torch.zeros((), device=output.device)
        for size in chosen:
            total = total + self._at(given, wanted, size)
        return total / len(chosen)

    def _at(self, given: Tensor, wanted: Tensor, size: int) -> Tensor:
        window: Tensor = getattr(self, f"window{size}")
        mel: Tensor = getattr(self, f"mel{size}")
        start, gain = int(torch.randint(0, size // 4, ())), 2.0 / float(window.sum())

        def spectrum(audio: Tensor) -> Tensor:
            cut = nn.functional.pad(audio, (size - start, size))
            found = torch.stft(cut, size, size // 4, window=window, center=False, return_complex=True)
            return found.transpose(1, 2) * gain

        x, y = spectrum(given), spectrum(wanted)
        floor = 10 ** (_FLOOR_DB / 10)
        px, py = (torch.view_as_real(part).square().sum(-1) for part in (x, y))
        bands = (torch.log(px @ mel + floor / 8) - torch.log(py @ mel + floor / 8)).abs().mean() / 2
        loss = self.mel_weight * bands
        if self.pre_emphasis:
            emphasis = self._emphasis(size, px.device)
            px, py, x, y = px * emphasis.square(), py * emphasis.square(), x * emphasis, y * emphasis
        loss = loss + (torch.log(px + floor) - torch.log(py + floor)).abs().mean() / 2
        mx, my = torch.sqrt(px + 1e-10), torch.sqrt(py + 1e-10)
        off = (mx - my).square().sum((1, 2)) / py.sum((1, 2)).clamp(min=1e-4)
        loss = loss + torch.sqrt(off + 1e-6).clamp(max=10.0).mean()
        if self.complex_weight:
            apart = torch.view_as_real(x - y).abs().sum((1, 2, 3)) / my.sum((1, 2)).clamp(min=1e-2)
            loss = loss + self.complex_weight * apart.clamp(max=10.0).mean()
        return loss

    def _emphasis(self, size: int, device: torch.device) -> Tensor:
        """``|1 - p exp(-i w)|`` of each bin: pre-emphasis where it costs nothing."""
        w = torch.linspace(0.0, torch.pi, size // 2 + 1, device=device)
        return torch.sqrt(1.0 + self.pre_emphasis**2 - 2.0 * self.pre_emphasis * torch.cos(w))
