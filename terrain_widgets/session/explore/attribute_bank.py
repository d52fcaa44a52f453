"""Attributes: directions that a user names by examples, or that are measured; each with an absolute slider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.exploration.attributes import AMOUNT, Attribute, measured, of_examples
from terrain_widgets.core.exploration.measures import MEASURES, measure
from terrain_widgets.core.exploration.steering import steered
from terrain_widgets.session.document import exploration_commands
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.jobs.cpu_budget import leave_a_processor_free
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.sounds.latent_store import LatentStore

FloatArray = NDArray[np.float32]


class AttributeBank(traitlets.HasTraits):
    """The document's attributes, and how much of each is added to whatever plays.

    An amount is absolute: the sum of all, ``Σ amount·d``, is part of ``latents.offset``, so that both engines, takes
    and pieces play it. What else is in the offset stays.

    Args:
        sounds: Gives examples and what is measured, and holds the document.
        jobs: Measuring is a job, of the kind ``"measure"``.
    """

    now = traitlets.Dict(help="Attribute by name; replaced whole.")
    amounts = traitlets.Dict(help="Amount by name, of those that are not 0; replaced whole.")

    def __init__(self, sounds: LatentStore, jobs: Jobs) -> None:
        super().__init__()
        self._sounds, self._document, self._jobs = sounds, sounds.document, jobs
        self._document.observe(self._follow, names=["state", "patch"])

    def __repr__(self) -> str:
        return f"AttributeBank({', '.join(map(repr, self.now.values())) or 'none'})"

    def define(self, name: str, more: Sequence[str | ArrayLike], less: Sequence[str | ArrayLike]) -> Attribute:
        """Name a direction by examples: ``normalise(mean(+) − mean(−))``.

        Args:
            name: What there is more of along it; a word without a dot.
            more: Examples that have more of it: ids of encoded sounds, or latents ``[D]`` or ``[T, D]``.
            less: Examples that have less.

        Raises:
            ValueError: If there is no name, a sound is not encoded, a side has no example, or both are alike.
        """
        made = of_examples(_checked_name(name), self._examples(more), self._examples(less))
        self._add([made])
        return made

    def measure(self, wait: bool = False) -> Job:
        """Find, in the background, the directions along which what is decoded gets louder, brighter, noisier and so on.

        Each is a regression on the decoded frames of all encoded sounds; its R² is of sounds that were left out. Then
        some of these are moved along it and decoded: ``steers`` says how many have more of it. One that does not steer
        is kept for what it says, but nothing can be modulated along it.

        Args:
            wait: Return only when it is done, and raise what went wrong.

        Raises:
            RuntimeError: If another job runs.
        """
        return self._jobs.start("measure", self._measure, wait)

    def _measure(self, job: Job) -> None:
        leave_a_processor_free()
        codec, clips = self._sounds.codec, self._sounds.encoded
        if not clips:
            raise ValueError("no sound is encoded yet: call session.encode() first")
        latents, group = [], []
        rows: dict[str, list[Any]] = {name: [] for name in MEASURES}
        for number, clip in enumerate(clips):
            if job.cancelled:
                return
            job.progress(0.5 * number / len(clips), f"measuring “{clip.name}”")
            values = self._sounds.latents_of(clip.id).values
            for name, row in _measures(codec, values).items():
                rows[name].append(row)
            latents.append(values)
            group.append(np.full(len(values), number))
        table, of, seed = np.concatenate(latents), np.concatenate(group), self._document.seed
        made = []
        for number, (name, parts) in enumerate(rows.items()):
            if job.cancelled:
                return
            job.progress(0.5 + 0.1 * number, f"trying whether what is decoded follows its {name}")
            values = np.concatenate(parts)
            attribute = measured(name, table, values, of, seed)
            if attribute is not None:
                steers = steered(name, table, values, of, partial(_heard, codec, name), seed)
                made.append(replace(attribute, steers=steers))
        if self._sounds.codec is codec and made:
            self._add(made)
        said = ", ".join(f"{a.name} {a.r2:.2f}" for a in made if a.r2 is not None)
        idle = ", ".join(a.name for a in made if not a.works)
        more = f"; not to be steered with this codec: {idle}" if idle else ""
        job.progress(1.0, f"R² on sounds left out: {said or 'nothing to measure'}{more}")

    def set(self, name: str, amount: float) -> None:
        """Add so much of an attribute to whatever plays; absolute, 0 takes it away again.

        Raises:
            KeyError: If there is no such attribute.
            ValueError: If the amount is not −10…10, or the sum is out of the offset's range.
        """
        with self._document.lock:
            self._named(name)
            self._change(self._document.state, {name: float(AMOUNT.check(amount))}, f"attribute {name}")

    def remove(self, name: str) -> None:
        """Take an attribute away, with what it adds.

        Raises:
            KeyError: If there is no such attribute.
        """
        with self._document.lock:
            self._change(exploration_commands.remove_attribute(self._document.state, name), {})

    def read(self, latents: ArrayLike) -> dict[str, float]:
        """How much of each attribute some latents ``[D]`` have: ``z·d``."""
        return {name: float(attribute.read(latents)) for name, attribute in self.now.items()}

    def _change(self, state: SessionState, amounts: Mapping[str, float], gesture: str = "") -> None:
        """Another state, and other amounts; the offset loses what the old ones added and gains what the new ones do."""
        document, info = self._document, self._sounds.codec.info
        before, after = document.state.explored.attributes, state.explored.attributes
        offset = np.broadcast_to(np.asarray(document.patch["latents.offset"], np.float64), info.latent_dim).copy()
        changes: dict[str, Any] = {}
        old = {name: float(document.patch[f"attributes.{name}.amount"]) for name in self._set_names}
        new = {name: amount for name, amount in {**old, **amounts}.items() if name in after}
        for sign, each, directions in ((-1.0, old, before), (1.0, new, after)):
            for name, amount in each.items():
                offset += sign * amount * directions[name].direction
        changes |= {f"attributes.{name}": None for name in old if not new.get(name)}
        changes |= {f"attributes.{name}.amount": amount for name, amount in new.items() if amount}
        plain = np.abs(offset).max() < 1e-6
        changes["latents.offset"] = None if plain else tuple(offset.tolist())
        document.set_within(gesture, state, changes)

    def _add(self, attributes: Sequence[Attribute]) -> None:
        with self._document.lock:
            self._change(exploration_commands.add_attributes(self._document.state, attributes), {})

    @property
    def _set_names(self) -> tuple[str, ...]:
        known = self._document.state.explored.attributes
        return tuple(name for name in self._document.patch.members("attributes") if name in known)

    def _examples(self, given: Sequence[str | ArrayLike]) -> FloatArray:
        dim = self._sounds.codec.info.latent_dim
        rows = [self._sounds.latents_of(e).values if isinstance(e, str) else np.asarray(e, np.float32) for e in given]
        means = [np.atleast_2d(row).mean(axis=0) for row in rows]
        return np.stack(means) if means else np.empty((0, dim), np.float32)

    def _named(self, name: str) -> Attribute:
        attributes = self._document.state.explored.attributes
        if name not in attributes:
            raise KeyError(f"there is no attribute {name!r}; there are: {', '.join(attributes) or 'none'}")
        return attributes[name]

    def _follow(self, _change: object) -> None:
        document = self._document
        self.now = dict(document.state.explored.attributes)
        names = document.patch.members("attributes")
        self.amounts = {name: document.patch[f"attributes.{name}.amount"] for name in names}


def _measures(codec: Codec, latents: FloatArray) -> dict[str, NDArray[np.float64]]:
    """All measures of each frame of what latents ``[T, D]`` are decoded to."""
    info, audio = codec.info, np.asarray(codec.decode(latents), dtype=np.float32)
    return measure(audio[:, info.delay :], info.sample_rate, info.ratio, len(latents))


def _heard(codec: Codec, name: str, latents: FloatArray) -> NDArray[np.float64]:
    return _measures(codec, latents)[name]


def _checked_name(name: str) -> str:
    words = " ".join(str(name).split())
    if not words or "." in words or len(words) > 60:
        raise ValueError(f"an attribute's name is a short text without a dot, got {name!r}")
    return words
