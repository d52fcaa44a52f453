"""Bending in a session: the model's weights, what has been done to them, and how far it goes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec, weights_of
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import WAY, EditSettings, edit_from_json
from terrain_widgets.core.bending.encoder_layers import is_encoder
from terrain_widgets.core.bending.large_layers import blended
from terrain_widgets.core.bending.terrain_layers import is_terrain
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.sounds.encode_job import encode_bent
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.bending.bend_files import BendFileError, BendReader, bend_to_bytes, beside
from terrain_widgets.session.stage.bending.comparison import Comparison
from terrain_widgets.session.stage.bending.seen_layers import SeenLayers
from terrain_widgets.session.stage.live_patch import LivePatch

LARGEST_FILE = 200 * 10**6

FloatArray = NDArray[np.float32]


class Bending(SeenLayers):
    """Changes the weights of the model that plays, as edits that can be taken back; every change is a step of undo.

    Args:
        live: The patch and what was made, and the engine that follows both.
        sounds: Take the latents of sounds that are encoded again.
        jobs: Encoding is one.

    Attributes:
        compare: The model's own sound beside the bent one, equally loud.
    """

    def __init__(self, live: LivePatch, sounds: LatentStore, jobs: Jobs) -> None:
        super().__init__(live)
        self._sounds, self._jobs = sounds, jobs
        self._other: tuple[str, Mapping[str, FloatArray]] = ("", {})  # the newest other model
        self._reader = BendReader()
        self.compare = Comparison(live)

    def __repr__(self) -> str:
        return f"Bending({self.bend!r}, {self.amount:.0%})"

    # --- what is heard of it

    @property
    def live(self) -> bool:
        """Whether an edit is heard as soon as it is made; else only after ``send``."""
        return self._live.state.sent_bend is None

    def set_live(self, on: bool) -> None:
        """Hear edits as they are made, or only those that were sent; what waits is heard when it goes on."""
        state = self._live.state
        if on != self.live:
            self._live.set({}, state=replace(state, sent_bend=None if on else state.bend))

    @property
    def waiting(self) -> bool:
        """Whether there are edits that are not heard yet."""
        return self._live.state.bend != self._live.state.heard_bend

    def send(self) -> None:
        """Hear all edits as they are now (Latent-Playground's *Set*)."""
        if self.waiting:
            self._live.set({}, state=self._live.state.bent_by(self.bend))

    def discard(self) -> None:
        """Take back the edits that are not heard yet (its *Revert*)."""
        if self.waiting:
            self._live.set({}, state=self._live.state.bent_by(self._live.state.heard_bend))

    def encode(self, wait: bool = False, clip_ids: Iterable[str] | None = None) -> Job:
        """Encode sounds again in the background, with the encoder as it is bent now; after ``clear``, as at first.

        Their paths stay, and so does a terrain that was trained on what they were before. Live sound needs no such
        call: it is always heard through the bent encoder.

        Args:
            wait: Return only when it is done, and raise what went wrong.
            clip_ids: Which; all that are encoded if left out.

        Returns:
            The running job: ``.cancel()``, ``.wait()``, ``.status``.

        Raises:
            KeyError: If there is no such sound.
            ValueError: If the codec's encoder cannot be bent.
            RuntimeError: If another job runs.
        """
        codec, state = self._live.codec, self._live.state
        if not codec.info.capabilities.bends_encoder:
            raise ValueError(f"the encoder of {codec.info.name!r} cannot be bent")
        own, amount = self._bendable, self.amount
        bent = {name: w for name, w in self._live.assets.bent(state.heard_bend).items() if is_encoder(name)}
        weights = {name: blended(own[name], w, amount) for name, w in bent.items()} if amount > 0.0 else {}
        chosen = self._sounds.encoded if clip_ids is None else tuple(map(state.clip, clip_ids))
        return self._jobs.start("encode", lambda job: encode_bent(self._sounds, job, codec, chosen, weights), wait)

    # --- what can be done

    def add(self, layer: str, edit: Edit | str, **settings: Unpack[EditSettings]) -> None:
        """Do one more thing to a layer; it is heard at once: ``bending.add("net.9.weight", "scale", factor=0.5)``.

        Args:
            layer: One of ``layers``, or of ``outputs``.
            edit: What to do: an edit of ``core.bending.edits``, or its kind: ``"flip"``, ``"scale"``,
                ``"distribution"``, ``"curve"``, ``"noise"``, ``"zero smallest"``, ``"permute channels"``;
                for an output ``"output"``.
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
        """Take back all that was done to a layer (Latent-Playground's *Recall*)."""
        self._set(self.bend.without(layer))

    def clear(self) -> None:
        """Take back everything: the codec's own weights, bit by bit (its *Reload*)."""
        self._set(Bend())

    def set_amount(self, amount: float) -> None:
        """Go only so far: 0 is the codec's own sound, 1 is all of the bend.

        Raises:
            ValueError: If it is not 0 to 1.
        """
        self._live.set({"bend.amount": amount}, "bend.amount")

    # --- other models

    def towards(self, model: Codec | str | os.PathLike[str], share: float) -> tuple[str, ...]:
        """Go towards another model: layers of the same name and shape, in a straight line, the others as they are.

        Again with the same model, the share is another one.

        Args:
            model: A codec, or what ``load_codec`` takes: a name or a path.
            share: 0 is this model, 1 is the other one where it fits.

        Returns:
            Names of the layers that fit.

        Raises:
            ValueError: If no layer fits, or the share is not from 0 to 1; nothing is changed.
            CodecError: If there is no such model; nothing is changed.
        """
        source = str(model) if isinstance(model, str | os.PathLike) else model.info.name
        if isinstance(model, str | os.PathLike):
            if self._other[0] != source:
                self._other = source, weights_of(load_codec(model))
            others = self._other[1]
        else:
            others = weights_of(model)
        own = self.layers
        fitting = {name: w for name, w in others.items() if name in own and own[name].shape == w.shape}
        if not fitting:
            raise ValueError(f"no layer of {source!r} has the name and the shape of one of this model's")
        self._set(self.bend.towards(fitting, WAY.check(share), source), f"towards {source}")
        return tuple(fitting)

    # --- files

    def to_bytes(self) -> bytes:
        """The edits as a safetensors file, with a hash of the weights that they were made for."""
        return bend_to_bytes(self.bend, self.layers, self._live.codec.info.name)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the edits as a safetensors file, with a hash of the weights that they were made for."""
        with replacing(path) as temporary:
            temporary.write_bytes(self.to_bytes())

    def load(self, path: str | os.PathLike[str]) -> str:
        """Take the edits of a file in place of those here; undo brings those back.

        Of Latent-Playground's two files (``a.wav`` and ``a.json``) either is named, and the other lies beside it. Their
        weights become edits after those that there are.

        Returns:
            What was taken, in a sentence.

        Raises:
            BendFileError: If it is no such file, or was made for other weights; nothing is changed.
        """
        given = Path(path)
        with reading(BendFileError, f"{given.name} is no bend, or it is damaged"):
            data = content_of_file(given, LARGEST_FILE)
            other = beside(given, data)
            if other is not None:
                self._reader = BendReader()  # a half that waits may be an older one of the same name
                self.take_file(other.name, content_of_file(other, LARGEST_FILE))
        return self.take_file(given.name, data)

    def take_file(self, name: str, data: bytes) -> str:
        """Take a file's content, as ``load`` does; of Latent-Playground's pair the first waits for the second.

        Returns:
            What was taken, in a sentence.

        Raises:
            BendFileError: As ``load``.
        """
        bend, said = self._reader.read(name, data, self.bend, self._bendable, self._live.codec.info.name)
        if bend is not self.bend:
            self._set(bend, waits=True)
        return said

    def _set(self, bend: Bend, gesture: str = "", waits: bool = False) -> None:
        known = {(step.layer, step.edit) for step in self.bend.steps}
        fresh = [step for step in bend.steps if is_terrain(step.layer) and (step.layer, step.edit) not in known]
        if not waits:  # of a terrain that has gone, or is still to come, edits are kept, but none is added
            Bend(tuple(fresh)).apply(self._bendable)
        self._live.assets.check(bend)
        self._live.set({}, gesture, state=replace(self._live.state, bend=bend))
