"""Latent presets: kept from the sliders, found by their words, recalled."""

from __future__ import annotations

from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.controls.words import TextField, Words
from terrain_widgets.widgets.files.by_path import read, written


class PresetsPart(Part):
    """Names, tags, a search, and what is found.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._shelf = self.session.explore.presets
        self._name = TextField(description="Name", placeholder="of the sliders' sound", longest=80)
        self._tags = TextField(description="Tags", placeholder="words", longest=200)
        self._description = TextField(description="Description", placeholder="what it sounds like", longest=400)
        self._search = TextField(description="Search", placeholder="name, tags or description", longest=80)
        self._which = Dropdown((), description="Presets", tooltip="Those that the search finds")
        self._said = Words(tone="quiet")
        self._open = FileButton(
            take=self._take, description="Open…", tooltip="Presets of LatentAudio: presets.json", accept=".json"
        )
        self._save = FileButton(
            give=lambda: written(self._shelf.save, "presets.json"),
            description="Save",
            tooltip="All presets as LatentAudio's presets.json",
        )
        keep, recall, remove = self.offers(*self._actions())
        self.children = (
            Row([self._name, self._tags, self._description, keep]),
            Row([self._search, self._which]),
            Row([recall, remove]),
            Row([self._open, self._save]),
            self._said,
        )
        self._search.observe(lambda _change: self._refresh(), names="value")
        self._which.observe(lambda _change: self._say(), names="value")
        self.listen("now", self._refresh, self._shelf)
        self._refresh()

    def _actions(self) -> list[Action]:
        def found() -> bool:
            return self._which.value is not None

        return [
            Action(
                "keep-preset",
                "Keep",
                "Keep where the latent sliders stand under this name",
                self._keep,
                icon="bookmark",
            ),
            Action(
                "recall-preset",
                "Recall and hear",
                "Set the latent sliders to it, and hear them",
                self._recall_it,
                enabled=found,
                icon="play",
            ),
            Action(
                "remove-preset",
                "Remove",
                "Take the preset away; undo brings it back",
                lambda: self._shelf.remove(self._which.value),
                enabled=found,
                icon="trash",
            ),
        ]

    def _keep(self) -> None:
        tags, name = self._tags.value.split(), self._name.value or "preset"
        self._shelf.keep(name, description=self._description.value, tags=tags)

    def _take(self, _name: str, content: bytes) -> str:
        return f"{read(self._shelf.load, content, '.json')} presets are here."

    def _recall_it(self) -> None:
        self._shelf.recall(self._which.value)
        self.session.stage.sliders.hear()
        self.explain(self.session.stage.hand.silence())

    def _refresh(self) -> None:
        self._which.options = tuple(preset.name for preset in self._shelf.search(self._search.value))
        self._save.disabled = not self._shelf.now
        self._say()
        self.offers.show()

    def _say(self) -> None:
        preset = self._shelf.now.get(self._which.value)
        said = [] if preset is None else [preset.description, " ".join(preset.tags), f"of {preset.codec}"]
        self._said.value = ", ".join(word for word in said if word)
