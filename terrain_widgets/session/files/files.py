"""Saving and opening: a session's parts to plain data and back, and its terrain for other systems."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack

import traitlets

from terrain_widgets.audio.control_map import ControlMap
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.preset_file import presets_from_json, presets_to_json
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.reading import reading
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document import preset_commands
from terrain_widgets.session.document.state import Clip, SessionState, Snapshot
from terrain_widgets.session.files.autosave import Autosave
from terrain_widgets.session.files.piece import PieceTexts, export_piece, piece_of
from terrain_widgets.session.notices.events import SettingsLeftOut
from terrain_widgets.session.sounds.sounds import Sounds
from terrain_widgets.session.stage.modulation.control_map import ControlMapFileError
from terrain_widgets.session.stage.stage import Stage
from terrain_widgets.session.training.training import Training

if TYPE_CHECKING:
    from terrain_widgets.io.checkpoint import Checkpoint
    from terrain_widgets.io.session_file import SessionContent


class Files:
    """Files of one session.

    Args:
        sounds: Document, codec and latents.
        training: The terrain.
        stage: What plays.
        fresh: Makes the files of a new, empty session for a content: its codec, plane, ruggedness and seed.

    Attributes:
        autosave: Saves by itself while it is on: the first view turns it on, and a script may.
    """

    def __init__(
        self, sounds: Sounds, training: Training, stage: Stage, fresh: Callable[[SessionContent], Files]
    ) -> None:
        self._sounds, self._document = sounds, sounds.document
        self._training, self._stage, self._fresh = training, stage, fresh
        self.autosave = Autosave(self)

    def __repr__(self) -> str:
        return "Files(save, open, export)"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the whole session, sounds included, as one zip."""
        from terrain_widgets.io.session_file import write_session

        write_session(path, self.content())

    def open(self, path: str | os.PathLike[str]) -> None:
        """Put a saved session in the place of this one, or a terrain of nn.terrain (``.pt``) in that of its terrain.

        A session's undo starts empty.

        Raises:
            ForeignFileError: If a ``.pt`` cannot be read; this session is as it was.
            ValueError: If a ``.pt`` has another number of latents than the codec.
            SessionFileError: If the file cannot be read; this session is as it was.
            CodecError: If its codec is not installed here; this session is as it was.
        """
        from terrain_widgets.io.session_file import read_session

        if os.fspath(path).endswith(".pt"):
            from terrain_widgets.session.files.exchange import nn_terrain

            self._training.adopt(nn_terrain(path, self._document.boundary))
            return
        other = self.read(read_session(path))
        self._take_over(other)
        self._training.jobs.notices.say("settings", other._training.jobs.notices.newest.get("settings"))
        other.close()

    def export(self, path: str | os.PathLike[str], **texts: Unpack[PieceTexts]) -> None:
        """Write the terrain for nn.terrain (``.pt``), with its decoder for nn~ (``.ts``), or a piece (``.html``).

        Args:
            path: Of the file.
            **texts: Of a piece.

        Raises:
            ValueError: If nothing is trained yet, the suffix is another one, or the codec cannot go into a page.
            ExportError: If the codec cannot be exported.
        """
        if os.fspath(path).endswith(".html"):
            export_piece(self._stage, self._training, path, **texts)
            return
        from terrain_widgets.session.files.exchange import export_terrain

        terrain = self._stage.sources.latest("terrain")
        export_terrain(terrain, self._sounds.codec, self._stage.latents, self._document.boundary, path)

    def piece(self, **texts: Unpack[PieceTexts]) -> str:
        """What plays as the text of one HTML page that plays by itself, as ``export`` writes it to a file.

        Args:
            **texts: What it says of itself.

        Raises:
            ValueError: If nothing is trained yet, or the codec or the mapping cannot go into a page.
        """
        from terrain_widgets.interop.piece.piece_file import piece_page

        return piece_page(piece_of(self._stage, self._training, **texts))

    def checkpoint(self) -> Checkpoint | None:
        """The terrain with its provenance, or ``None`` before training; while training, its last snapshot."""
        from terrain_widgets.core.terrain.terrain import Terrain
        from terrain_widgets.io.checkpoint import Checkpoint

        terrain, losses = self._stage.sources.latest("terrain"), self._training.losses
        if not isinstance(terrain, Terrain):
            return None
        history = {"steps": int(losses[-1, 0]), "loss": float(losses[:, 1].min())} if len(losses) else {}
        return Checkpoint(terrain, self._document.boundary, _identity(self._sounds.codec), history)

    def content(self) -> SessionContent:
        """Everything that a session file keeps."""
        from terrain_widgets.io.session_file import SessionContent

        document, latents = self._document, self._sounds.latents
        state = document.state
        presets, weights = presets_to_json(state.presets)
        return SessionContent(
            sounds={clip.id: _named(clip) for clip in state.clips},
            paths={clip_id: path.values for clip_id, path in state.paths.items()},
            # Latents of removed clips are remembered for undo; a file has no undo.
            latents={clip.id: latents[clip.id].values for clip in state.clips if clip.id in latents},
            boundary=document.boundary,
            gauss_scale=self._training.gauss_scale,
            seed=document.seed,
            codec=_identity(self._sounds.codec),
            terrain=self.checkpoint(),
            drawings=dict(state.drawings),
            points=state.points,
            # a recall that glided is over: what is opened is there at once
            patch=document.patch.set({"glide.recalls": None, "glide.seconds": None}).to_json(),
            free_paths=dict(state.free_paths),
            bend=state.bend,
            sent_bend=state.sent_bend,
            explored=state.explored,
            presets=presets if state.presets else {},
            preset_weights=weights,
            control_map=state.control_map.to_json() if state.control_map.points else {},
            colours={clip.id: clip.colour for clip in state.clips},
        )

    def read(self, content: SessionContent) -> Files:
        """The files of a new session with that content.

        Raises:
            SessionFileError: If the file's latents are of another codec than the one found here under its name.
            CodecError: If its codec is not installed here.
        """
        made = self._fresh(content)
        made.fill(content)
        return made

    def fill(self, content: SessionContent) -> None:
        """Take the content of a file into a session that is empty, and has the content's codec."""
        document, sounds = self._document, self._sounds
        colours = content.colours
        ids = {old: document.add_as(old, sound, colours.get(old)).id for old, sound in content.sounds.items()}
        for old, values in content.latents.items():
            sounds.set_latents(ids[old], LatentTrajectory(values, sounds.codec.info.frame_rate))
        if not content.drawings:  # a file from before paths had ids of their own
            for old, values in content.paths.items():
                document.draw(ids[old], values)
        document.apply(_redrawn, content, ids)
        if content.terrain is not None:
            self._training.adopt(content.terrain.terrain)
        self._play_as_saved(content, ids)
        document.select_next()
        document.forget_history()

    # --- for saving by itself

    @property
    def work(self) -> tuple[Snapshot, object]:
        """What the user has made and set, and the terrain that came of it: to train it further is work too."""
        return self._document.snapshot, self._stage.sources.shown

    def watch(self, changed: Callable[[Any], None]) -> None:
        """Call back, on whatever thread, when something has changed that a session file keeps."""
        for whose, names in self._kept:
            whose.observe(changed, names=names)

    def unwatch(self, changed: Callable[[Any], None]) -> None:
        """Call back no more."""
        for whose, names in self._kept:
            whose.unobserve(changed, names=names)

    @property
    def _kept(self) -> tuple[tuple[traitlets.HasTraits, list[str]], ...]:
        return (self._document, ["state", "patch"]), (self._sounds, ["latents"]), (self._stage.sources, ["shown"])

    def close(self) -> None:
        """Save by itself what is not saved, if that is on, and end what plays."""
        self.autosave.stop()
        self._stage.close()

    def _take_over(self, other: Files) -> None:
        """Put all of another session's content in the place of this one's."""
        document, sounds, training = self._document, self._sounds, self._training
        with document.lock:
            training.jobs.cancel()
            sounds.use_loaded(other._sounds.codec, other._sounds.codec_name)
            training.reset()
            self._stage.points.forget()
            document.seed, document.boundary = other._document.seed, other._document.boundary
            training.gauss_scale = other._training.gauss_scale
            document.become(other._document)
            sounds.latents = dict(other._sounds.latents)
            if other._training.terrain is not None:
                training.adopt(other._training.terrain)
            document.rewrite(lambda _: other._document.snapshot)  # adopting a terrain takes playheads away
            document.forget_history()
            self._stage.play_source()

    def _play_as_saved(self, content: SessionContent, ids: dict[str, str]) -> None:
        """Set the file's patch, if all of it is still meant for the sounds of this session."""
        patch, left_out = Patch.from_json(content.patch)
        if any(old != new for old, new in ids.items()):
            patch, left_out = Patch(), ["its sounds have ids of another program, so what played on them is left out"]
        left_out += self._take_presets(content) + self._take_control_map(content)
        free = MappingProxyType(dict(content.free_paths))
        state = replace(self._document.state, free_paths=free, bend=content.bend, sent_bend=content.sent_bend)
        try:
            self._stage.set(patch.values, state=state)
        except ValueError as error:
            left_out = [*left_out, str(error)]
        if left_out:
            self._training.jobs.notices.say("settings", SettingsLeftOut(tuple(left_out)))
        self._stage.play_source()

    def _take_control_map(self, content: SessionContent) -> list[str]:
        """Keep the file's control map; a sentence if it cannot be read."""
        try:
            with reading(ControlMapFileError, "its control map is damaged"):
                made = ControlMap.from_json(content.control_map) if content.control_map else ControlMap()
        except ControlMapFileError as error:
            return [str(error)]
        self._document.apply(lambda state: replace(state, control_map=made))
        return []

    def _take_presets(self, content: SessionContent) -> list[str]:
        """Keep the file's presets; a sentence on all that cannot be read."""
        if not content.presets:
            return []
        try:
            presets, left_out = presets_from_json(content.presets, content.preset_weights)
        except ValueError as error:
            return [str(error)]
        self._document.apply(preset_commands.keep, presets.values())
        return left_out


