"""What a layer of a TorchScript model does, guessed from its name, for whoever bends it.

The names are those that RAVE's classes give their parts (``encoder``, ``decoder``, ``net``, ``synth``, ``pqmf``); other
models often use the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WHAT = (
    (r"(^|\.)pqmf\.", "The filters between the sound and its frequency bands"),
    (r"(^|\.)latent_pca$", "The rotation between the model's latents and those that are played"),
    (r"(^|\.)latent_mean$", "The middle of the model's latents"),
    (r"(^|\.)(loud|loudness)[\w]*\.", "Gives the level"),
    (r"(^|\.)noise[\w]*\.", "Makes the noisy part of the sound"),
    (r"(^|\.)waveform_module\.|(^|\.)wave_gen\.", "Gives the waveform in each band"),
    (r"(^|\.)gru\.|(^|\.)lstm\.|(^|\.)rnn\.", "Remembers what was played before"),
)
_PART = {"encoder": "encoder", "decoder": "decoder", "discriminator": "discriminator, which is silent"}
_KIND = {
    "weight": "",
    "weight_v": ", its directions",
    "weight_g": ", how strong each channel is",
    "bias": ", what is added whatever plays",
    "alpha": ", how strongly each channel is folded",
    "output": ", what it gives",
}


def about(names: Iterable[str]) -> dict[str, str]:
    """A line on each layer of which something is known, by name.

    Args:
        names: All layers of a model.
    """
    found = {}
    every = list(names)
    numbers: dict[str, set[int]] = {}
    for name in every:
        part, number = _place(name)
        if part and number >= 0:
            numbers.setdefault(part, set()).add(number)
    for name in every:
        part, number = _place(name)
        known = next((text for pattern, text in _WHAT if re.search(pattern, name)), "")
        if not known and not part:
            continue
        if part and number >= 0:
            order = sorted(numbers[part])
            place = f"stage {order.index(number) + 1} of {len(order)} of the {_PART[part]}"
        else:
            place = f"of the {_PART[part]}" if part else ""
        kind = _KIND.get(name.rpartition(".")[2], "")
        said = f"{known}: {place}" if known and place else known or place[0].upper() + place[1:]
        if part == "encoder":
            kind += "; an edit of it is heard in sounds that are encoded with it"
        found[name] = said + kind + "."
    return found


def _place(name: str) -> tuple[str, int]:
    """The part of the model that a layer is in, and its number among that part's stages, or -1."""
    words = name.split(".")
    part = next((word for word in words if word in _PART), "")
    number = next((int(word) for word in words[words.index(part) :] if word.isdigit()), -1) if part else -1
    return part, number
