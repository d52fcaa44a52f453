"""What a mover can move, in words: a target is an address, and how much of the movement each of its values takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.patch import Patch
from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.core.parameter import Number, Value


@dataclass(frozen=True)
class Target:
    """A number that can be moved.

    Args:
        address: Of the number in the patch.
        along: How much of the movement each of its values takes.
        depth: How far it is moved at first, in its units.
    """

    address: str
    along: Value = 1.0
    depth: float = 0.5


_PLAIN = {
    "place x": Target("hand.offset", (1.0, 0.0), 0.3),
    "place y": Target("hand.offset", (0.0, 1.0), 0.3),
    "level": Target("output.level"),
    "width": Target("hand.width"),
    "wet": Target("clip.wet"),
    "bend": Target("bend.amount"),
    "mosaic sharpness": Target("mosaic.sharpness"),
    "latents' factor": Target("latents.scale", 1.0, 0.3),
}
_OF_A_PLAYHEAD = {"speed": ("speed", 0.5), "position": ("shift", 8.0), "level": ("gain", 0.5)}


def targets(patch: Patch, attributes: Mapping[str, Attribute]) -> dict[str, Target]:
    """All numbers that can be moved now, by words.

    Args:
        patch: Has the playheads.
        attributes: Directions of latent space by name; those that what is decoded does not follow are left out.
    """
    found = dict(_PLAIN)
    for name in patch.members("playheads"):
        for word, (end, depth) in _OF_A_PLAYHEAD.items():
            found[f"playhead {name} {word}"] = Target(f"playheads.{name}.{end}", 1.0, depth)
    for name, attribute in attributes.items():
        if not attribute.works:
            continue
        word = f"attribute {name}" if name in found else name
        found[word] = Target("latents.offset", tuple(attribute.direction.tolist()), 1.0)
    named = {target.address for target in found.values()}
    for parameter in PARAMETERS:
        address = parameter.address
        if isinstance(parameter, Number) and parameter.target and "*" not in address and address not in named:
            found[address] = Target(address)
    return found
