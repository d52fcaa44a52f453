"""What each layer of a trained one-shot model does, in a line for whoever bends it."""

from __future__ import annotations

from collections.abc import Iterable

_DOES = {
    "joined": "Makes features of the whole sound of its vector",
    "first": "Lays out the sound's beginning of frames, the coarsest",
    "stages": "Makes twice as many frames of each two",
    "loudness": "Says how loud each frame is",
    "course": "Brings the envelope from the vector in a straight way",
    "bands": "Says how loud each band of noise is in each frame",
    "partials": "Says how much of each partial sounds in each frame",
    "encoder.layers": "Hears levels and lows of a hit in its frames",
    "encoder.joined": "Makes features of the whole hit of its frames",
    "encoder.mean": "Makes the vector of the features",
    "encoder.course": "Brings the envelope into the vector in a straight way",
}


def about(names: Iterable[str]) -> dict[str, str]:
    """A line on each layer, by name.

    Args:
        names: As ``OneShotCodec.tensors`` has them.
    """
    found = {}
    for name in names:
        words = name.split(".")
        hears = words[0] == "encoder"
        does = _DOES[".".join(words[: 2 if hears else 1])]
        stage = f", stage {int(words[1]) + 1}" if words[0] == "stages" else ""
        when = "; of the encoder: heard in sounds that are encoded with it." if hears else "."
        found[name] = f"{does}{stage}{', a bias' if words[-1] == 'bias' else ''}{when}"
    return found
