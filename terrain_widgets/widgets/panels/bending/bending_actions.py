"""What the bending panel can do, as two tables: to the chosen layer, and to the list of edits."""

from __future__ import annotations

from collections.abc import Callable

from terrain_widgets.core.bending.edits import Flip, PermuteChannels
from terrain_widgets.core.bending.outputs import is_output
from terrain_widgets.session.stage.bending.bending import Bending
from terrain_widgets.widgets.base.actions import Action


def layer_actions(
    bending: Bending, layer: Callable[[], str], bends: Callable[[], bool], seed: Callable[[], int]
) -> list[Action]:
    """What is done to a layer.

    Args:
        bending: Whose edits.
        layer: Gives the chosen layer's name.
        bends: Whether the codec has layers to bend.
        seed: Gives another seed each time.
    """

    def weights() -> bool:
        return bends() and not is_output(layer())

    return [
        Action(
            "flip",
            "Flip",
            "Every weight of the layer gets the other sign",
            lambda: bending.add(layer(), Flip()),
            enabled=weights,
            icon="exchange",
        ),
        Action(
            "permute",
            "Permute",
            "The layer's output channels change places at random",
            lambda: bending.add(layer(), PermuteChannels(seed())),
            enabled=weights,
            icon="random",
        ),
        Action(
            "revert",
            "Revert layer",
            "Take back all that was done to this layer",
            lambda: bending.revert(layer()),
            enabled=lambda: bends() and any(step.layer == layer() for step in bending.bend.steps),
            icon="undo",
        ),
        Action(
            "clear",
            "Take all back",
            "The model's own weights again, bit by bit",
            bending.clear,
            enabled=lambda: bends() and len(bending.bend.steps) > 0,
            icon="trash",
        ),
    ]


def list_actions(
    bending: Bending, chosen: Callable[[], int], bends: Callable[[], bool], move: Callable[[int], None]
) -> list[Action]:
    """What is done to the list of edits.

    Args:
        bending: Whose edits.
        chosen: Gives the chosen edit's number, or -1.
        bends: Whether the codec has layers to bend.
        move: Moves the chosen edit by so many places.
    """

    def at(lowest: int, after: int = 0) -> bool:
        return bends() and lowest <= chosen() < len(bending.bend.steps) - after

    return [
        Action(
            "switch",
            "On/off",
            "Leave the chosen edit out, or have it again",
            lambda: bending.switch(chosen(), not bending.bend.steps[chosen()].on),
            enabled=lambda: at(0),
            icon="power-off",
        ),
        Action(
            "earlier",
            "Earlier",
            "Apply the chosen edit before the one above it",
            lambda: move(-1),
            enabled=lambda: at(1),
            icon="arrow-up",
        ),
        Action(
            "later",
            "Later",
            "Apply the chosen edit after the one below it",
            lambda: move(1),
            enabled=lambda: at(0, 1),
            icon="arrow-down",
        ),
        Action(
            "remove",
            "Remove",
            "Take the chosen edit out of the list",
            lambda: bending.remove(chosen()),
            enabled=lambda: at(0),
            icon="times",
        ),
    ]
