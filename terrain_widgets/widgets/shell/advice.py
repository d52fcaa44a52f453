"""What to do next, in a sentence."""

from __future__ import annotations

from terrain_widgets.session.session import Session


def next_step(session: Session) -> str:
    """The step that leads on from where a session stands, as somebody does it who sees the studio."""
    state = session.state
    if session.jobs.status.state == "running":
        return f"wait a moment, {session.jobs.status.message}…"
    if not state.clips:
        if session.stage.sources.shown is not None:
            return "turn the sound on and play the stage."
        return "press “Add sounds…”, or drop files there."
    if not session.sounds.encoded:
        return "press “Encode”: every sound becomes a row of latents."
    if not state.paths:
        return "draw a line on the stage for each sound."
    if session.stage.sources.shown is None:
        pairs = [clip for clip in state.clips if clip.id in state.paths and clip.id in session.latents]
        return f"press “Train”: {len(pairs)} sounds are ready."
    return "turn the sound on and play the stage."


def steps_done(session: Session) -> int:
    """How many steps of the tour are behind somebody: sounds are encoded, and lines are drawn for them."""
    if not session.sounds.encoded:
        return 0
    return 2 if session.state.paths else 1
