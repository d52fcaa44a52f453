"""What the territory picture is coloured by: the frames of the sounds that are encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.pictures.sound_colours import sound_rgb
from terrain_widgets.core.pictures.territory import Landmarks, frame_loudness, landmarks
from terrain_widgets.session.document.state import Clip


def sound_landmarks(clips: Sequence[Clip], latents: Mapping[str, LatentTrajectory]) -> Landmarks | None:
    """Frames of sounds in the colours that their places in the list give them; ``None`` if none is encoded.

    Args:
        clips: All sounds.
        latents: By clip id, of those that are encoded.
    """
    encoded = [(k, clip) for k, clip in enumerate(clips) if clip.id in latents]
    values = [latents[clip.id].values for _, clip in encoded]
    loudness = [frame_loudness(clip.sound.audio, len(part)) for (_, clip), part in zip(encoded, values, strict=True)]
    return landmarks(values, loudness, [sound_rgb(k) for k, _ in encoded])
