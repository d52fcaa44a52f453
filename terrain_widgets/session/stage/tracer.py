"""Tracing: live control positions and live latents become a pair of trajectories (nn.terrain.record)."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.render_loop.tracing import Traced
from terrain_widgets.core.parameter import Number
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.interop.nn_terrain.dataset import load_dataset, save_dataset
from terrain_widgets.interop.nn_terrain.indexed_dataset import IndexedDataset
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document import commands
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.notices.events import TraceEnded
from terrain_widgets.session.notices.notices import Notices
from terrain_widgets.session.sound import Sound as SessionSound
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.current_latent import heard_now
from terrain_widgets.session.stage.slider_bank import SliderBank

_LAST_PART_SECONDS = 2.0  # an engine tells it in a block's time
LIMIT = Number(
    "limit", 2048, 1, 16384, unit="frames", integer=True, description="Where a tracing ends by itself (record_limit)."
)


@dataclass(frozen=True, eq=False)
class Trace:
    """What was traced: at each frame a place and the latents that belong to it.

    Args:
        name: ``"trace 1"`` and so on.
        spatial: ``[T, C]``, with times at the codec's frame rate.
        latent: ``[T, D]``.
    """

    name: str
    spatial: SpatialTrajectory
    latent: LatentTrajectory

    def __len__(self) -> int:
        return len(self.latent)


class Tracer(traitlets.HasTraits):
    """Traces the hand and the latents, one pair for each latent frame, while something sounds.

    It is called so because recordings, ``sound.record``, are of sound.

    Args:
        sounds: What a trace becomes a sound of.
        sound: What plays.
        sliders: What the sliders show.
        notices: Told why a trace has ended by itself.
    """

    traces = traitlets.Tuple(help="What was traced so far, Trace each.")
    tracing = traitlets.Bool(False, help="Whether it runs.")
    frames = traitlets.Int(0, help="Length of the one that runs, or of the last.")

    def __init__(self, sounds: LatentStore, sound: SessionSound, sliders: SliderBank, notices: Notices) -> None:
        super().__init__()
        self._sounds, self._sound, self._sliders, self._notices = sounds, sound, sliders, notices
        self._lock = threading.Lock()
        self._places: list[np.ndarray] = []
        self._latents: list[np.ndarray] = []
        self._limit, self._source, self._count = int(LIMIT.default), "playing", 0
        self._by_engine = self._stopping = False
        self._ended = threading.Event()

    def __repr__(self) -> str:
        return f"Tracer({len(self.traces)} traces{f', tracing: {self.frames} frames' if self.tracing else ''})"

    # --- tracing

    def start(self, latents: str = "playing", limit: int = int(LIMIT.default), clock: bool = True) -> None:
        """Begin a trace, and end one that runs.

        Args:
            latents: ``"playing"`` takes those that play, ``"sliders"`` those that the sliders show, whatever plays.
            limit: Frames after which it ends by itself.
            clock: Take frame after frame from the engine, as long as something sounds; or only what ``take`` is given.

        Raises:
            ValueError: If the limit is out of range, or there are no such latents.
        """
        if latents not in ("playing", "sliders"):
            raise ValueError(f"a trace takes the latents that are “playing” or those of the “sliders”, not {latents!r}")
        limit = int(LIMIT.check(limit))
        self.stop()
        with self._lock:
            self._places, self._latents, self._limit, self._source = [], [], limit, latents
            self.frames, self.tracing = 0, True
            self._by_engine, self._stopping = clock, False
            self._ended.clear()
        if clock:
            if latents == "sliders":
                self._sliders.prepare()
            self._sound.trace(latents, limit, self._hear)

    def take(self, control: ArrayLike, latent: ArrayLike | None = None) -> None:
        """Add one frame to the trace that runs: for controls that are no gesture, of any dimension.

        Args:
            control: Where, ``[C]``.
            latent: What, ``[D]``; left out, as ``start`` says.

        Raises:
            RuntimeError: If none runs.
            ValueError: If it does not fit the frames before.
        """
        if not self.tracing:
            raise RuntimeError(
                "nothing is being traced; call session.stage.tracer.start() first, or poke a single pair"
            )
        place, sound = np.array(control, np.float32), np.array(self._current(latent), np.float32)
        with self._lock:
            if self._places and (place.shape, sound.shape) != (self._places[0].shape, self._latents[0].shape):
                raise ValueError(
                    f"this trace has places of {len(self._places[0])} and latents of {len(self._latents[0])} "
                    f"dimensions, got shapes {list(place.shape)} and {list(sound.shape)}"
                )
            self._places.append(place)
            self._latents.append(sound)
            self.frames = len(self._places)
            full = self.frames >= self._limit
        if full:
            self.stop()

    def stop(self) -> Trace | None:
        """End the trace; returns it, or ``None`` if nothing sounded meanwhile."""
        self._stopping = True
        if self.tracing and self._by_engine and self._sound.stop_trace():
            self._ended.wait(_LAST_PART_SECONDS)
        return self._finish()

    def poke(self, control: ArrayLike | None = None, latent: ArrayLike | None = None) -> Trace:
        """A trace of one pair; what sounds, and where, where they are left out.

        Raises:
            ValueError: If nothing has played yet, or the numbers are no finite vectors.
        """
        place = heard_now(self._sound)[0] if control is None else control
        return self._keep([np.array(place, np.float32)], [np.array(self._current(latent), np.float32)])

    def remove(self, name: str) -> None:
        """Take a trace away.

        Raises:
            KeyError: If there is none of that name.
        """
        gone = self._named(name)
        self.traces = tuple(trace for trace in self.traces if trace is not gone)

    # --- what becomes of it

    def add(self, name: str) -> str:
        """Make a trace a pair of the dataset: a sound, decoded from the latents, on the path of the hand.

        The pair keeps its latents as they were traced, frame by frame (the rule ``speed`` at even times); the decoded
        sound is what one hears of it, what a session file keeps, and what another codec would encode.

        Returns:
            The new clip's id.

        Raises:
            KeyError: If there is none of that name.
            ValueError: If it is not of a plane, or its path has no length; a single pair is a point, see
                ``stage.points.place``.
        """
        sounds, trace = self._sounds, self._named(name)
        if trace.spatial.control_dim != 2 or trace.spatial.length <= 0.0:
            raise ValueError(
                f"“{name}” has {len(trace)} frames in {trace.spatial.control_dim} dimensions; the terrain learns lines "
                "on the plane. A single place can be a point, and any trace can be saved as JSON"
            )
        codec = sounds.codec
        sound = Sound(name, np.asarray(codec.decode(trace.latent.values), np.float32), codec.info.sample_rate, "traced")
        with sounds.document.lock:
            clip = sounds.document.add_sound(sound)
            sounds.set_latents(clip.id, trace.latent)
            sounds.document.apply(_laid, clip.id, trace.spatial)
        return clip.id

    def save(self, path: str | os.PathLike[str], latents_path: str | os.PathLike[str] | None = None) -> None:
        """Write all traces as nn.terrain's JSON; see ``interop.nn_terrain_json``.

        Raises:
            ValueError: If there are none, or they are of different spaces.
        """
        dataset = IndexedDataset()
        for trace in self.traces:
            dataset.add_indexed(trace.spatial, trace.latent, trace.name)
        if not len(dataset):
            raise ValueError(
                "there are no traces yet: call session.stage.tracer.start(), play, and call session.stage.tracer.stop()"
            )
        save_dataset(dataset, path, latents_path)

    def load(self, *paths: str | os.PathLike[str]) -> None:
        """Add the pairs of nn.terrain's JSON to the traces.

        Raises:
            ForeignFileError: If a file cannot be read.
        """
        for pair in load_dataset(*paths):
            self._keep(list(pair.spatial.values), list(pair.latent.values))

    def close(self) -> None:
        """End the trace that runs; what it had so far is kept."""
        self.stop()

    def _hear(self, part: Traced) -> None:
        """Frames from the engine, on its link's thread."""
        places, latents, ended = part
        mismatch: TraceEnded | None = None
        with self._lock:
            if self.tracing and len(places):
                if self._places and places.shape[1] != len(self._places[0]):
                    mismatch = TraceEnded(len(self._places[0]), places.shape[1])
                else:
                    self._places += list(places)
                    self._latents += list(latents)
                    self.frames = len(self._places)
        if mismatch is not None:
            self._notices.say("trace", mismatch)
        if mismatch is not None or (ended and not self._stopping):
            self._sound.stop_trace()
            self._finish()
        if ended:
            self._ended.set()

    def _finish(self) -> Trace | None:
        with self._lock:
            places, latents, was = self._places, self._latents, self.tracing
            self._places, self._latents, self.tracing = [], [], False
        return self._keep(places, latents) if was and places else None

    def _current(self, latent: ArrayLike | None) -> ArrayLike:
        if latent is not None:
            return latent
        return self._sliders.prepare().values if self._source == "sliders" else heard_now(self._sound)[1]

    def _keep(self, places: list[np.ndarray], latents: list[np.ndarray]) -> Trace:
        codec = self._sounds.loaded_codec
        rate = None if codec is None else codec.info.frame_rate
        times = None if rate is None else np.arange(len(places)) / rate
        spatial, latent = SpatialTrajectory(np.stack(places), times), LatentTrajectory(np.stack(latents), rate)
        self._count += 1
        made = Trace(f"trace {self._count}", spatial, latent)
        self.traces = (*self.traces, made)
        return made

    def _named(self, name: str) -> Trace:
        for trace in self.traces:
            if trace.name == name:
                found: Trace = trace
                return found
        raise KeyError(f"there is no trace {name!r}; there are: {', '.join(t.name for t in self.traces) or 'none'}")


def _laid(state: SessionState, clip_id: str, path: SpatialTrajectory) -> SessionState:
    """The clip on a path of its own, at the hand's pace."""
    drawn = commands.add_drawing(state, path, clip_id)
    laid = drawn.drawing_of(clip_id)
    assert laid is not None
    return commands.set_rule(drawn, [laid.id], PairingRule.SPEED)
