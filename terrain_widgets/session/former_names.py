"""Names of ``Session`` before its parts had names: they still work in this version, with a warning, and then go."""

from __future__ import annotations

import warnings
from operator import attrgetter
from typing import Any

#: Where each name went, from the session.
MOVED = {
    **{
        name: f"document.{name}"
        for name in (
            "boundary seed patch selected lock snapshot add_sounds rename_sound move_sound remove_sound erase "
            "clear_paths apply apply_within set rewrite can_undo can_redo forget_history select select_next"
        ).split()
    },
    **{
        name: f"sounds.{name}"
        for name in (
            "codec_name loaded_codec use_codec change_codec use_loaded add_model reconstruct set_latents encoded "
            "frames_needed latents_of"
        ).split()
    },
    **{
        name: f"training.{name}" for name in "losses runs gauss_scale dataset adopt restore_discarded discarded".split()
    },
    **{name: f"stage.{name}" for name in "points sliders pads tracer sources".split()},
    "replay": "stage.replay",
    "trim_sound": "sounds.trim",
    "reset_terrain": "training.reset",
    "restore_terrain": "training.restore",
    "trainer": "training",
    "mapping": "stage.sources.shown",
    "shown_channel": "stage.sources.shown_channel",
    "running_host": "sound.engine",
    "revive_audio": "sound.revive",
    "player": "sound",
    "performance": "stage",
    "job": "jobs.status",
    "working": "jobs.working",
    "busy": "jobs.busy",
    "cancel": "jobs.cancel",
    "start_job": "jobs.start",
    "notices": "jobs.notices.newest",
}

#: Properties that are methods now.
CALLED = {"host": "sound.start"}


def forward(session: object, name: str) -> Any:
    """What a former name meant.

    Raises:
        AttributeError: If there was no such name.
    """
    if name in CALLED:
        warnings.warn(f"session.{name} is now session.{CALLED[name]}()", DeprecationWarning, stacklevel=3)
        return attrgetter(CALLED[name])(session)()
    if name not in MOVED:
        raise AttributeError(f"a session has no {name!r}; dir(session) lists what it has")
    warnings.warn(f"session.{name} is now session.{MOVED[name]}", DeprecationWarning, stacklevel=3)
    return attrgetter(MOVED[name])(session)
