"""What keeps a variational autoencoder's latents alive: the divergence of each, with some of it free.

After Kingma et al., "Improved variational inference with inverse autoregressive flow" (2016), appendix C.8: a latent
pays only for what it says beyond ``FREE_NATS``, so that saying a little is never worth less than saying nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor

FREE_NATS = 0.25
LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE = -6.0, 2.0
LARGEST_MEAN = 5.0


def limited(mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
    """Both within their limits: means within +-5, log variances from -6 to 2."""
    return (
        mean.clamp(-LARGEST_MEAN, LARGEST_MEAN),
        log_variance.clamp(LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE),
    )


def drawn(mean: Tensor, log_variance: Tensor) -> Tensor:
    """A sample of the normal distribution, differentiable in both."""
    return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence from the unit normal of each latent, in nats, of the shape of ``mean``."""
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance)


def paid(nats: Tensor, free: float = FREE_NATS) -> Tensor:
    """What is paid for ``nats [B, D]`` or ``[B, D, T]``: beyond the free ones, summed over latents, else the mean."""
    return (nats - free).clamp(min=0.0).sum(1).mean()


def told_by(mean: Tensor, log_variance: Tensor) -> tuple[float, ...]:
    """What each latent tells of a sound, in nats, from ``[B, D]`` or ``[B, D, T]`` of several sounds.

    The capacity of a channel with Gaussian noise, ``ln(1 + S / N) / 2``: how far apart the means lie against the
    variance around them. The divergence would not do: narrow distributions at one and the same place diverge too.
    """
    means, noise = (part.transpose(0, 1).flatten(1) for part in (mean, log_variance.exp()))
    nats = 0.5 * torch.log1p(means.var(1, correction=0) / noise.mean(1))
    return tuple(round(value, 4) for value in nats.tolist())
