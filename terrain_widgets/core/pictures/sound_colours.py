"""The colours by which sounds are told apart, without full colour vision too."""

from __future__ import annotations

#: Okabe and Ito, "Color Universal Design" (2008), seven of theirs, and three of Paul Tol's, "Colour Schemes" (2021).
SOUND_COLOURS = (
    "#0072B2",
    "#E69F00",
    "#F0E442",
    "#009E73",
    "#56B4E9",
    "#D55E00",
    "#CC79A7",
    "#AA3377",
    "#BBBBBB",
    "#117733",
)


def sound_colour(index: int) -> str:
    """CSS colour, ``#RRGGBB``, of the sound with that number; they come again after ten."""
    return SOUND_COLOURS[index % len(SOUND_COLOURS)]


def sound_rgb(index: int) -> tuple[int, int, int]:
    """The same as red, green and blue, 0…255."""
    red, green, blue = bytes.fromhex(sound_colour(index)[1:])
    return red, green, blue
