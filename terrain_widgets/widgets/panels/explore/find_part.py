"""Where it sounds like this: a sound of the session, a point of the map, a file or one's own voice is looked for."""

from __future__ import annotations

from collections.abc import Callable

from terrain_widgets.io.sound_sources import SUFFIXES
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row, Slot
from terrain_widgets.widgets.controls.choices import SelectList
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.panels.encoder.microphone import Microphone


class FindPart(Part):
    """What to look for, and the places where it was found, the best first.

    Args:
        panel: In which it stands.
        meant: Gives the number of the point of the map that the pointer was at last, or -1.
        audition: Has a point of the map heard.
    """

    def __init__(self, panel: Panel, meant: Callable[[], int], audition: Callable[[int], None]) -> None:
        super().__init__(panel)
        self._meant, self._audition, self._explore = meant, audition, self.session.explore
        self._places = SelectList(
            (), description="Places", tooltip="Where it sounds most like it, the best first, with distances"
        )
        find, find_point, hear_place, hear_point, forget = self.offers(*self._actions())
        other = FileButton(
            take=self._take,
            description="Find a file…",
            tooltip="Mark where it sounds most like a sound that is not in the session; it is not added",
            accept=",".join(SUFFIXES),
        )
        self._microphone = Microphone(take=self._take)
        self._alike = SelectList(
            (), description="Sounds", tooltip="Those of the map that are most like it, the best first, with distances"
        )
        self._found = Row([self._places, hear_place, self._alike, hear_point, forget], visible=False)
        self.children = (Row([find, find_point, other]), Row([Slot(self._microphone)]), self._found)
        for trait in ("found", "on_map"):
            self.listen(trait, self._show, self._explore)
        for trait, whose in (("latents", self.session.sounds), ("selected", self.session.document)):
            self.listen(trait, self.offers.show, whose)
        self.listen("shown", self.offers.show, self.session.stage.sources)
        self.listen("now", self.offers.show, self._explore.map)
        self._show()

    def _actions(self) -> list[Action]:
        session = self.session

        def searchable() -> bool:
            return session.stage.sources.shown is not None or self._explore.map.now is not None

        return [
            Action(
                "find",
                "Find the selected sound",
                "Mark where on the stage and on the map it sounds most like the selected sound",
                lambda: self._explore.find(session.document.selected),
                enabled=lambda: searchable() and bool(session.document.selected),
                icon="search",
            ),
            Action(
                "find-point",
                "Find the point",
                "Mark where on the stage and on the map it sounds most like the point that the pointer was at last",
                lambda: self._explore.find(self._explore.map.needed.latents[self._meant()]),
                enabled=lambda: searchable() and self._meant() >= 0,
                icon="search",
            ),
            Action(
                "hear-place",
                "Hear the place",
                "The hand goes to the place that is chosen in the list and stays there; Esc is silence",
                self._hear_place,
                enabled=lambda: self._places.value is not None,
                icon="volume-up",
            ),
            Action(
                "hear-found",
                "Hear the sound",
                "The whole sound that is chosen in the list",
                lambda: self._audition(self._alike.value),
                enabled=lambda: self._alike.value is not None,
                offered=lambda: self._alike.visible,
                icon="volume-up",
            ),
            Action(
                "forget",
                "Clear what was found",
                "Remove the marks from the stage and the map",
                self._explore.forget,
                enabled=lambda: self._explore.found is not None,
                icon="times",
            ),
        ]

    def _take(self, name: str, content: bytes) -> str:
        self._explore.find(content)
        return f"Where it sounds like {name} is marked."

    def _hear_place(self) -> None:
        self.explain(self.session.stage.hand.move(self._explore.found.ranked[self._places.value].place))

    def _show(self) -> None:
        found, on_map = self._explore.found, self._explore.on_map
        self._found.visible = found is not None
        places = () if found is None else found.ranked
        self._places.options = tuple(
            (f"{n}: {one.place[0]:.2f}, {one.place[1]:.2f} ({one.distance:.2f})", n - 1)
            for n, one in enumerate(places, 1)
        )
        sounds = () if on_map is None else on_map.sounds
        self._alike.options = tuple(
            (f"{n}: {one.name} ({one.distance:.2f})", one.point) for n, one in enumerate(sounds, 1)
        )
        self._alike.visible = bool(sounds)
        self.offers.show()
