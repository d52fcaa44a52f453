"""A session to plain data and back."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from terrain_widgets.audio.patch import Patch
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.io.checkpoint import Checkpoint
from terrain_widgets.io.session_file import SessionContent, SessionFileError
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document.state import Clip, SessionState

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session


def checkpoint_of(session: Session) -> Checkpoint | None:
    """The session's terrain with its provenance, or ``None`` before training; while training, its last snapshot."""
    terrain = session.sources.latest("terrain")
    if not isinstance(terrain, Terrain):
        return None
    history = {}
    if len(session.losses):
        history = {"steps": int(session.losses[-1, 0]), "loss": float(session.losses[:, 1].min())}
    return Checkpoint(terrain, session.boundary, _codec_identity(session), history)


def content_of(session: Session) -> SessionContent:
    """Everything that a session file keeps."""
    state, latents = session.state, session.latents
    return SessionContent(
        sounds={clip.id: _named(clip) for clip in state.clips},
        paths={clip_id: path.values for clip_id, path in state.paths.items()},
        # The session also remembers latents of removed clips, for undo; a file has no undo.
        latents={clip.id: latents[clip.id].values for clip in state.clips if clip.id in latents},
        boundary=session.boundary,
        gauss_scale=session.gauss_scale,
        seed=session.seed,
        codec=_codec_identity(session),
        terrain=checkpoint_of(session),
        drawings=dict(state.drawings),
        points=state.points,
        patch=session.patch.to_json(),
        free_paths=dict(state.free_paths),
    )


def restore(make: type[Session], content: SessionContent) -> Session:
    """A new session with that content.

    Raises:
        SessionFileError: If the file's latents are of another codec than the one found here under its name.
        CodecError: If its codec is not to be had here.
    """
    session = make(
        _codec_of(content),
        sounds=[],
        boundary=content.boundary,
        gauss_scale=content.gauss_scale,
        seed=content.seed,
    )
    ids = {old: session.add_as(old, sound).id for old, sound in content.sounds.items()}
    for old, values in content.latents.items():
        session.set_latents(ids[old], LatentTrajectory(values, session.codec.info.frame_rate))
    if not content.drawings:  # a file from before paths had ids of their own
        for old, values in content.paths.items():
            session.draw(ids[old], values)
    session.apply(_redrawn, content, ids)
    if content.terrain is not None:
        session.adopt(content.terrain.terrain)
    _play_as_saved(session, content, ids)
    session.select_next()
    session.forget_history()
    return session


def take_over(session: Session, other: Session) -> None:
    """Put all of another session's content in the place of this one's."""
    with session.lock:
        session.cancel()
        session.use_loaded(other.codec, other.codec_name)
        session.reset_terrain()
        session.points.forget()
        session.seed, session.boundary, session.gauss_scale = other.seed, other.boundary, other.gauss_scale
        session.become(other)
        session.latents = dict(other.latents)
        if other.terrain is not None:
            session.adopt(other.terrain)
        session.rewrite(lambda _: other.snapshot)  # adopting a terrain takes playheads away
        session.forget_history()
        _play_source(session)


def _play_as_saved(session: Session, content: SessionContent, ids: dict[str, str]) -> None:
    """Set the file's patch, if all of it is still meant for the sounds of this session."""
    patch, left_out = Patch.from_json(content.patch)
    if any(old != new for old, new in ids.items()):
        patch, left_out = Patch(), ["its sounds have ids of another program, so what played on them is left out"]
    try:
        session.stage.set(
            patch.values, state=replace(session.state, free_paths=MappingProxyType(dict(content.free_paths)))
        )
    except ValueError as error:
        left_out = [str(error)]
    if left_out:
        session.say("studio", f"not all of this session's settings could be taken over: {'; '.join(left_out)}", "info")
    _play_source(session)


def _play_source(session: Session) -> None:
    """Have ready what the patch says that plays."""
    if session.patch["source"] == "points" and session.state.points.attached:
        session.points.train()
    elif session.patch["source"] == "sliders":
        session.sliders.offer()


def _redrawn(state: SessionState, content: SessionContent, ids: dict[str, str]) -> SessionState:
    """With the file's paths, under the clips' new ids, and its points."""
    drawings = {
        key: replace(drawing, clip=None if drawing.clip is None else ids[drawing.clip])
        for key, drawing in content.drawings.items()
    }
    return replace(state, drawings=MappingProxyType({**state.drawings, **drawings}), points=content.points)


def _named(clip: Clip) -> Sound:
    """The clip's sound under the name that the user gave it; a file keeps what a clip was cut to."""
    return replace(clip.sound, name=clip.name) if clip.title else clip.sound


def _codec_identity(session: Session) -> dict[str, Any]:
    recipe = session.codec.recipe
    return (CodecRecipe(session.codec.info.name, "") if recipe is None else recipe).to_json()


def _codec_of(content: SessionContent) -> Codec:
    """The codec that the file's latents are of.

    Raises:
        SessionFileError: If the one found here is another version of it, or what the file says of it is no recipe.
        CodecError: If there is none.
    """
    try:
        recipe = CodecRecipe.from_json(content.codec)
    except ValueError as error:
        raise SessionFileError(f"the session's codec cannot be told: {error}") from error
    sounds = tuple(content.sounds.values())
    codec = load_codec(replace(recipe, digest="") if recipe.source else None, sounds or None)
    if codec.recipe is not None and recipe.space not in ("", codec.recipe.space):
        raise SessionFileError(
            f"the session was made with another version of the codec “{codec.info.name}”; its latents would sound "
            f"wrong here. Load its sounds and encode them anew"
        )
    return codec
