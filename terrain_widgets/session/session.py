"""The instrument without a face: every click of every widget is a method here."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.hosts.host import Host
from terrain_widgets.audio.takes.render import render, replay
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.core.terrain.config import GAUSS_SCALE
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.settings import FitOptions
from terrain_widgets.io.sound_files import Sound, read_sound, sounds
from terrain_widgets.session.document.pairs import Pairs
from terrain_widgets.session.document.patch_commands import without_codec
from terrain_widgets.session.jobs.jobs import Job
from terrain_widgets.session.shortcut import Shortcut
from terrain_widgets.session.sounds.workbench import Workbench
from terrain_widgets.session.stage.compare import Comparison
from terrain_widgets.session.stage.live_patch import LivePatch
from terrain_widgets.session.stage.pads import Pads
from terrain_widgets.session.stage.slider_bank import SliderBank
from terrain_widgets.session.stage.source_selector import SourceSelector
from terrain_widgets.session.stage.stage import Stage
from terrain_widgets.session.stage.steering import PointSteering
from terrain_widgets.session.stage.tracer import Tracer
from terrain_widgets.session.training.discarded import DiscardedTerrain, DiscardedTerrains
from terrain_widgets.session.training.sweep import Gallery
from terrain_widgets.session.training.trainer import TRAIN_SECONDS, Trainer

if TYPE_CHECKING:
    from terrain_widgets.core.terrain.terrain import Terrain

_RUNS = 5


class SessionOptions(TypedDict, total=False):
    """What a new ``Session`` takes; whoever makes one for its user hands them on."""

    codec: Codec | str | os.PathLike[str] | None
    sounds: Iterable[Sound | str | os.PathLike[str]] | None
    boundary: Boundary | tuple[float, float, float, float] | None
    gauss_scale: float
    seed: int


class Session(Workbench):
    """Sounds, the paths drawn for them, the terrain trained on both, and the engine that plays it.

    Views observe the traits, which change on worker threads too; views set only ``gauss_scale`` and ``shown_channel``.

    Args:
        codec: A codec, the name of one, a path, or ``None`` for the bundled one.
        sounds: What to start with: ``Sound``s, file paths, or ``None`` for the bundled sounds.
        boundary: The plane that views show.
        gauss_scale: Ruggedness of the terrains to come, cycles per control unit.
        seed: Where all randomness starts.

    Raises:
        CodecError: If there is no such codec.
        SoundError: If a sound cannot be read.
    """

    mapping = traitlets.Any(
        None, allow_none=True, help="What is played and shown, terrain or points; never changed in place; or None."
    )
    losses = traitlets.Instance(np.ndarray, args=((0, 2),), help="Training steps so far, [K, 2]: step number, loss.")
    runs = traitlets.Tuple(help="Earlier trainings to compare with: (name, losses [K, 2]) each, the last few.")
    gauss_scale = traitlets.Float(help="Ruggedness of the next new terrain.")
    shown_channel = traitlets.Int(-1, min=-1, help="Latent channel that pictures show; -1 is all of them as colour.")

    def __init__(
        self,
        codec: Codec | str | os.PathLike[str] | None = None,
        sounds: Iterable[Sound | str | os.PathLike[str]] | None = None,
        *,
        boundary: Boundary | tuple[float, float, float, float] | None = None,
        gauss_scale: float = 1.6,
        seed: int = 0,
    ) -> None:
        super().__init__(boundary if isinstance(boundary, Boundary) else Boundary(*(boundary or ())), seed)
        self.gauss_scale = GAUSS_SCALE.check(gauss_scale)
        self._pairs = Pairs()
        self.trainer = Trainer(self)
        self.sources = SourceSelector(self)
        live = LivePatch(self, self, self.sources)
        self.stage, self.sound = Stage(live), live.sound
        self.sources.observe(lambda change: self.set_trait("mapping", change["new"]), names="shown")
        self.gallery = Gallery(self)
        self.compare = Comparison(self)
        self.discarded = DiscardedTerrains()
        self.points, self.sliders = PointSteering(self), SliderBank(self)
        self.pads, self.tracer = Pads(self), Tracer(self)
        self.shortcut = Shortcut(self)
        for sound in _bundled() if sounds is None else sounds:
            self._append(sound if isinstance(sound, Sound) else read_sound(sound))
        if codec is not None and not isinstance(codec, str | os.PathLike):
            self._codec, self.codec_name = codec, codec.info.name
        elif codec is not None:
            self.use_codec(codec)
        self.observe(self._prepare_training, names="latents")
        self.forget_history()  # nobody wants to undo the sounds they began with
        self.select_next()

    def __repr__(self) -> str:
        trained = "trained" if self.terrain is not None else "not trained yet"
        return (
            f"Session({len(self.state.clips)} sounds, {len(self.encoded)} encoded, {len(self.state.paths)} paths, "
            f"{trained}, codec {self.codec_name or 'bundled'})"
        )

    # --- terrain

    @property
    def dataset(self) -> TerrainDataset:
        """The pairs: every clip that has latents and lies on a path. Not to be added to."""
        with self._lock:
            return self._pairs.dataset(self.state, self.latents)

    @property
    def terrain(self) -> Terrain | None:
        """The terrain in training; ``sources.latest("terrain")`` is its last whole snapshot."""
        return self.trainer.terrain

    def reset_terrain(self) -> None:
        """Forget what was trained, and stop training; the next training starts from a fresh terrain.

        ``restore_terrain`` brings the old one back.
        """
        with self._lock:
            if self.working == "train":
                self.cancel()
            self.discarded.keep(self.sources.latest("terrain"), self.losses)
            if self.terrain is not None and len(self.losses):
                name = f"ruggedness {self.terrain.config.gauss_scale:g}"
                self.runs = (*self.runs[-_RUNS + 1 :], (name, self.losses))
            self.trainer.forget()
            self.stage.playheads.clear()
            self.sources.remove("terrain")
            self.losses = np.empty((0, 2))

    def restore_terrain(self) -> None:
        """Bring back the terrain that was let go last, in exchange for the present one; again, and the one before it.

        Raises:
            ValueError: If none was let go.
        """
        with self._lock:
            self.restore_discarded(self.discarded.swap(self.sources.latest("terrain"), self.losses))

    def restore_discarded(self, kept: DiscardedTerrain) -> None:
        """``adopt`` a copy of a terrain that stays as it is, with the course of its training.

        Raises:
            ValueError: As ``adopt``.
        """
        with self._lock:
            self.adopt(type(kept.terrain).from_state(kept.terrain.to_state()))
            self.losses = kept.losses

    def adopt(self, terrain: Terrain) -> None:
        """Play and go on training this terrain instead of the present one.

        Raises:
            ValueError: If it has another number of latents than the codec, or is not of a plane.
        """
        expected = self.codec.info.latent_dim
        if (terrain.control_dim, terrain.latent_dim) != (2, expected):
            raise ValueError(
                f"that terrain maps {terrain.control_dim} dimensions to {terrain.latent_dim} latents; "
                f"{self.codec_name} needs one from 2 to {expected}"
            )
        with self._lock:
            self.reset_terrain()
            self.trainer.adopt(terrain)
            self.gauss_scale = terrain.config.gauss_scale
            self.trainer.publish(terrain, self.dataset)

    def train(
        self,
        seconds: float | None = TRAIN_SECONDS.default,
        wait: bool = False,
        *,
        continuous: bool = False,
        **options: Unpack[FitOptions],
    ) -> Job:
        """Train the terrain on the pairs, in the background; again, and it goes on from where it stands.

        ``gauss_scale`` is that of the next new terrain: call ``reset_terrain`` first to hear another ruggedness. A
        sound or path that is added, changed or removed meanwhile is learnt from the next step on.

        Args:
            seconds: Time budget, or ``None`` to train until the loss stays flat.
            wait: Return only when it is done, and raise what went wrong.
            continuous: Go on until ``cancel()``, resting while there is nothing more to learn; ``seconds`` then does
                not count.
            **options: As ``fit`` takes them: ``epochs``, ``lr``, ``batch_size``, ``method``, ``patience``, ``device``.

        Returns:
            The running job.

        Raises:
            TypeError: If there is no such option.
            RuntimeError: If another job runs.
        """
        refuse_unknown("Session.train", options, ["seconds", "wait", "continuous", *FitOptions.__annotations__])
        return self._start("train", lambda job: self.trainer.train(job, seconds, continuous, {**options}), wait)

    def _prepare_training(self, _change: Any) -> None:
        if self.latents and self.working != "train":
            self.trainer.prepare()

    # --- sound

    @property
    def host(self) -> Host:
        """The running engine, started on first use; it is ready a second or two later.

        Raises:
            RuntimeError: If the session has been closed.
        """
        return self.sound.start()

    @property
    def running_host(self) -> Host | None:
        """The engine, if one has been started."""
        return self.sound.engine

    def move(self, coordinates: ArrayLike, on: bool = True, pressure: float = 1.0) -> None:
        """Play at a place, ``[2]`` in control units, or fall silent with ``on=False``. Returns at once.

        Nothing happens before the engine runs: turn the page's sound on, or use ``host``.
        """
        self.sound.move(coordinates, on, pressure)

    def revive_audio(self) -> bool:
        """Start the engine again if it has died; returns whether it had."""
        return self.sound.revive()

    def panic(self) -> None:
        """Silence, now. The next gesture sounds again."""
        self.stage.panic()

    def render(self, coordinates: ArrayLike, gain: float = 1.0) -> NDArray[np.float32]:
        """The sound of a walk: one place per latent frame, ``[T, 2]``, to audio ``[A, S]``.

        Raises:
            ValueError: If nothing is trained yet.
        """
        places = np.asarray(coordinates, dtype=np.float32)
        return render(self._trained(), self.codec, places, gain=gain, latents=self.stage.latents)

    def replay(self, take: Take | str | os.PathLike[str]) -> NDArray[np.float32]:
        """A recorded performance again, from its gestures: the samples of its WAV file, ``[A, S]``.

        Args:
            take: A take, or the path of any of its files.

        Raises:
            TakeError: If the files cannot be read.
            ValueError: If it was played with another codec.
        """
        return replay(take if isinstance(take, Take) else read_take(take), self.codec)

    def _trained(self) -> Mapping:
        if self.mapping is None:
            raise ValueError("there is no terrain yet: encode, draw and train first")
        mapping: Mapping = self.mapping
        return mapping

    # --- files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the whole session, sounds included, as one zip."""
        from terrain_widgets.io.session_file import write_session
        from terrain_widgets.session.files.content import content_of

        write_session(path, content_of(self))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Session:
        """A session as it was saved.

        Raises:
            SessionFileError: If the file cannot be read.
            CodecError: If its codec is not to be had here.
        """
        from terrain_widgets.io.session_file import read_session
        from terrain_widgets.session.files.content import restore

        return restore(cls, read_session(path))

    def export(self, path: str | os.PathLike[str]) -> None:
        """Write the terrain for nn.terrain (``.pt``), or with its decoder for nn~ (``.ts``).

        Raises:
            ValueError: If nothing is trained yet, or the suffix is neither.
            ExportError: If the codec cannot be exported.
        """
        from terrain_widgets.session.files.exchange import export_terrain

        export_terrain(self, path)

    def open(self, path: str | os.PathLike[str]) -> None:
        """Put a saved session in the place of this one, or a terrain of nn.terrain (``.pt``) in that of its terrain.

        A session's undo begins anew.

        Raises:
            ForeignFileError: If a ``.pt`` cannot be read; this session is as it was.
            ValueError: If a ``.pt`` has another number of latents than the codec.
            SessionFileError: If the file cannot be read; this session is as it was.
            CodecError: If its codec is not to be had here; this session is as it was.
        """
        from terrain_widgets.io.session_file import read_session
        from terrain_widgets.session.files.content import restore, take_over
        from terrain_widgets.session.files.exchange import adopt_nn_terrain

        if os.fspath(path).endswith(".pt"):
            adopt_nn_terrain(self, path)
            return

        other = restore(Session, read_session(path))
        take_over(self, other)
        other.close()

    def _codec_changed(self) -> None:
        self.sound.stop()  # it has the old codec
        self.rewrite(without_codec)
        self.compare.forget()
        self.gallery.clear()
        self.reset_terrain()
        self.discarded.clear()  # they have the old codec's latents
        self.points.forget_codec()
        self.sliders.forget_codec()

    def _codec_rebuilt(self) -> None:
        running = self.sound.engine is not None
        self.sound.stop()  # it has the old codec
        if running:
            self.sound.start()

    def close(self) -> None:
        """Stop everything that runs. The session can still be looked at, but not played."""
        self.shortcut.stop()  # and with it whatever job runs
        for running in (self.points, self.tracer, self.sound):
            running.close()


def _bundled() -> list[Sound]:
    return sounds()
