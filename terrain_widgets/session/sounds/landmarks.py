"""What the territory picture is coloured by: the frames of the sounds that are encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.pictures.sound_colours import sound_rgb
from terrain_widgets.core.pictures.territory import Landmarks, frame_loudness, landmarks
from terrain_widgets.session.document.state import Clip


def sound_landmarks(clips: Sequence[Clip], latents: Mapping[str, LatentTrajectory]) -> Landmarks | None:
    """Frames of sounds in the sounds' colours; ``None`` if none is encoded.

    Args:
        clips: All sounds.
        latents: By clip id, of those that are encoded.
    """
    known = [latents[clip.id].values if clip.id in latents else None for clip in clips]
    dimensions = next((values.shape[1] for values in known if values is not None), 0)
    tables = [np.empty((0, dimensions), np.float32) if values is None else values for values in known]
    loudness = [frame_loudness(clip.sound.audio, len(part)) for clip, part in zip(clips, tables, strict=True)]
    return landmarks(tables, loudness, [sound_rgb(clip.colour) for clip in clips])
