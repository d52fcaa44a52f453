"""What to do next, in a sentence."""

from __future__ import annotations

from terrain_widgets.session.session import Session

#: ``Training.learnt`` from which to play; the bundled sounds reach 0.99 in seconds.
ENOUGH_LEARNT = 0.9


def next_step(session: Session, sound_on: bool = False) -> str:
    """The step that leads on from where a session stands, as somebody does it who sees the studio.

    Args:
        session: Which one.
        sound_on: Whether the studio's sound is on.
    """
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
        pairs = sum(clip.id in state.paths for clip in state.clips)
        return f"press “Train”, in the panel Train: {pairs} {'sound is' if pairs == 1 else 'sounds are'} ready."
    for clip in state.clips:
        if clip.id not in state.paths:
            return f"play the stage, or draw a line for “{clip.name}” and train."
    learnt = session.training.learnt
    if learnt is not None and learnt < ENOUGH_LEARNT and not session.training.flat:
        return (
            f"press “Continue training”, in the panel Train: {learnt:.0%} of how the sounds move is learnt. "
            "You can play meanwhile."
        )
    return "move over the stage, and hear it." if sound_on else "turn the sound on and play the stage."


def steps_done(session: Session) -> int:
    """How many steps of the tour are behind somebody: sounds encoded, lines drawn, trained; all by the shortcut."""
    if session.stage.sources.shown is not None or session.shortcut.running:
        return 3
    if not session.sounds.encoded:
        return 0
    return 2 if session.state.paths else 1
