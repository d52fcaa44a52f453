"""What to do next, in a sentence."""

from __future__ import annotations

from terrain_widgets.session.session import Session


def next_step(session: Session) -> str:
    """The step that leads on from where a session stands, as somebody does it who sees the studio."""
    state = session.state
    if session.jobs.status.state == "running":
        return f"wait a moment, {session.jobs.status.message}…"
    shown = session.stage.sources.shown is not None
    if not state.clips and not shown:
        return "press “Add sounds…”, or drop files there."
    if state.clips and not session.sounds.encoded:
        return "press “Encode”: every sound becomes a row of latents."
    for clip in state.clips:
        if clip.id not in session.latents:
            return f"press “Encode”: “{clip.name}” waits."
    if state.clips and not state.paths:
        return "draw a line on the stage for each sound."
    if not shown:
        pairs = [clip for clip in state.clips if clip.id in state.paths]
        return f"press “Train”: {len(pairs)} sounds are ready."
    for clip in state.clips:
        if clip.id not in state.paths:
            return f"play the stage, or draw a line for “{clip.name}” and train."
    return "turn the sound on and play the stage."


def steps_done(session: Session) -> int:
    """How many steps of the tour are behind somebody: sounds are encoded, and lines are drawn for them."""
    if not session.sounds.encoded:
        return 0
    return 2 if session.state.paths else 1
