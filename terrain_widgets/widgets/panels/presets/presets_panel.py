"""Presets: a pad for each, a time to glide, and a slider between two."""

from __future__ import annotations

from typing import Any, Unpack

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.preset import LONGEST_NAME
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.controls.boxes import Disclosure, Row, Slot
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import NumberField, Slider
from terrain_widgets.widgets.controls.words import TextField
from terrain_widgets.widgets.panels.points.pads_row import PadsRow

_SECONDS = PARAMETERS.number("glide.seconds")
_LARGEST = 16 * 2**20


class PresetsPanel(Panel):
    """Keeps how all stands, recalls it by a pad or the keys 1 to 9, and goes between two.

    Everything it does is a method of ``session.stage.presets``.

    Args:
        session: Whose presets; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "presets", "Presets", **options)
        self.add_class("tw-points")  # where the keys 1 to 9 are pads
        self._presets = presets = self.session.stage.presets
        self.pads = PadsRow(
            lambda name, _played: self.do(lambda: self._recall(name)),
            lambda: None,
            group="Presets: keys 1 to 9 recall them",
            empty="No preset yet: keep how it sounds now.",
        )
        self._name = TextField(description="Name", placeholder="a number if empty", longest=LONGEST_NAME)
        self._tags = TextField(description="Tags", placeholder="words", longest=200)
        self._find = TextField(description="Find", placeholder="words of names and tags", longest=200)
        self._time = NumberField(
            max=_SECONDS.high, step=0.5, description="Glide", tooltip="How long a recall takes; 0 is at once"
        )
        self._unit = Dropdown(("seconds", "bars"), tooltip="What the time counts")
        self._one = Dropdown((), description="From", tooltip="The preset at the slider's left end")
        self._other = Dropdown((), description="to", tooltip="The preset at the slider's right end")
        self._morph = Slider(description="Morph", tooltip="All numbers between the two; all else as in the nearer one")
        self._which = Dropdown((), description="Preset", tooltip="Which one is renamed, stored again or removed")
        keep, *edits = self.offers(*self._actions())
        save = self.offers.file(
            "save",
            "Save as JSON",
            "All presets as one file, in your browser's downloads",
            self._any,
            give=lambda: ("presets.json", presets.to_bytes()),
        )
        open_ = self.offers.file(
            "open", "Open…", "Presets of a file, beside those here", take=self._take, accept=".json", largest=_LARGEST
        )
        self.lay_out(
            self.heading,
            self._name,
            Row([self._tags, keep]),
            self._find,
            Slot(self.pads),
            Row([self._time, self._unit]),
            Row([self._one, self._other]),
            self._morph,
            Disclosure(
                [Row([self._which, *edits]), Row([save, open_])],
                title="Edit, save and open",
            ),
            self._notice,
        )
        self._morph.observe(self._moved, names="value")
        self._find.observe(lambda _change: self._refresh(), names="value")
        self.listen("now", self._refresh, presets)
        self.listen("recalled", self._mark, presets)
        self._refresh()

    def _any(self) -> bool:
        return len(self._presets.now) > 0

    def _actions(self) -> list[Action]:
        presets = self._presets
        return [
            Action(
                "keep",
                "Keep",
                "Keep all settings under this name; a preset of that name is replaced",
                self._keep_it,
                icon="bookmark",
            ),
            Action(
                "rename",
                "Rename",
                "Give it the name above",
                lambda: presets.rename(self._which.value, self._name.value),
                enabled=self._any,
                icon="pencil",
            ),
            Action(
                "store",
                "Store",
                "Replace it by the settings of now",
                lambda: presets.keep(self._which.value, presets.now[self._which.value].tags),
                enabled=self._any,
                icon="save",
            ),
            Action(
                "remove",
                "Remove",
                "Take it away; undo brings it back",
                lambda: presets.remove(self._which.value),
                enabled=self._any,
                icon="trash",
            ),
        ]

    def _keep_it(self) -> None:
        self._presets.keep(self._name.value, self._tags.value.split())
        self._name.value = ""

    def _recall(self, name: str) -> None:
        time = self._time.value
        if self._unit.value == "bars":
            self._presets.recall(name, bars=time)
        else:
            self._presets.recall(name, time)

    def _moved(self, change: dict[str, Any]) -> None:
        if self._one.value is not None and self._other.value is not None:
            self.do(lambda: self._presets.morph(self._one.value, self._other.value, change["new"]))

    def _take(self, name: str, data: bytes) -> str:
        count = self._presets.take(name, data)
        return f"{count} preset{'s' if count != 1 else ''} of {name}."

    def _refresh(self) -> None:
        names, found = tuple(self._presets.now), self._presets.search(self._find.value)
        fresh = self._other.value is None
        self.pads.pads = [
            {
                "id": name,
                "label": name,
                "colour": sound_colour(index),
                "hint": f"Recall the preset “{name}”{_tagged(preset.tags)}",
            }
            for index, (name, preset) in enumerate(self._presets.now.items())
            if preset in found
        ]
        self._find.visible = len(names) > 1
        for choice in (self._one, self._other, self._which):
            choice.options = names
        if fresh and len(names) > 1:
            self._other.value = names[1]
        self._morph.disabled = len(names) < 2
        self.offers.show()
        self._mark()

    def _mark(self) -> None:
        self.pads.held = self._presets.recalled


def _tagged(tags: tuple[str, ...]) -> str:
    return f" ({' '.join(tags)})" if tags else ""
