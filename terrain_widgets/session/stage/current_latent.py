"""Which latents are meant by “this sound”: those that play now, or those of a sound's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session

FloatArray = NDArray[np.float32]


def place_now(session: Session) -> NDArray[np.float64] | None:
    """Where it plays: under the hand while that is down, else at the first playhead, else where the hand was last.

    The last so that one can leave the plane to press a button. ``[C]``, or ``None`` if nothing has played yet.
    """
    hand = session.sound.hand
    if not hand.down:
        for place in session.stage.playheads.positions().values():
            return np.asarray(place, dtype=np.float64)
    return hand.place


def playing_latent(session: Session) -> FloatArray:
    """The latents that play now, ``[D]``, to be heard again as they were when a point plays them.

    A clip that runs underneath is left out.

    Raises:
        ValueError: If nothing has played yet.
    """
    mapping, place = session.sources.mapping, place_now(session)
    if mapping is None or (place is None and session.sources.source != "sliders"):
        raise ValueError("nothing has played yet: play the terrain, the points or the sliders, then take what sounds")
    # As the engine does with a gesture of fewer or more dimensions than the mapping has.
    asked = np.zeros((1, mapping.control_dim), dtype=np.float32)
    if place is not None:
        asked[0, : len(place)] = place[: mapping.control_dim]
    raw: FloatArray = np.asarray(mapping(asked), dtype=np.float32)[0]
    shape = session.stage.latents
    if shape is None:
        return raw
    # Within the limits, but before factor and offset: a point that plays it goes through those again.
    heard = np.clip(raw * shape.scale + shape.offset, shape.low, shape.high)
    factor = np.where(shape.scale == 0.0, 1.0, shape.scale)
    same: FloatArray = np.where(shape.scale == 0.0, raw, (heard - shape.offset) / factor).astype(np.float32)
    return same


def frame_latent(session: Session, clip_id: str, frame: int) -> FloatArray:
    """The latents of one frame of a sound, ``[D]``.

    Args:
        session: Whose sound.
        clip_id: An encoded clip.
        frame: From 0; negative from the end.

    Raises:
        KeyError: If there is no such clip.
        ValueError: If it is not encoded.
        IndexError: If it is shorter.
    """
    clip = session.state.clip(clip_id)
    if clip_id not in session.latents:
        raise ValueError(f"“{clip.name}” is not encoded yet: press “Encode” first")
    values = session.latents[clip_id].values
    if not -len(values) <= frame < len(values):
        raise IndexError(f"“{clip.name}” has {len(values)} frames, 0 to {len(values) - 1}, not {frame}")
    row: FloatArray = values[frame]
    return row
