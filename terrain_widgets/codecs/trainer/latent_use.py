"""Whether a model uses its latents, or has given them up: posterior collapse."""

from __future__ import annotations

from collections.abc import Sequence

ACTIVE_NATS = 0.25  # a latent that tells less than this is as good as not there
_SETTLED_EPOCHS = 5.0  # before, a model may not have begun to use them


def latent_use(latent_nats: Sequence[float], epoch: float) -> tuple[int | None, str]:
    """How many latents carry something, and a warning in a sentence if most have collapsed.

    Args:
        latent_nats: What each latent tells of a sound, nats; empty: not measured.
        epoch: Passes over the sounds so far.

    Returns:
        Number of active latents, ``None`` if that is not measured; and the warning, or nothing.
    """
    if not latent_nats:
        return None, ""
    active = sum(value > ACTIVE_NATS for value in latent_nats)
    if epoch < _SETTLED_EPOCHS or active >= 0.5 * len(latent_nats):
        return active, ""
    return active, (
        f"only {active} of {len(latent_nats)} latents carry something, the others have collapsed: all sounds lie at "
        "the same place in them; a smaller beta, a longer warm_up or cyclical=True help, or fewer latents"
    )
