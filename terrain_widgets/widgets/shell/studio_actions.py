"""What the studio itself can do, as a table: its modes, its panels, its view, its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Actions
from terrain_widgets.widgets.base.bar import FULL_SCREEN
from terrain_widgets.widgets.base.history_actions import history_actions
from terrain_widgets.widgets.panels.registry import Entry
from terrain_widgets.widgets.shell.stage import MODES

FIRST_STEPS = ("begin", "cancel")  #: The shortest way to sound, and its end.


def studio_actions(
    session: Session,
    entries: Iterable[Entry],
    view: Actions,
    take_mode: Callable[[str], None],
    show: Callable[[str], None],
) -> list[Action]:
    """The studio's rows.

    Args:
        session: What is shown.
        entries: The panels of its docks.
        view: The plane's own actions.
        take_mode: Has the stage be for something else.
        show: Shows a panel.
    """

    def mode(name: str, title: str, hint: str) -> Action:
        return Action(f"mode-{name}", f"Stage: {title}", hint, lambda: take_mode(name))

    def panel(entry: Entry) -> Action:
        return Action(f"show-{entry.name}", f"Show {entry.title}", entry.hint, lambda: show(entry.name))

    return [
        *_first_steps(session),
        *(mode(each.name, each.title, each.hint) for each in MODES),
        *(panel(entry) for entry in entries),
        *history_actions(session),
        *view,
        _of_page("sound", "Sound on or off", "Turn the sound on, or off", ".tw-top .terrain-sink-power"),
        _of_page("panic", "Silence", "Silence, at once", ".tw-top .terrain-sink-panic", "Escape"),
        _of_page(
            FULL_SCREEN,
            "Full screen",
            "The stage alone, on the whole screen, and back",
            f'.tw-corner [data-item="{FULL_SCREEN}"]',
            "f",
        ),
        _of_page("help", "Help", "All keys, and a tour", ".tw-help-ask", "?"),
    ]


def _first_steps(session: Session) -> list[Action]:
    shortcut = session.shortcut

    def begins() -> bool:
        # The shortest way is for the beginning; once there is a terrain, or a path for each sound, the panels lead on.
        clips, paths = session.state.clips, session.state.paths
        begun = session.stage.sources.shown is not None or all(clip.id in paths for clip in clips)
        return not shortcut.running and not begun

    return [
        Action(
            "begin",
            "Play it for me",
            "Encode the sounds, lay out a path for each and train: the shortest way to sound",
            shortcut.start,
            icon="magic",
            style="primary",
            offered=begins,
        ),
        Action("cancel", "Cancel", "Go no further", shortcut.stop, icon="stop", offered=lambda: shortcut.running),
    ]


def _of_page(name: str, title: str, hint: str, selector: str, *keys: str) -> Action:
    return Action(name, title, hint, lambda: None, keys, page=selector)
