"""The instrument without a face: every click of every widget is a method here or of one of its parts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.core.terrain.config import GAUSS_SCALE
from terrain_widgets.core.training.settings import FitOptions
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.io.sound_files import sounds as bundled_sounds
from terrain_widgets.io.sound_sources import SoundLike
from terrain_widgets.session import former_names
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.document.state import Clip, SessionState
from terrain_widgets.session.explore.explore import Explore
from terrain_widgets.session.files.files import Files, codec_of
from terrain_widgets.session.files.piece import PieceTexts
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.notices.notices import Notices
from terrain_widgets.session.shortcut import Shortcut
from terrain_widgets.session.sounds.arranging import Layout, arrange
from terrain_widgets.session.sounds.sounds import Sounds
from terrain_widgets.session.stage.stage import Stage
from terrain_widgets.session.training.compare import Comparison
from terrain_widgets.session.training.sweep import Gallery
from terrain_widgets.session.training.training import TRAIN_SECONDS, Training

if TYPE_CHECKING:
    from terrain_widgets.core.terrain.terrain import Terrain
    from terrain_widgets.io.session_file import SessionContent


class Session:
    """Sounds, the paths drawn for them, the terrain trained on both, and the engine that plays it.

    The loop's own steps are methods here; everything else is a method of one of the parts. Views observe the traits of
    the parts, which change on worker threads too.

    Args:
        codec: A codec, the name of one, a path, or ``None`` for the bundled one.
        sounds: What to start with: ``Sound``s, file paths, or ``None`` for the bundled sounds.
        boundary: The plane that views show.
        gauss_scale: Ruggedness of the terrains to come, cycles per control unit.
        seed: Where all randomness starts.

    Attributes:
        document: Sounds, paths, points and the patch, with undo.
        jobs: What runs in the background, and what it has to say.
        sounds: The codec, and the latents of the sounds.
        stage: What plays: sources, playheads, clip, points, pads, sliders, tracer.
        sound: The engine: where it sounds, the hand, recordings.
        training: The terrain in training, and those before it.
        gallery: Terrains of several ruggednesses, one of which is picked.
        compare: Two terrains by ear.
        explore: The map of sounds, ways through latent space, attributes, presets.
        shortcut: Encodes, arranges and trains in one go.
        files: What ``save``, ``open`` and ``export`` do.

    Raises:
        CodecError: If there is no such codec.
        SoundError: If a sound cannot be read.
    """

    def __init__(
        self,
        codec: Codec | str | os.PathLike[str] | None = None,
        sounds: Iterable[Sound | str | os.PathLike[str]] | None = None,
        *,
        boundary: Boundary | tuple[float, float, float, float] | None = None,
        gauss_scale: float = 1.6,
        seed: int = 0,
    ) -> None:
        self.document = Document(boundary if isinstance(boundary, Boundary) else Boundary(*(boundary or ())), seed)
        self.jobs = Jobs(Notices())
        self.sounds = Sounds(self.document, self.jobs, self._codec_changed, self._codec_rebuilt)
        self.stage = Stage(self.sounds, self.jobs)
        self.sound = self.stage.sound
        self.training = Training(
            self.sounds, self.jobs, self.stage.sources, self.stage.playheads.clear, GAUSS_SCALE.check(gauss_scale)
        )
        self.gallery, self.compare = Gallery(self.training), Comparison(self.training, self.stage)
        self.explore = Explore(self.sounds, self.stage, self.jobs)
        self.shortcut = Shortcut(self.sounds, self.training, self.jobs)
        self.files = Files(self.sounds, self.training, self.stage, _empty)
        self.document.add_sounds(bundled_sounds() if sounds is None else list(sounds))
        if codec is not None and not isinstance(codec, str | os.PathLike):
            self.sounds.use_loaded(codec, codec.info.name)
        elif codec is not None:
            self.sounds.use_codec(codec)
        self.document.forget_history()  # nobody wants to undo the sounds they began with
        self.document.select_next()

    def __repr__(self) -> str:
        trained = "trained" if self.training.terrain is not None else "not trained yet"
        return (
            f"Session({len(self.state.clips)} sounds, {len(self.sounds.encoded)} encoded, "
            f"{len(self.state.paths)} paths, {trained}, codec {self.sounds.codec_name or 'bundled'})"
        )

    def __dir__(self) -> list[str]:
        methods = [name for name in vars(Session) if not name.startswith("_")]
        return [*methods, *(name for name in vars(self) if not name.startswith("_"))]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return former_names.forward(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in former_names.MOVED:
            raise AttributeError(f"session.{name} is now session.{former_names.MOVED[name]}: set that")
        super().__setattr__(name, value)

    # --- what there is

    @property
    def state(self) -> SessionState:
        """Sounds, paths and points; replaced whole at every edit."""
        return self.document.state

    @property
    def codec(self) -> Codec:
        """The codec, loaded on first use (this imports torch, about a second)."""
        return self.sounds.codec

    @property
    def latents(self) -> dict[str, LatentTrajectory]:
        """Latent trajectory by clip id; replaced whole."""
        latents: dict[str, LatentTrajectory] = self.sounds.latents
        return latents

    @property
    def terrain(self) -> Terrain | None:
        """The terrain in training; ``stage.sources.latest("terrain")`` is its last whole snapshot."""
        return self.training.terrain

    # --- sounds and paths

    def add_sound(self, sound: SoundLike, name: str | None = None) -> Clip:
        """Add a sound: a ``Sound``, a file's path, a file's bytes, or ``(array, rate)``, ``[A, S]`` or ``[S]`` and Hz.

        Raises:
            SoundError: If it cannot be read; the session is unchanged.
        """
        return self.document.add_sound(sound, name)

    def draw(self, clip_id: str, path: SpatialTrajectory | ArrayLike) -> None:
        """Give a clip its path, ``[P, 2]`` in control units, in place of the one it had.

        Raises:
            ValueError: If the path has fewer than two different points, or is not finite.
            KeyError: If there is no such clip.
        """
        self.document.draw(clip_id, path)

    def arrange(self, how: Layout = "waves") -> None:
        """Lay out a path for every clip that has none (for all of them, if all have one).

        Args:
            how: ``"waves"`` side by side, ``"packed"`` curves, or ``"pca"`` and ``"umap"``: packed curves, those of
                sounds that are alike near to each other.

        Raises:
            ValueError: If there is no such layout, or sounds are to be compared that are not encoded.
            ModuleNotFoundError: If umap-learn is asked for and not installed.
        """
        arrange(self.sounds, how)

    def undo(self) -> None:
        """Take back the last edit of sounds, paths or points, or the last change of what plays."""
        self.document.undo()

    def redo(self) -> None:
        """Do again what undo took back."""
        self.document.redo()

    # --- encode and train

    def encode(self, wait: bool = False, clip_ids: Iterable[str] | None = None) -> Job:
        """Encode every sound that has no latents yet, in the background.

        Args:
            wait: Return only when it is done, and raise what went wrong.
            clip_ids: Only these of them.

        Returns:
            The running job: ``.cancel()``, ``.wait()``, ``.status``.
        """
        return self.sounds.encode(wait, clip_ids)

    def train(
        self,
        seconds: float | None = TRAIN_SECONDS.default,
        wait: bool = False,
        *,
        continuous: bool = False,
        **options: Unpack[FitOptions],
    ) -> Job:
        """Train the terrain on the pairs, in the background; again, and it goes on from where it stands.

        Args:
            seconds: Time budget, or ``None`` to train until the loss stays flat.
            wait: Return only when it is done, and raise what went wrong.
            continuous: Go on until ``jobs.cancel()``, resting while there is nothing more to learn.
            **options: As ``fit`` takes them: ``epochs``, ``lr``, ``batch_size``, ``method``, ``patience``, ``device``.

        Returns:
            The running job.

        Raises:
            TypeError: If there is no such option.
            RuntimeError: If another job runs.

        Raises:
            TypeError: If there is no such option.
            RuntimeError: If another job runs.
        """
        return self.training.train(seconds, wait, continuous=continuous, **options)

    # --- play

    def move(self, coordinates: ArrayLike, on: bool = True, pressure: float = 1.0) -> None:
        """Play at a place, ``[2]`` in control units, or fall silent with ``on=False``. Returns at once.

        Nothing sounds before an engine runs: turn the page's sound on, or call ``sound.start()``.
        """
        self.sound.move(coordinates, on, pressure)

    def panic(self) -> None:
        """Silence, now. The next gesture sounds again."""
        self.stage.panic()

    def render(self, coordinates: ArrayLike, gain: float = 1.0) -> NDArray[np.float32]:
        """The sound of a walk: one place per latent frame, ``[T, 2]``, to audio ``[A, S]``.

        Raises:
            ValueError: If nothing is trained yet.
        """
        rendering = self.stage.rendering
        return rendering.samples(rendering.walk(coordinates, gain))

    # --- files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the whole session, sounds included, as one zip."""
        self.files.save(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Session:
        """A session as it was saved.

        Raises:
            SessionFileError: If the file cannot be read.
            CodecError: If its codec is not installed here.
        """
        from terrain_widgets.io.session_file import read_session

        content = read_session(path)
        session = cls._of(content)
        session.files.fill(content)
        return session

    def open(self, path: str | os.PathLike[str]) -> None:
        """Put a saved session in the place of this one, or a terrain of nn.terrain (``.pt``) in that of its terrain.

        Raises:
            ForeignFileError: If a ``.pt`` cannot be read; this session is as it was.
            ValueError: If a ``.pt`` has another number of latents than the codec.
            SessionFileError: If the file cannot be read; this session is as it was.
            CodecError: If its codec is not installed here; this session is as it was.
        """
        self.files.open(path)

    def export(self, path: str | os.PathLike[str], **texts: Unpack[PieceTexts]) -> None:
        """Write the terrain for nn.terrain (``.pt``), with its decoder for nn~ (``.ts``), or a piece (``.html``).

        A piece is one file that plays in any browser, without kernel, server or network: what plays now with its
        paths, playheads and points.

        Args:
            path: Of the file.
            **texts: Of a piece, plain text: ``title``, ``author``, ``licence`` (of the sounds) and ``words`` for
                whoever plays it.

        Raises:
            ValueError: If nothing is trained yet, the suffix is another one, or the codec cannot go into a page.
            ExportError: If the codec cannot be exported.
        """
        self.files.export(path, **texts)

    def _codec_rebuilt(self) -> None:
        places = self.stage.playheads.places()
        if not self.sound.use_codec(self.sounds.codec):
            self.stage.playheads.go_on_from(places)

    def close(self) -> None:
        """Stop everything that runs. The session can still be looked at, but not played."""
        self.shortcut.stop()  # and with it whatever job runs
        self.sounds.codec_lab.stop()
        self.files.close()

    # --- wiring

    def _codec_changed(self) -> None:
        self.stage.forget_codec()
        self.compare.forget()
        self.gallery.clear()
        self.training.forget_codec()

    @classmethod
    def _of(cls, content: SessionContent) -> Session:
        return cls(
            codec_of(content),
            sounds=[],
            boundary=content.boundary,
            gauss_scale=content.gauss_scale,
            seed=content.seed,
        )


def _empty(content: SessionContent) -> Files:
    return Session._of(content).files