def _redrawn(state: SessionState, content: SessionContent, ids: dict[str, str]) -> SessionState:
    """With the file's paths, under the clips' new ids, its points, and what was explored."""
    drawings = {
        key: replace(drawing, clip=None if drawing.clip is None else ids[drawing.clip])
        for key, drawing in content.drawings.items()
    }
    drawn = MappingProxyType({**state.drawings, **drawings})
    return replace(state, drawings=drawn, points=content.points, explored=content.explored)


def _named(clip: Clip) -> Sound:
    """The clip's sound under the name that the user gave it; a file keeps what a clip was cut to."""
    return replace(clip.sound, name=clip.name) if clip.title else clip.sound


def _identity(codec: Codec) -> dict[str, Any]:
    return (CodecRecipe(codec.info.name, "") if codec.recipe is None else codec.recipe).to_json()


def codec_of(content: SessionContent) -> Codec:
    """The codec that a file's latents are of.

    Raises:
        SessionFileError: If the one found here is another version of it, or what the file says of it is no recipe.
        CodecError: If there is none.
    """
    from terrain_widgets.io.session_file import SessionFileError

    try:
        recipe = CodecRecipe.from_json(content.codec)
    except ValueError as error:
        raise SessionFileError(f"the session's codec cannot be told: {error}") from error
    sounds = tuple(content.sounds.values())
    codec = load_codec(replace(recipe, digest="") if recipe.source else None, sounds or None)
    if codec.recipe is not None and recipe.space not in ("", codec.recipe.space):
        raise SessionFileError(
            f"the session was made with another version of the codec “{codec.info.name}”; its latents would sound "
            f"wrong here. Load its sounds and encode them again"
        )
    return codec
