"""Encoding as a job: sounds that have no latents yet, or again; and another codec, which encodes them all."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.background_encoder import BackgroundEncoder
from terrain_widgets.codecs.base import BendableEncoder, Codec, CodecError
from terrain_widgets.codecs.loader import BuildingCancelled, Material, SoundMadeCodec
from terrain_widgets.codecs.loading import DEFAULT_CODEC, load_codec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.search_path import keep_model
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.jobs.cpu_budget import leave_a_processor_free
from terrain_widgets.session.jobs.jobs import Job
from terrain_widgets.session.notices.events import CodecChanged, CodecRebuilt
from terrain_widgets.session.notices.notices import Notices
from terrain_widgets.session.sounds.codec_errors import codec_errors, excerpts_of
from terrain_widgets.session.sounds.latent_store import LatentStore

FloatArray = NDArray[np.float32]

_LONG_SECONDS = 30.0  # a worker takes a second or two to start, which a short sound does not repay


def change_codec(
    sounds: LatentStore, notices: Notices, job: Job, source: str | os.PathLike[str] | CodecRecipe | None
) -> None:
    """Load another codec on the job's thread, and encode all sounds with it.

    Raises:
        CodecError: If there is no such codec, or it does not keep its promises; the old one stays.
        ValueError: If a sound cannot be encoded.
    """
    leave_a_processor_free()
    job.progress(0.0, f"loading {source or 'the bundled codec'}; a model is tried out first")
    try:
        codec = load_codec(source, _material(sounds, job))
    except BuildingCancelled:
        return
    if job.cancelled:
        return
    if sounds.use_loaded(codec, codec.info.name):
        notices.say("codec", CodecChanged(codec.info.name))
    encode_all(sounds, notices, job)


def add_model(sounds: LatentStore, notices: Notices, job: Job, name: str, content: bytes) -> None:
    """Keep a model that came as a file, and change to it on the job's thread; see ``change_codec``.

    Raises:
        CodecError: If it cannot be used; it is not kept, and the old codec stays.
        ValueError: If a sound cannot be encoded.
    """
    path, new = keep_model(name, content)
    try:
        change_codec(sounds, notices, job, path)
    except CodecError:
        if new:
            path.unlink(missing_ok=True)
        raise


def encode_all(sounds: LatentStore, notices: Notices, job: Job, only: Collection[str] | None = None) -> None:
    """Encode on the job's thread, one sound after the other.

    Models of others, and long sounds, are encoded in a process of their own: a model that crashes harms nothing, and
    the notebook stays free.

    Args:
        sounds: What is encoded.
        notices: Told if a codec that is made of the sounds means something else now.
        job: Asked whether to go on, told how far it is.
        only: Ids of those to encode, if not all.

    Raises:
        ValueError: If a sound cannot be encoded; those before it are.
    """
    leave_a_processor_free()
    try:
        if _rebuild(sounds, notices, job):
            only = None
    except BuildingCancelled:
        return
    codec = sounds.codec
    todo = [c for c in sounds.state.clips if c.id not in sounds.latents and (only is None or c.id in only)]
    if not _encode_each(sounds, job, codec, todo):
        return
    # Sounds that come with the package say their licence; a user's own may be anything.
    own = [clip.sound for clip in todo if not clip.sound.licence]
    if own and codec.info.name == DEFAULT_CODEC:
        job.progress(1.0, "looking whether another codec suits these sounds better")
        sounds.codec_errors = codec_errors(excerpts_of(own), codec, cancelled=lambda: job.cancelled)
    job.progress(1.0, f"{len(sounds.encoded)} sounds encoded by {codec.info.name}")


def encode_bent(
    sounds: LatentStore, job: Job, codec: Codec, chosen: Sequence[Clip], weights: Mapping[str, FloatArray]
) -> None:
    """Encode sounds again on the job's thread, with some of the encoder's weights other than the codec's own.

    Args:
        sounds: Where the latents go.
        job: Asked whether to go on, told how far it is.
        codec: Its ``bends_encoder`` holds.
        chosen: Which sounds.
        weights: By name, as ``BendableEncoder.encode_with`` takes them.

    Raises:
        ValueError: If a sound cannot be encoded; those before it are.
    """
    leave_a_processor_free()
    if _encode_each(sounds, job, codec, chosen, weights):
        job.progress(1.0, f"{len(chosen)} sounds encoded again by {codec.info.name}")


def _encode_each(
    sounds: LatentStore, job: Job, codec: Codec, todo: Sequence[Clip], weights: Mapping[str, FloatArray] | None = None
) -> bool:
    """Encode one after the other; returns whether all were: not if it was cancelled, or the codec changed.

    Raises:
        ValueError: If one cannot be encoded.
    """
    total = sum(clip.sound.duration for clip in todo) or 1.0
    done, worker = 0.0, _worker(codec)
    try:
        for clip in todo:
            if job.cancelled:
                return False
            job.progress(done / total, f"encoding “{clip.name}”")
            try:
                latent = _encoded(codec, clip, worker, job, done, total, weights)
            except Exception as error:
                if job.cancelled:
                    return False
                raise ValueError(f"“{clip.name}” could not be encoded: {error}") from error
            with sounds.document.lock:
                if job.cancelled or sounds.codec is not codec:
                    return False  # latents of a codec that is no longer in use
                if any(present.sound is clip.sound for present in sounds.state.clips):  # not removed or cut meanwhile
                    sounds.set_latents(clip.id, latent)
            done += clip.sound.duration
    finally:
        if worker is not None:
            worker.close()
    return True


def compare_codecs(sounds: LatentStore, job: Job) -> None:
    """Measure on the job's thread what each codec makes of the session's sounds.

    Raises:
        ValueError: If there is no sound, or one cannot be encoded.
    """
    leave_a_processor_free()
    if not sounds.present_sounds:
        raise ValueError("there is no sound to compare codecs with; add one first")
    job.progress(0.0, "comparing what codecs make of these sounds")
    excerpts = excerpts_of(sounds.present_sounds)
    sounds.codec_errors = codec_errors(excerpts, sounds.codec, cancelled=lambda: job.cancelled)


def _material(sounds: LatentStore, job: Job) -> Material:
    def progress(share: float) -> None:
        job.progress(share, "looking for what the sounds are made of")

    return Material(sounds.present_sounds, progress, lambda: job.cancelled)


def _rebuild(sounds: LatentStore, notices: Notices, job: Job) -> bool:
    """Build a codec that is made of sounds again if these are others now; returns whether latents mean something else.

    Raises:
        BuildingCancelled: If the job was cancelled meanwhile.
    """
    codec = sounds.codec
    if not codec.info.capabilities.made_of_sounds or not sounds.present_sounds:
        return False
    rebuilt = cast(SoundMadeCodec, codec).rebuilt(_material(sounds, job))
    if rebuilt is codec or not sounds.use_loaded(rebuilt, sounds.codec_name):
        return False
    notices.say("codec", CodecRebuilt(rebuilt.info.name))
    return True


def _worker(codec: Codec) -> BackgroundEncoder | None:
    """Starts nothing before it is used."""
    if codec.recipe is None:
        return None  # only this process has it

    return BackgroundEncoder(codec.recipe)


def _encoded(
    codec: Codec,
    clip: Clip,
    worker: BackgroundEncoder | None,
    job: Job,
    done: float,
    total: float,
    weights: Mapping[str, FloatArray] | None,
) -> LatentTrajectory:
    sound = clip.sound
    foreign = codec.info.capabilities.isolated
    if worker is None or not (foreign or sound.duration > _LONG_SECONDS):
        if weights is not None:
            return cast(BendableEncoder, codec).encode_with(weights, sound.audio, sound.sample_rate)
        return codec.encode(sound.audio, sound.sample_rate)
    return worker.encode(
        sound.audio,
        sound.sample_rate,
        progress=lambda seconds, _of: job.progress((done + seconds) / total, f"encoding “{clip.name}”"),
        cancelled=lambda: job.cancelled,
        weights=weights,
    )
