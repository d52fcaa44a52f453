"""Presets of a performance: all that is set of how it plays, kept under names, recalled at once or by a glide."""

from __future__ import annotations

import base64
import datetime
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import traitlets

from terrain_widgets.audio.between import morphed
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.preset import Preset, lasting
from terrain_widgets.audio.preset_file import presets_from_json, presets_to_json
from terrain_widgets.core.parameter import Value
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading
from terrain_widgets.session.document import preset_commands
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.stage.live_patch import LivePatch

_LARGEST_FILE = 256 * 2**20  # presets of a bent model may have its weights in them
_MADE_READY = ("points", "sliders")  # sources that have something to play as soon as they are chosen


class PresetFileError(ValueError):
    """A file cannot be read as presets; the message says why."""


class Presets(traitlets.HasTraits):
    """Presets of the document; every change of them, and every recall that changes numbers, is a step of undo.

    A preset holds the whole patch (which source plays, how latents are shaped and moved, playheads, the clip, tempo),
    the codec's name, the edits of its model, and, where there are any, the labelled points, the control map and the
    paths that playheads follow and no sound lies on. Sounds, their paths and the terrain are not part of it.

    Args:
        live: The patch in use.
        prepare: Has ready what the patch says that plays.
        settle: Has the patch say all that moves by hand.
    """

    now = traitlets.Dict(help="Preset by name; replaced whole.")
    recalled = traitlets.Unicode("", help="Name of the preset that was recalled last, or nothing.")

    def __init__(self, live: LivePatch, prepare: Callable[[], None], settle: Callable[[], None]) -> None:
        super().__init__()
        self._live, self._prepare, self._settle = live, prepare, settle
        live.document.observe(self._follow, names="state")

    def __repr__(self) -> str:
        return f"Presets({', '.join(self.now) or 'none'})"

    def keep(self, name: str = "", tags: Iterable[str] = ()) -> Preset:
        """Keep how all stands now; a preset of that name is replaced.

        Args:
            name: Up to 80 characters; left out, the next free number.
            tags: Words to find it by.

        Raises:
            ValueError: If the name is too long.
        """
        self._settle()
        state = self._live.state
        taken = state.presets
        name = name.strip() or next(str(k) for k in range(1, len(taken) + 2) if str(k) not in taken)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        made = Preset(
            name,
            self._live.patch,
            tuple(tags),
            now,
            self._live.codec.info.name,
            state.points if len(state.points) else None,
            state.control_map if state.control_map.points else None,
            state.free_paths,
            state.heard_bend,
        )
        self._live.document.apply(preset_commands.keep, [made])
        self.recalled = made.name
        return made

    def recall(self, name: str, seconds: float = 0.0, *, bars: float | None = None) -> None:
        """Set all as a preset has it.

        Numbers glide there, frame by frame, where a time is given and something sounds; what has nothing between (a
        choice, a whole number, a latent's limits, the bend's amount) changes at once. What is set by hand meanwhile
        glides no more.

        Args:
            name: Which.
            seconds: How long it takes, 0 to 600.
            bars: How long it takes in bars of the preset's tempo, in place of ``seconds``.

        Raises:
            KeyError: If there is no such preset.
            ValueError: If it is of another codec, or the time is out of range; nothing is changed.
        """
        preset = self._fitting(name)
        if bars is not None:
            seconds = bars * preset.patch["clock.beats"] * 60.0 / preset.patch["clock.tempo"]
        self._go(preset, preset.patch, seconds, "")
        self.recalled = name

    def morph(self, one: str, other: str, share: float) -> None:
        """Set all between two presets: numbers in proportion, all else as in the nearer one.

        Args:
            one: At 0.
            other: At 1.
            share: From 0 to 1.

        Raises:
            KeyError: If there is no such preset.
            ValueError: If one is of another codec, or the share is not from 0 to 1; nothing is changed.
        """
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"a morph goes from 0 to 1, got {share!r}")
        ends = self._fitting(one), self._fitting(other)
        between = morphed(ends[0].patch, ends[1].patch, float(share))
        self._go(ends[0] if share < 0.5 else ends[1], between, 0.0, f"morph {one} {other}")
        self.recalled = one if share == 0.0 else other if share == 1.0 else ""

    def rename(self, name: str, new: str) -> None:
        """Call a preset something else.

        Raises:
            KeyError: If there is no such preset.
            ValueError: If the new name is empty, too long, or another's.
        """
        self._live.document.apply(preset_commands.rename, name, new)

    def remove(self, name: str) -> None:
        """Take a preset away; undo brings it back.

        Raises:
            KeyError: If there is no such preset.
        """
        self._live.document.apply(preset_commands.remove, name)

    def search(self, words: str) -> tuple[Preset, ...]:
        """The presets in whose name or tags all words are."""
        return tuple(preset for preset in self._live.state.presets.values() if preset.says(words))

    # --- files

    def to_bytes(self) -> bytes:
        """All presets as JSON; weights that a bend goes towards are in it in base64."""
        content, arrays = presets_to_json(self._live.state.presets)
        weights = {name: base64.b64encode(array.astype("<f4").tobytes()).decode() for name, array in arrays.items()}
        whole = {**content, "weights": weights} if weights else content
        return json.dumps(whole, indent=1, ensure_ascii=False).encode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all presets as JSON."""
        with replacing(path) as temporary:
            temporary.write_bytes(self.to_bytes())

    def load(self, path: str | os.PathLike[str]) -> int:
        """Add the presets of a file, and say how many; those of the same names are replaced.

        Raises:
            PresetFileError: If it is no such file; nothing is changed.
        """
        name = Path(path).name
        with reading(PresetFileError, f"{name} holds no presets, or it is damaged"):
            data = content_of_file(Path(path), _LARGEST_FILE)
        return self.take(name, data)

    def take(self, name: str, data: bytes) -> int:
        """Add the presets of a file's content, as ``load`` does.

        Raises:
            PresetFileError: If it is not a file of presets, or something in it is unknown, out of its range, or does
                not fit the codec that it was made for; nothing is changed.
        """
        with reading(PresetFileError, f"{name} holds no presets, or it is damaged"):
            content = json.loads(data)
            weights = content.get("weights", {}) if isinstance(content, dict) else {}
            numbers = {str(n): np.frombuffer(base64.b64decode(w, validate=True), "<f4") for n, w in weights.items()}
            found, left_out = presets_from_json(content, numbers)
            if left_out:
                raise ValueError(left_out[0])
            for preset in found.values():
                if preset.codec == self._live.codec.info.name:
                    self._live.check(preset.patch, self._state_of(preset))
            self._live.document.apply(preset_commands.keep, found.values())
        return len(found)

    # ---

    def _fitting(self, name: str) -> Preset:
        preset = preset_commands.named(self._live.state, name)
        codec = self._live.codec.info.name
        if preset.codec not in ("", codec):
            raise ValueError(f"the preset {name!r} is of the codec {preset.codec!r}, and this session plays {codec!r}")
        return preset

    def _state_of(self, preset: Preset) -> SessionState:
        """What was made, with what of it a preset holds."""
        state = self._live.state
        kept = preset.bend is None or preset.bend == state.bend == state.heard_bend
        return replace(
            state if kept or preset.bend is None else state.bent_by(preset.bend),
            points=state.points if preset.points is None else preset.points,
            control_map=state.control_map if preset.control_map is None else preset.control_map,
            free_paths=MappingProxyType({**state.free_paths, **preset.free_paths}),
        )

    def _go(self, preset: Preset, wanted: Patch, seconds: float, gesture: str) -> None:
        patch = self._live.patch
        changes: dict[str, Value | None] = dict(lasting(patch).changes_to(wanted))
        source = wanted["source"]
        if source not in _MADE_READY and self._live.sources.latest(source) is None:
            changes.pop("source", None)  # it would fall silent: there is no such map in this session
        state, before = self._state_of(preset), self._live.state
        other_points = state.points is not before.points
        bent = state.bend is not before.bend or state.sent_bend is not before.sent_bend
        if not changes and not other_points and not bent and state.control_map is before.control_map:
            return
        if seconds > 0.0:
            changes |= {"glide.seconds": seconds, "glide.recalls": patch["glide.recalls"] + 1}
        self._live.set(changes, gesture, state=state)
        if "source" in changes or other_points:
            self._prepare()

    def _follow(self, change: dict[str, Any]) -> None:
        if change["new"].presets is not change["old"].presets:
            self.now = dict(change["new"].presets)
            if self.recalled not in self.now:
                self.recalled = ""
