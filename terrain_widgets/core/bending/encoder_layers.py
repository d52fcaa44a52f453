"""The layers of an encoder among those that can be bent: they change what is heard of a sound that comes in."""

from __future__ import annotations

#: Begins their names where a codec gives them one; models for nn~ often have it further inside.
ENCODER = "encoder."


def is_encoder(layer: str) -> bool:
    """Whether a name is that of an encoder's layer."""
    return "encoder" in layer.split(".")
