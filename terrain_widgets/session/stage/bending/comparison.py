"""The model's own sound beside the bent one: A and B, equally loud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.codecs.base import BendableStream
from terrain_widgets.core.bending.loudness import weighted_level
from terrain_widgets.core.bending.terrain_layers import is_terrain
from terrain_widgets.session.stage.live_patch import LivePatch

PROBES, PROBE_SECONDS = 4, 1.5  # sounds that are decoded both ways, and of each its beginning
QUIETEST = -90.0  # dB: below, there is nothing to compare

FloatArray = NDArray[np.float32]


class Comparison:
    """Goes to and fro between the two sounds.

    Args:
        live: The patch, and the engine that follows it.
    """

    def __init__(self, live: LivePatch) -> None:
        self._live = live
        self._amount = 1.0  # of B, while A is heard

    def __repr__(self) -> str:
        return f"Comparison({'B' if self.bent else 'A'})"

    @property
    def bent(self) -> bool:
        """Whether B, the bent sound, is heard."""
        return bool(self._live.patch["bend.amount"] > 0.0)

    def hear(self, bent: bool) -> None:
        """Hear B, the bent sound at the amount that it had, or A, the model's own."""
        present: float = self._live.patch["bend.amount"]
        if present > 0.0:
            self._amount = present
        self._live.set({"bend.amount": self._amount if bent else 0.0}, "bend a or b")

    def match(self) -> float:
        """Set the level of the bent sound so that it is as loud as the model's own.

        Both decode the beginnings of the session's encoded sounds, or the latent origin where there is no sound.

        Returns:
            The level in dB.

        Raises:
            ValueError: If nothing is bent, or one of the two is silent.
        """
        _, of_codec = self._live.state.heard_bend.parted(is_terrain)
        weights = self._live.assets.bent(of_codec) if of_codec.steps else {}
        if not weights:
            raise ValueError("nothing is bent, so there are no two sounds to compare")
        own, bent = self._level({}), self._level(weights)
        if min(own, bent) < QUIETEST:
            raise ValueError(f"one of the two sounds is silent: the model's own at {own:.0f} dB, bent at {bent:.0f} dB")
        limits = PARAMETERS.number("bend.level")
        level = round(float(np.clip(own - bent, limits.low, limits.high)), 1)
        self._live.set({"bend.level": level}, "bend level")
        return level

    def _level(self, weights: Mapping[str, FloatArray]) -> float:
        codec, info = self._live.codec, self._live.codec.info
        frames = max(1, round(PROBE_SECONDS * info.frame_rate))
        known = [latents.values[:frames] for latents in list(self._live.latents.values())[:PROBES]]
        parts = []
        for latents in known or [np.zeros((frames, info.latent_dim), dtype=np.float32)]:
            stream = codec.stream(1)
            if weights:
                stream = cast(BendableStream, stream).bent(weights)
            parts.append(stream.decode(np.ascontiguousarray(latents.T[None]))[0])
        return weighted_level(np.concatenate(parts, axis=1), info.sample_rate)
