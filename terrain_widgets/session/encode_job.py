"""Encoding as a job: every sound that has no latents yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terrain_widgets.session.jobs import Job
from terrain_widgets.session.threads import leave_a_processor_free

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session


def encode_all(session: Session, job: Job) -> None:
    """Encode on the job's thread, one sound after the other.

    Raises:
        ValueError: If a sound cannot be encoded; those before it are.
    """
    leave_a_processor_free()
    codec = session.codec
    todo = [clip for clip in session.state.clips if clip.id not in session.latents]
    for index, clip in enumerate(todo):
        if job.cancelled:
            return
        job.progress(index / len(todo), f"encoding “{clip.name}”")
        try:
            latent = codec.encode(clip.sound.audio, clip.sound.sample_rate)
        except Exception as error:
            raise ValueError(f"“{clip.name}” could not be encoded: {error}") from error
        with session.lock:
            if job.cancelled or session.codec is not codec:
                return  # latents of a codec that is no longer in use
            if clip in session.state.clips:  # it may have been removed meanwhile
                session.set_latents(clip.id, latent)
    job.progress(1.0, f"{len(session.encoded)} sounds encoded by {codec.info.name}")
