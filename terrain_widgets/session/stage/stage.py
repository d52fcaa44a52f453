"""The stage: all that is set of what plays, and what plays it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.control_map import ControlMap
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.audio.takes.automation import Automation
from terrain_widgets.audio.takes.render import NOTHING_CHANGES
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Setup
from terrain_widgets.interop.latent_playground.mapping import is_mapping, read_mapping
from terrain_widgets.session.document.patch_commands import without_codec
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.jobs.jobs import Jobs
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.ahead.territory import TerritoryAhead
from terrain_widgets.session.stage.backing import Backing
from terrain_widgets.session.stage.bending.bending import Bending
from terrain_widgets.session.stage.hand import Hand
from terrain_widgets.session.stage.listening.listening import Listening
from terrain_widgets.session.stage.live_patch import LivePatch
from terrain_widgets.session.stage.map_source import MapSource
from terrain_widgets.session.stage.modulation.control_map import ControlMapping
from terrain_widgets.session.stage.modulation.functions import Functions
from terrain_widgets.session.stage.modulation.modulators import Modulators
from terrain_widgets.session.stage.modulation.movers import Movers
from terrain_widgets.session.stage.pads import Pads
from terrain_widgets.session.stage.playheads import Playheads
from terrain_widgets.session.stage.presets import Presets
from terrain_widgets.session.stage.rendering import Rendering, taken
from terrain_widgets.session.stage.slider_bank import SliderBank
from terrain_widgets.session.stage.source_selector import SourceSelector
from terrain_widgets.session.stage.steering import PointSteering
from terrain_widgets.session.stage.stylus import Stylus
from terrain_widgets.session.stage.tracer import Tracer
from terrain_widgets.session.unloading import unload

_SHAPING = ("latents.scale", "latents.offset", "latents.slew", "latents.limits", "latents.low", "latents.high")


class Stage:
    """What plays. Everything a transport button does is a method here or of one of its parts.

    Args:
        sounds: Codec and latents, and the document that holds the patch.
        jobs: For what takes long.

    Attributes:
        sound: The engine.
        sources: Which mapping plays.
        hand: What plays by gestures.
        playheads: What moves along paths.
        clip: The sound underneath.
        listening: What the kernel's engine hears, in place of that sound.
        points: Labelled points and the map between them.
        pads: Glides to points.
        map: The map of sounds.
        sliders: Latents set by hand.
        stylus: What a pen's pressure does.
        bending: Edits of the decoder's weights.
        tracer: Pairs of what the hand does and what sounds.
        modulators: What moves latents by itself.
        movers: What moves any other number by itself.
        control_map: From a place to how all modulators are set.
        presets: All that is set, under names.
        territory: Which sound every place is like.
        rendering: Sound files without a loudspeaker.
    """

    def __init__(self, sounds: LatentStore, jobs: Jobs) -> None:
        self._sounds, self._jobs = sounds, jobs
        self.sources = SourceSelector(sounds.document)
        self._live = live = LivePatch(sounds, self.sources)
        self.sound = live.sound
        self.stylus = Stylus(sounds.document)
        self.hand = Hand(self.sound, self.sources, self.stylus)
        self.playheads, self.clip = Playheads(live), Backing(live)
        self.listening = Listening(live, self.clip, jobs.notices)
        self.points = PointSteering(sounds, self.sound, self.sources, jobs)
        self.pads = Pads(sounds.document, self.sound)
        self.sliders = SliderBank(sounds, self.sources, self.sound)
        self.bending = Bending(live, sounds, jobs)
        self.map = MapSource(sounds.document, self.sources)
        self._functions = Functions(live, jobs.notices)
        self.modulators, self.movers = Modulators(live, self._functions), Movers(live, self._functions)
        self.control_map = ControlMapping(live, self.hand, _read_control_map)
        self.presets = Presets(live, self.play_source, self.control_map.settle)
        self.territory = TerritoryAhead(sounds, lambda: self.latents)
        self.rendering = Rendering(live, jobs.notices, self.sound.list_take)
        self.tracer = Tracer(sounds, self.sound, self.sliders, jobs.notices)

    def __repr__(self) -> str:
        clip = f", over {self.clip.sound}" if self.clip.sound else ""
        return f"Stage({self.sources.source}, {len(self.playheads.now)} playheads{clip})"

    @property
    def patch(self) -> Patch:
        """All values that are set, by address: ``stage.patch["latents.scale"]``."""
        return self._live.patch

    @property
    def setup(self) -> Setup:
        """All that an engine should be set to now: the patch with the mapping, paths and sounds that it names."""
        return self._live.wanted()

    def set(self, changes: Changes, gesture: str = "", *, state: SessionState | None = None) -> None:
        """Change values by address, as one step of undo: ``stage.set({"latents.scale": 0.8})``.

        Args:
            changes: Values by address; ``None`` sets back to the default, and takes a playhead away.
            gesture: Changes in a row under one name are one step of undo.
            state: What was made, where that changes in the same step.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value is out of its range or does not fit the codec; nothing is changed.
        """
        self._live.set(changes, gesture, state=state)

    def take_over(self, kept: Mapping[str, Any], passing: Sequence[str] = ()) -> bool:
        """Set what a page has kept of an earlier kernel's patch, as far as this session has what that names.

        It is one step of undo. A recall that glided is over.

        Args:
            kept: Values by address, as ``Patch.to_json`` gives them.
            passing: Addresses whose values only played for now, as a function's do: they stay as they are here.

        Returns:
            Whether anything was set otherwise.

        Raises:
            ValueError: If it is no patch, or does not fit the codec; nothing is changed.
        """
        patch, _ = Patch.from_json(kept)
        there = self._live.assets.wanted(patch, self._live.state).patch  # a path that was lost with that kernel is none
        changes = self.setup.patch.changes_to(there)
        changes = {
            address: value
            for address, value in changes.items()
            if not address.startswith("glide.") and address not in passing
        }
        if changes:
            self.set(changes)
        return bool(changes)

    # --- latents

    def shape(
        self,
        *,
        scale: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        slew: float | None = None,
        limits: Literal["data"] | tuple[ArrayLike, ArrayLike] | None = None,
    ) -> None:
        """Shape latents before they are decoded: ``clip(z * scale + offset, limits)``, then limit how fast they move.

        What is left out stays as it is; ``latents`` tells how all of it is set.

        Args:
            scale: One number, or one per latent.
            offset: One number, or one per latent.
            slew: Largest change in units per second; infinity for no limit.
            limits: ``(low, high)``, one number or one per latent each; ``"data"`` for those of the training data.

        Raises:
            ValueError: If shapes disagree or a range is upside down; nothing is changed.
        """
        changes: dict[str, Any] = {}
        for word, value in (("scale", scale), ("offset", offset), ("slew", slew)):
            if value is not None:
                changes[f"latents.{word}"] = _plain(value)
        if isinstance(limits, str):
            changes["latents.limits"] = limits
        elif limits is not None:
            low, high = limits
            changes |= {"latents.limits": "own", "latents.low": _plain(low), "latents.high": _plain(high)}
        self.set(changes, "shape")

    def reset_shape(self) -> None:
        """Decode latents as the mapping gives them, kept within the training data's range."""
        self.set({address: None for address in _SHAPING})

    @property
    def latents(self) -> LatentSettings:
        """How latents are shaped, one number per latent; loads the codec if need be."""
        return self._live.shaping

    # --- sound

    def panic(self) -> None:
        """Silence, now; playheads pause and the backing clip waits for the hand."""
        self._live.sound.panic()
        self.pause()

    def silenced(self) -> None:
        """Panic was pressed where the sound is, and it is silent by now: as ``panic``, for what is known of it here."""
        self._live.sound.silenced()
        self.pause()

    def pause(self) -> None:
        """All playheads pause, and the backing clip waits for the hand; what the hand plays goes on."""
        patch = self.patch
        paused: dict[str, Any] = {f"playheads.{name}.playing": False for name in patch.members("playheads")}
        if patch["clip.sound"]:
            paused["clip.running"] = False
        self._live.document.set(paused)

    def render(
        self, seconds: float, *, gain: float = 1.0, automation: Automation = NOTHING_CHANGES
    ) -> NDArray[np.float32]:
        """What plays by itself, from the beginning of each part, without a loudspeaker.

        Args:
            seconds: How long, rounded up to a latent frame.
            gain: Linear gain before the limiter.
            automation: What changes meanwhile.

        Returns:
            Audio ``[A, S]`` at the codec's rate, at most -1 dBFS.

        Raises:
            ValueError: If the time is not above 0, or a change does not fit the codec.
        """
        return self.rendering.samples(self.rendering.order(seconds, gain, automation))

    def replay(self, take: Take | str | os.PathLike[str], automation: Automation | None = None) -> NDArray[np.float32]:
        """A recorded performance again, from its gestures: the samples of its WAV file, ``[A, S]``.

        Args:
            take: A take, or the path of any of its files.
            automation: Changes of values in place of those that were recorded.

        Raises:
            TakeError: If the files cannot be read.
            ValueError: If it was played with another codec, or a change does not fit that.
        """
        return self.rendering.samples(taken(take, automation))

    def automation(self, take: Take | str | os.PathLike[str]) -> Automation:
        """What was changed while a performance was recorded, to be saved as JSON lines or changed.

        Args:
            take: As for ``replay``.

        Raises:
            TakeError: If the files cannot be read.
        """
        return Automation.of(take if isinstance(take, Take) else read_take(take))

    # --- a change of codec, and the end

    def forget_codec(self) -> None:
        """Another codec: what is shaped like the old one's latents goes."""
        self.sound.stop()  # it has the old codec
        self._live.assets.forget_codec()
        self._live.document.rewrite(without_codec)
        self.territory.forget()
        self.points.forget_codec()
        self.sliders.forget_codec()
        self.control_map.forget_codec()

    def play_source(self) -> None:
        """Have ready what the patch says that plays, after a patch has come from a file."""
        if self.patch["source"] == "points" and self._live.state.points.attached:
            self.points.train()
        elif self.patch["source"] == "sliders":
            self.sliders.offer()

    def unload(self) -> int:
        """End the engine and free the codec until they are needed again; returns how many bytes of memory that freed.

        Raises:
            RuntimeError: If a job runs.
        """
        if self._jobs.busy:
            raise RuntimeError("something is being made with the codec: wait for it, or cancel it")
        self.territory.cancel()
        return unload(self.sound, self._sounds, self._live.assets)

    def close(self) -> None:
        """Stop all that runs."""
        self.territory.cancel()
        for running in (self.points, self.tracer, self._functions, self.rendering, self.sound):
            running.close()


def _read_control_map(name: str, data: bytes) -> ControlMap:
    if is_mapping(data):
        return read_mapping(name, data)
    return ControlMap.from_json(json.loads(data))


def _plain(value: ArrayLike) -> Any:
    array = np.asarray(value)
    return array.item() if array.ndim == 0 else tuple(array.tolist())
