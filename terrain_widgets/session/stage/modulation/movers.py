"""Movers: any number of the patch that moves by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import wraps
from typing import Any, TypedDict, Unpack

import numpy as np

from terrain_widgets.audio.engine.movers import target_of
from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.core.parameter import Value
from terrain_widgets.session.stage.live_patch import LivePatch
from terrain_widgets.session.stage.modulation.functions import Functions, Movement
from terrain_widgets.session.stage.modulation.targets import Target, targets

_GROUP = "movers"


class MoverValues(TypedDict, total=False):
    """Values of a mover."""

    along: float | Sequence[float]
    on: bool
    basis: str
    seed: int
    jump: float
    depth: float
    smooth: float
    loop_in: str
    loop: float
    steps: float | Sequence[float]


class Movers:
    """Numbers that move by themselves: the place (the hand wanders), a playhead's speed, position and level, and so on.

    ``add("place x", depth=0.5, loop=8)`` has the hand go to and fro in eight seconds. A mover adds its movement to what
    is set of its target, within the target's range; several may move one.

    Args:
        live: The patch in use.
        functions: Python functions that move numbers.
    """

    def __init__(self, live: LivePatch, functions: Functions) -> None:
        self._live, self._functions = live, functions

    def __repr__(self) -> str:
        told = [f"{name}: {values['target']}" for name, values in self.now.items()]
        told += [f"a function, not saved: {address}" for address in self._functions.now]
        return f"Movers({', '.join(told) or 'none'})"

    @property
    def now(self) -> dict[str, dict[str, Any]]:
        """All values of each mover by name."""
        patch = self._live.patch
        return {name: patch.member(_GROUP, name) for name in patch.members(_GROUP)}

    @property
    def targets(self) -> dict[str, Target]:
        """What can be moved now, by the words that ``add`` takes."""
        return targets(self._live.patch, self._live.state.explored.attributes)

    def add(self, target: str, name: str = "", **values: Unpack[MoverValues]) -> str:
        """Have a number move.

        Args:
            target: Words of one of ``targets``, or an address of the patch.
            name: Of the mover, without a dot; left out, the next number. One of that name is replaced.
            **values: As ``set`` takes them; ``depth`` and ``along`` are the target's own at first.

        Returns:
            The mover's name.

        Raises:
            ValueError: If there is no such target, or a value is out of its range; nothing is changed.
            TypeError: If there is no such value.
        """
        aim = self.targets.get(target) or self._addressed(target)
        taken = self._live.patch.members(_GROUP)
        name = name or next(str(k) for k in range(1, len(taken) + 2) if str(k) not in taken)
        if "." in name:
            raise ValueError(f"a mover's name is a word without a dot, got {name!r}")
        given: dict[str, Any] = {"along": aim.along, "depth": aim.depth, **values, "target": aim.address}
        self._change(name, given, "", replaces=True)
        return name

    def set(self, name: str, **values: Unpack[MoverValues]) -> None:
        """Change how a mover moves, as one step of undo.

        Args:
            name: Which.
            **values: ``depth`` (how far to either side, in the target's units), ``basis``, ``jump`` (speed where it
                does not loop, -100 to 100), ``loop_in`` (``free``, ``seconds``, ``bars``), ``loop``, ``smooth`` (0 to
                100), ``seed``, ``steps``, ``on``, ``along`` (how much of it each of the target's values takes).

        Raises:
            KeyError: If there is no such mover.
            ValueError: If a value is out of its range; nothing is changed.
            TypeError: If there is no such value.
        """
        self._named(name)
        self._change(name, values, f"mover {name} {' '.join(values)}")

    def call(self, target: str, function: Movement | None) -> None:
        """Have a Python function move a number, or (``None``) no more: as ``modulators.call`` does with the latents.

        Args:
            target: Words of one of ``targets``, or an address of the patch.
            function: From seconds to what is added, in the target's units: a number, or one for each of its values.

        Raises:
            TypeError: If that is no function.
            ValueError: If there is no such target, or the function's first value does not fit; nothing is changed.
        """
        aim = self.targets.get(target) or self._addressed(target)
        if function is None:
            self._functions.stop(aim.address)
        else:
            self._functions.run(aim.address, _along(function, aim.along))

    def remove(self, name: str) -> None:
        """Take a mover away: its number stays where it is set.

        Raises:
            KeyError: If there is no such mover.
        """
        self._named(name)
        self._live.set({f"{_GROUP}.{name}": None})

    def clear(self) -> None:
        """Take all movers away."""
        self._live.set({f"{_GROUP}.{name}": None for name in self._live.patch.members(_GROUP)})

    def words(self, name: str) -> str:
        """What a mover moves, in words.

        Raises:
            KeyError: If there is no such mover.
        """
        values = self._named(name)
        found = (w for w, t in self.targets.items() if t.address == values["target"] and t.along == values["along"])
        return next(found, values["target"])

    def _named(self, name: str) -> dict[str, Any]:
        patch = self._live.patch
        if name not in patch.members(_GROUP):
            raise KeyError(f"there is no mover {name!r}; there are {', '.join(patch.members(_GROUP)) or 'none'}")
        return patch.member(_GROUP, name)

    def _addressed(self, address: str) -> Target:
        try:
            if target_of(address) is not None:
                return Target(address)
        except KeyError:
            pass
        raise ValueError(f"{address!r} cannot be moved; there are {', '.join(self.targets)}")

    def _change(self, name: str, values: Mapping[str, Any], gesture: str, replaces: bool = False) -> None:
        refuse_unknown("movers", dict(values), [*MoverValues.__annotations__, "target"])
        changes = {f"{_GROUP}.{name}.{word}": value for word, value in values.items()}
        self._live.set({f"{_GROUP}.{name}": None, **changes} if replaces else changes, gesture)


def _along(function: Movement, along: Value) -> Movement:
    """A function whose one number goes along a target's values, such as x alone."""
    if not isinstance(along, tuple):
        return function

    @wraps(function)
    def moved(seconds: float) -> Any:
        found = function(seconds)
        return found if np.ndim(found) else np.asarray(along) * found

    return moved
