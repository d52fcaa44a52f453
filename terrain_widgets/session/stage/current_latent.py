"""Which latents are meant by “this sound”: those that play now."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latent_settings import LatentSettings
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.stage.playheads import Playheads
from terrain_widgets.session.stage.source_selector import SourceSelector


class CurrentLatent:
    """Tells where it plays, and what.

    Args:
        sound: Where the hand is.
        playheads: Where they are.
        sources: What plays there.
        shaping: Gives how latents are shaped before they are decoded.
    """

    def __init__(
        self, sound: Sound, playheads: Playheads, sources: SourceSelector, shaping: Callable[[], LatentSettings]
    ) -> None:
        self._sound, self._playheads, self._sources, self._shaping = sound, playheads, sources, shaping

    def place(self) -> NDArray[np.float64] | None:
        """Where it plays: under the hand while that is down, else at the first playhead, else where the hand was last.

        The last so that one can leave the plane to press a button. ``[C]``, or ``None`` if nothing has played yet.
        """
        hand = self._sound.hand
        if not hand.down:
            for place in self._playheads.positions().values():
                return np.asarray(place, dtype=np.float64)
        return hand.place

    @property
    def sounding(self) -> bool:
        """Whether the hand is down or a playhead moves."""
        return self._sound.hand.down or bool(self._playheads.positions())

    def latents(self) -> NDArray[np.float32]:
        """The latents that play now, ``[D]``, to be heard again as they were when a point plays them.

        A clip that runs underneath is left out.

        Raises:
            ValueError: If nothing has played yet.
        """
        mapping, place = self._sources.mapping, self.place()
        if mapping is None or (place is None and self._sources.source != "sliders"):
            raise ValueError(
                "nothing has played yet: play the terrain, the points or the sliders, then take what sounds"
            )
        # As the engine does with a gesture of fewer or more dimensions than the mapping has.
        asked = np.zeros((1, mapping.control_dim), dtype=np.float32)
        if place is not None:
            asked[0, : len(place)] = place[: mapping.control_dim]
        raw: NDArray[np.float32] = np.asarray(mapping(asked), dtype=np.float32)[0]
        shape = self._shaping()
        # Within the limits, but before factor and offset: a point that plays it goes through those again.
        heard = np.clip(raw * shape.scale + shape.offset, shape.low, shape.high)
        factor = np.where(shape.scale == 0.0, 1.0, shape.scale)
        same: NDArray[np.float32] = np.where(shape.scale == 0.0, raw, (heard - shape.offset) / factor).astype(
            np.float32
        )
        return same
