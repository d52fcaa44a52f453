"""Why a gesture is not heard."""

from __future__ import annotations

from enum import StrEnum


class Silence(StrEnum):
    """Why a gesture is not heard: an event, which views put into words.

    ``NO_TERRAIN``: the terrain is what plays, and there is none. ``NOTHING_PLAYS``: points or sliders are what plays,
    and they have nothing yet. ``SOUND_OFF``: nobody listens. ``REVIVED``: the engine had died and is starting again.
    """

    NO_TERRAIN = "no_terrain"
    NOTHING_PLAYS = "nothing_plays"
    SOUND_OFF = "sound_off"
    REVIVED = "revived"
