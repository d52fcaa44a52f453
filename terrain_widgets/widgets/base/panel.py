"""What all panels have in common: a session, a heading, a line for bad news, and tidy ends."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from inspect import Parameter, signature
from itertools import groupby
from typing import Any, TypedDict, Unpack

import ipywidgets
import traitlets

from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.session.notices.events import Failed, NotHeard, Notice
from terrain_widgets.session.notices.silence import Silence
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Actions
from terrain_widgets.widgets.base.chart import Chart
from terrain_widgets.widgets.base.following import Following
from terrain_widgets.widgets.base.offers import Offers
from terrain_widgets.widgets.base.page_widget import Collected
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.base.wording import words
from terrain_widgets.widgets.controls.controls import Controls
from terrain_widgets.widgets.controls.item import Item
from terrain_widgets.widgets.controls.words import Heading, Words

#: Topics below the widgets, kinds of job among them, whose notices a panel shows beside its own.
_TOPICS = {
    "sounds": ("encode", "codec"),
    "training": ("train",),
    "gallery": ("gallery",),
    "points": ("compare", "trace"),
    "explore": ("map", "measure"),
    "bending": ("encode",),
    "files": ("settings",),
    "studio": ("shortcut", "settings"),
    "takes": ("render",),
}


class PanelOptions(TypedDict, total=False):
    """What every panel takes by keyword."""

    #: Size and place in the page, as ipywidgets' boxes take it: ``{"width": "440px"}``.
    layout: ipywidgets.Layout | dict[str, str]


class Panel(Collected, ipywidgets.VBox):
    """A thin view of one session. Panels do not know each other.

    Args:
        session: What is shown; a new session with the bundled sounds if none is given.
        area: What this panel is about: its own notices, and those of the jobs that it starts, are said in it.
        heading: Plain text.
        **options: See ``PanelOptions``.

    Attributes:
        actions: The table of what can be done here; buttons, keys, help and the studio's palette are read from it.
        offers: Makes the buttons.

    Raises:
        TypeError: If there is no such option.
    """

    def __init__(self, session: Session | None, area: str, heading: str, **options: Unpack[PanelOptions]) -> None:
        # ipywidgets would take any word, and only warn.
        own = [name for name, p in signature(type(self)).parameters.items() if p.kind is not Parameter.VAR_KEYWORD]
        refuse_unknown(type(self).__name__, options, [*own, *PanelOptions.__annotations__])
        self.session = session if session is not None else Session()
        self._area, self._topics = area, (area, *_TOPICS.get(area, ()))
        self._follows = Following(self)
        self.actions = Actions()
        self.offers = Offers(self.actions, self.press)
        self.heading = Heading(heading)
        self._notice = Words("", "error")
        self._controls: list[Controls] = []
        super().__init__(**options)
        self.add_class("tw-panel")  # where Esc is panic
        self.listen("newest", self._show_notice, self.session.jobs.notices)
        self.session.files.autosave.start()  # who sees a session works on it

    def listen(self, trait: str, show: Callable[[], None], whose: traitlets.HasTraits) -> None:
        """Call ``show`` on the UI thread after a trait of ``whose`` has changed; see ``Following``."""
        self._follows.to(trait, show, whose)

    def lay_out(self, *shown: Item | ipywidgets.Widget) -> None:
        """Show these below each other; neighbours that are items are drawn by one widget.

        Args:
            *shown: Controls and other items, and widgets that draw themselves.
        """
        before, children = self._controls, list[ipywidgets.Widget]()
        for controls in before:
            controls.close()
        self._controls = []
        for are_items, run in groupby(shown, lambda each: isinstance(each, Item)):
            if are_items:
                self._controls.append(Controls(run))
                children.append(self._controls[-1])
            else:
                children.extend(run)
        self.children = children

    def press(self, action: Action) -> None:
        """Do one of the actions, as its button and the palette do."""
        self.do(action.run)

    def do(self, act: Callable[[], Any], key: Hashable | None = None) -> None:
        """Run ``act`` on the UI thread; what goes wrong becomes a sentence in this panel.

        Args:
            act: What to do.
            key: What still waits under the same key is left out.
        """

        def guarded() -> None:
            for topic in self._topics:
                self.session.jobs.notices.say(topic, None)
            try:
                act()
            except (ValueError, KeyError, RuntimeError, OSError) as error:
                self.say(Failed.of(error))

        ui.submit(guarded, key)

    def say(self, notice: Notice | None) -> None:
        """Show a notice in every panel of this kind; ``None`` takes the last back."""
        self.session.jobs.notices.say(self._area, notice)

    def explain(self, silence: Silence | None) -> None:
        """Say why a gesture is not heard, or take that back; may be called on any thread."""
        self.say(None if silence is None else NotHeard(silence))

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Called when a cell shows the panel."""
        self.refresh_charts()
        return super()._repr_mimebundle_(**kwargs)

    def refresh_charts(self) -> None:
        """Have the page draw the charts as they are now; to be called where a panel comes into view."""
        for view in _charts(self):
            view.refresh()

    def close(self) -> None:
        """Stop listening and remove the widget from the page. The session lives on."""
        self._follows.end()
        for controls in self._controls:
            controls.close()
        super().close()

    def says(self, topic: str, notice: Notice) -> bool:
        """Whether a notice is said here."""
        return topic in self._topics

    def _show_notice(self) -> None:
        newest = self.session.jobs.notices.newest
        said = [notice for topic, notice in newest.items() if self.says(topic, notice)]
        self._notice.tone = "error" if said and said[-1].level == "error" else "plain"
        self._notice.value = words(said[-1]) if said else ""


def _charts(widget: ipywidgets.Widget) -> Iterator[Chart]:
    if isinstance(widget, Chart):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from _charts(child)


def time_left(seconds: float | None) -> str:
    """``"about 5 s left"``, or nothing where nobody knows."""
    return "" if seconds is None else f" · about {max(1, round(seconds))} s left"
