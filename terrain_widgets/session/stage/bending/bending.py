"""Bending in a session: the decoder's weights, what has been done to them, and how far it goes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import weights_of
from terrain_widgets.core.bending.bend import Bend, model_hash
from terrain_widgets.core.bending.edits import Edit, EditSettings, edit_from_json
from terrain_widgets.core.bending.layer import LayerStatistics, histogram
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading
from terrain_widgets.session.stage.live_patch import LivePatch

FloatArray = NDArray[np.float32]
_LARGEST_FILE = 16 * 2**20


class BendFileError(ValueError):
    """A file cannot be read as a bend of this model; the message says why."""


class Bending:
    """Changes the weights of the decoder that plays, as edits that can be taken back; every change is a step of undo.

    Args:
        live: The patch and what was made, and the engine that follows both.
    """

    def __init__(self, live: LivePatch) -> None:
        self._live = live
        self._of: object = None
        self._own: Mapping[str, FloatArray] = {}

    def __repr__(self) -> str:
        return f"Bending({self.bend!r}, {self.amount:.0%})"

    # --- what there is

    @property
    def layers(self) -> Mapping[str, FloatArray]:
        """The codec's own weights by layer; loads the codec if need be (about a second).

        Raises:
            ValueError: If the codec has none to show.
        """
        codec = self._live.codec
        if self._of is not codec:
            self._own, self._of = weights_of(codec), codec
        return self._own

    @property
    def bend(self) -> Bend:
        """All edits, in order."""
        return self._live.state.bend

    @property
    def amount(self) -> float:
        """How far the weights go from their own (0) to the bent ones (1)."""
        amount: float = self._live.patch["bend.amount"]
        return amount

    def weights(self, layer: str) -> FloatArray:
        """A layer as it is bent, at the full amount.

        Raises:
            KeyError: If there is no such layer.
        """
        bent = self.bend.apply(self.layers)
        return bent[layer] if layer in bent else self.layers[layer]

    def statistics(self, layer: str) -> tuple[LayerStatistics, LayerStatistics]:
        """Of a layer's own weights, and of the bent ones.

        Raises:
            KeyError: If there is no such layer.
        """
        return LayerStatistics.of(self.layers[layer]), LayerStatistics.of(self.weights(layer))

    def histograms(self, layer: str, bins: int = 64) -> tuple[float, NDArray[np.int64], NDArray[np.int64]]:
        """``(limit, own, bent)``: how many weights lie in each part of ``-limit``..``limit``.

        Raises:
            KeyError: If there is no such layer.
        """
        own, bent = self.layers[layer], self.weights(layer)
        limit = max(float(np.abs(own).max()), float(np.abs(bent).max()), 1e-6)
        return limit, histogram(own, -limit, limit, bins), histogram(bent, -limit, limit, bins)

    # --- what can be done

    def add(self, layer: str, edit: Edit | str, **settings: Unpack[EditSettings]) -> None:
        """Do one more thing to a layer; it is heard at once: ``bending.add("net.9.weight", "scale", factor=0.5)``.

        Args:
            layer: One of ``layers``.
            edit: What to do: an edit of ``core.bending.edits``, or its kind: ``"flip"``, ``"scale"``,
                ``"distribution"``, ``"curve"``, ``"noise"``, ``"zero smallest"``, ``"permute channels"``.
            **settings: Of the edit, where its kind is given.

        Raises:
            ValueError: If there is no such layer or edit, or a setting is out of its range; nothing is changed.
        """
        made = edit_from_json({"kind": edit, **settings}) if isinstance(edit, str) else edit
        self._set(self.bend.add(layer, made))

    def replace_last(self, layer: str, edit: Edit, gesture: str) -> None:
        """Do it in place of the last edit if that was of the same kind on the same layer, else as one more.

        For a slider or a drawn curve, which say the same thing many times in a row.

        Raises:
            ValueError: If there is no such layer; nothing is changed.
        """
        steps = self.bend.steps
        same = bool(steps) and steps[-1].layer == layer and type(steps[-1].edit) is type(edit)
        self._set((self.bend.remove(len(steps) - 1) if same else self.bend).add(layer, edit), gesture)

    def remove(self, index: int) -> None:
        """Take an edit out of the list.

        Raises:
            IndexError: If there is no such edit.
        """
        self._set(self.bend.remove(index))

    def switch(self, index: int, on: bool) -> None:
        """Leave an edit out for a while, or have it again.

        Raises:
            IndexError: If there is no such edit.
        """
        self._set(self.bend.switch(index, on))

    def move(self, index: int, to: int) -> None:
        """Apply an edit earlier or later.

        Raises:
            IndexError: If there is no such edit or place.
        """
        self._set(self.bend.move(index, to))

    def revert(self, layer: str) -> None:
        """Take back all that was done to a layer."""
        self._set(self.bend.without(layer))

    def clear(self) -> None:
        """Take back everything: the codec's own weights, bit by bit."""
        self._set(Bend())

    def set_amount(self, amount: float) -> None:
        """Go only so far: 0 is the codec's own sound, 1 is all of the bend.

        Raises:
            ValueError: If it is not 0 to 1.
        """
        self._live.set({"bend.amount": amount}, "bend.amount")

    # --- files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the edits as JSON, with a hash of the weights that they were made for."""
        content = {**self.bend.to_json(), "model": model_hash(self.layers), "codec": self._live.codec.info.name}
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")

    def load(self, path: str | os.PathLike[str]) -> None:
        """Take the edits of a file in place of those here; undo brings those back.

        Raises:
            BendFileError: If it is no such file, or was made for other weights; nothing is changed.
        """
        name = Path(path).name
        with reading(BendFileError, f"{name} is no bend, or it is damaged"):
            content = json.loads(content_of_file(Path(path), _LARGEST_FILE))
            bend = Bend.from_json(content)
            if content.get("model") != model_hash(self.layers):
                raise BendFileError(
                    f"{name} was made for other weights (codec {str(content.get('codec'))[:80]!r}); "
                    f"this session plays {self._live.codec.info.name!r}"
                )
            bend.apply(self.layers)
        self._set(bend)

    def _set(self, bend: Bend, gesture: str = "") -> None:
        bend.apply(self.layers)  # says what is wrong with it
        self._live.set({}, gesture, state=replace(self._live.state, bend=bend))
