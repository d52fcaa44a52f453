"""A bend: edits in order, each on one layer, applied to the original weights and never to changed ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import Towards, edit_from_json

FloatArray = NDArray[np.float32]

FORMAT, VERSION = "terrain_widgets/bend", 1
MOST_STEPS = 10_000
#: Begins the names of packed arrays.
ARRAYS = "bend/"
_NO_ARRAYS: Mapping[str, FloatArray] = MappingProxyType({})


@dataclass(frozen=True)
class Step:
    """One edit on one layer.

    Args:
        layer: The layer's name.
        edit: What is done to it.
        on: Whether it is; a step that is off keeps its place in the list.
    """

    layer: str
    edit: Edit
    on: bool = True


@dataclass(frozen=True)
class Bend:
    """Steps in the order in which they are applied.

    Args:
        steps: What is done.
    """

    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(self.steps))
        if len(self.steps) > MOST_STEPS:
            raise ValueError(f"a bend has at most {MOST_STEPS} steps, got {len(self.steps)}")

    def __repr__(self) -> str:
        layers = {step.layer for step in self.steps if step.on}
        return f"Bend({len(self.steps)} edits on {len(layers)} layers)"

    # --- changes, each a new bend

    def add(self, layer: str, edit: Edit) -> Bend:
        """With one more edit at the end."""
        return replace(self, steps=(*self.steps, Step(layer, edit)))

    def remove(self, index: int) -> Bend:
        """Without a step.

        Raises:
            IndexError: If there is no such step.
        """
        self._check(index)
        return replace(self, steps=self.steps[:index] + self.steps[index + 1 :])

    def switch(self, index: int, on: bool) -> Bend:
        """With a step on or off.

        Raises:
            IndexError: If there is no such step.
        """
        self._check(index)
        steps = list(self.steps)
        steps[index] = replace(steps[index], on=bool(on))
        return replace(self, steps=tuple(steps))

    def move(self, index: int, to: int) -> Bend:
        """With a step at another place in the order.

        Raises:
            IndexError: If there is no such step or place.
        """
        self._check(index)
        self._check(to)
        steps = list(self.steps)
        steps.insert(to, steps.pop(index))
        return replace(self, steps=tuple(steps))

    def without(self, layer: str) -> Bend:
        """With a layer as it was at first."""
        return replace(self, steps=tuple(step for step in self.steps if step.layer != layer))

    def parted(self, apart: Callable[[str], bool]) -> tuple[Bend, Bend]:
        """The steps on layers that are chosen, and the others.

        Args:
            apart: Says of a layer's name whether it is.
        """
        chosen = tuple(step for step in self.steps if apart(step.layer))
        return Bend(chosen), Bend(tuple(step for step in self.steps if not apart(step.layer)))

    def towards(self, weights: Mapping[str, FloatArray], share: float, source: str) -> Bend:
        """With whole layers on their way to others, in place of what was on its way to the same source.

        Args:
            weights: By layer.
            share: From 0, as they are, to 1.
            source: What the weights are of.
        """
        kept = [s for s in self.steps if not (isinstance(s.edit, Towards) and s.edit.source == source)]
        coming = [Step(layer, Towards.of(own, share, source)) for layer, own in weights.items()]
        return replace(self, steps=(*kept, *coming))

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self.steps):
            raise IndexError(f"there are edits 0 to {len(self.steps) - 1}, got {index}")

    # --- its effect

    def apply(self, original: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """The changed layers by name; layers that no step touches are left out.

        Args:
            original: Every layer of the model by name; not changed.

        Raises:
            ValueError: If a step names a layer that there is not.
        """
        bent: dict[str, FloatArray] = {}
        for layer, edits in self.edits(original).items():
            weights = original[layer]
            for edit in edits:
                weights = edit.applied(weights)
            bent[layer] = weights
        return bent

    def edits(self, original: Mapping[str, FloatArray]) -> dict[str, tuple[Edit, ...]]:
        """What is done to each layer, in order; layers that no step touches are left out.

        Args:
            original: Every layer of the model by name.

        Raises:
            ValueError: If a step names a layer that there is not.
        """
        found: dict[str, list[Edit]] = {}
        for step in self.steps:
            if step.layer not in original:
                raise ValueError(
                    f"there is no layer {step.layer!r} in this model; it has {', '.join(list(original)[:6])}"
                    f"{' …' if len(original) > 6 else ''}"
                )
            if step.on:
                found.setdefault(step.layer, []).append(step.edit)
        return {layer: tuple(edits) for layer, edits in found.items()}

    # --- as plain data

    def pack(self) -> tuple[dict[str, Any], dict[str, FloatArray]]:
        """All of it: what JSON takes, and arrays by the names that stand there.

        A name is the array's own hash, so that several bends may be kept side by side.
        """
        steps, arrays = [], {}
        for step in self.steps:
            edit = step.edit.to_json()
            if isinstance(step.edit, Towards):
                name = f"{ARRAYS}{hashlib.sha256(step.edit.weights).hexdigest()}"
                edit["weights"], arrays[name] = {"array": name}, step.edit.values
            steps.append({"layer": step.layer, "on": step.on, "edit": edit})
        return {"format": FORMAT, "version": VERSION, "steps": steps}, arrays

    @classmethod
    def unpack(cls, content: Any, arrays: Mapping[str, FloatArray] = _NO_ARRAYS) -> Bend:
        """What ``pack`` gave, or earlier programs wrote, with the weights in base64.

        Raises:
            ValueError: If it is no bend, or a newer one, or one of its edits cannot be read.
        """
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError("this is no bend of this program")
        if content.get("version") != VERSION:
            raise ValueError(f"this bend is of version {content.get('version')}, this program reads {VERSION}")
        steps = content.get("steps")
        if not isinstance(steps, list) or len(steps) > MOST_STEPS:
            raise ValueError(f"a bend has a list of at most {MOST_STEPS} steps")
        read = []
        for entry in steps:
            if not isinstance(entry, dict) or not isinstance(entry.get("layer"), str):
                raise ValueError(f"a bend's step names a layer and an edit, got {str(entry)[:80]}")
            edit = _with_arrays(entry.get("edit"), arrays)
            read.append(Step(entry["layer"], edit_from_json(edit), entry.get("on", True) is True))
        return cls(tuple(read))


def _with_arrays(edit: Any, arrays: Mapping[str, FloatArray]) -> Any:
    """An edit's content with the weights that it names."""
    named = edit.get("weights") if isinstance(edit, dict) else None
    if not isinstance(named, dict):
        return edit
    weights = arrays.get(str(named.get("array")))
    if weights is None or weights.dtype != np.float32:
        raise ValueError(f"a bend's edit names weights {str(named.get('array'))[:80]!r} that are not in the file")
    return {**edit, "weights": np.ascontiguousarray(weights, dtype="<f4").tobytes()}


def model_hash(layers: Mapping[str, FloatArray]) -> str:
    """SHA-256 of all layers' names, shapes and weights: which model a bend was made for."""
    digest = hashlib.sha256()
    for name in sorted(layers):
        digest.update(f"{name}{layers[name].shape}".encode())
        digest.update(np.ascontiguousarray(layers[name], dtype=np.float32).tobytes())
    return digest.hexdigest()
