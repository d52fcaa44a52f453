"""Morphs, walks and variations: from the point under the pointer, heard as latents that run by themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from terrain_widgets.core.exploration.variations import DEVIATION
from terrain_widgets.core.exploration.walk import MOMENTUM, PULL, STEP
from terrain_widgets.session.notices.events import VariationKept
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.making import Making
from terrain_widgets.widgets.base.panel import Panel, time_left
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown, ToggleGroup
from terrain_widgets.widgets.controls.numbers import NumberField, Progress, Slider
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.files.by_path import written
from terrain_widgets.widgets.panels.explore.pointed import Pointed

_WITHIN = (("near the sounds", "reach"), ("within their range", "range"), ("anywhere", "nothing"))


class WaysPart(Part):
    """A and B, a morph between them, a walk from A, variations of A, and what there is to play.

    Args:
        panel: In which it stands.
        pointed: Gives what becomes A or B.
    """

    def __init__(self, panel: Panel, pointed: Pointed) -> None:
        super().__init__(panel)
        self._pointed = pointed
        self._ways = self.session.explore.ways
        self._ends: dict[str, tuple[str, Any]] = {}
        self._said = Words(tone="quiet")
        self._seconds = NumberField(value=5.0, min=0.1, max=120.0, step=0.5, description="Seconds", tooltip="How long")
        self._step = Slider(
            value=STEP.default, min=0.05, max=3.0, step=0.05, description="Step", tooltip=STEP.description
        )
        self._momentum = Slider(
            value=MOMENTUM.default, min=0.0, max=1.0, description="Momentum", tooltip=MOMENTUM.description
        )
        self._pull = Slider(value=PULL.default, min=0.0, max=1.0, description="Pull", tooltip=PULL.description)
        self._within = Dropdown(_WITHIN, description="Stays", tooltip="Where a walk may go")
        self._course = ToggleGroup(
            [("Arc", "spherical"), ("Line", "linear")],
            description="Morph on",
            tooltips=["The direction turns evenly: in the middle it is as strong as at the ends", "Straight ahead"],
        )
        self._which = Dropdown((), description="Ways", tooltip="Morphs and walks that were made")
        self._steered = Checkbox(description="Steer it", tooltip="Add what plays under the hand")
        self._deviation = Slider(
            value=DEVIATION.default, min=DEVIATION.low, max=DEVIATION.high, description="Deviation",
            tooltip=DEVIATION.description,
        )  # fmt: skip
        self._in_steps = Checkbox(description="In steps", tooltip="A morph in steps, each held for a quarter second")
        self._steps = NumberField(value=10, min=3, max=50, step=1, description="Steps", tooltip="How many, 3 to 50")
        self._between: list[tuple[str, Any]] = []  # what a morph passes through
        self._heard: tuple[str, Any] | None = None  # the variation that was heard last
        self._made: Any = None
        self._passing = False  # the sliders sound only as long as the pointer is over a variation
        self._endless = Checkbox(description="Without end", tooltip="A walk that goes on for as long as it plays")
        self._saving = Making(self._show_saving)
        self._progress, self._far = Progress(visible=False, description="Saving"), Words(tone="quiet")
        a, through, b, morph, walk, grid, play, stop, keep, remove, vary, keep_cell = self.offers(*self._actions())
        save = self.offers.file(
            "save-way", "Save…", "Its sound as a WAV file; of a walk without end, half a minute", self._some,
            make=self._wav,
        )  # fmt: skip
        save_all = self.offers.file(
            "save-ways", "Save all…", "The sounds of all morphs and walks, as WAV files in a zip file", self._some,
            make=self._zip,
        )  # fmt: skip
        cells = self.offers(*(self._cell(number) for number in range(9)))
        self._hover = Checkbox(value=True, description="Hover to hear", tooltip="A variation sounds under the pointer")
        for number, cell in enumerate(cells):
            cell.on_hover(partial(self._hovered, number))
        self._grid = [Row(cells[row : row + 3], visible=False) for row in (0, 3, 6)]
        self.children = (
            Row([a, through, b]),
            self._said,
            Row([morph, walk, grid, self._seconds, self._endless]),
            Row([self._course, self._in_steps, self._steps]),
            Row([self._step, self._momentum, self._pull, self._within]),
            Row([self._which, play, stop, self._steered]),
            Row([keep, save, save_all, remove]),
            self._progress,
            self._far,
            Row([vary, keep_cell]),
            Row([self._deviation]),
            self._hover,
            *self._grid,
        )
        self.listen("now", self.refresh, self._ways)
        self.listen("selected", self.refresh, self.session.document)
        self.listen("patch", self.offers.show, self.session.document)
        self.listen("latents", self._latents_changed, self.session.sounds)
        self.refresh()

    def _actions(self) -> list[Action]:
        ways = self._ways

        def begun() -> bool:
            return "A" in self._ends

        def sounds() -> bool:
            return self.session.stage.patch["clip.sound"] in ways.now

        def ended() -> bool:
            return {"A", "B"} <= self._ends.keys()

        def way(name: str, title: str, hint: str, run: Callable[[str], object], icon: str) -> Action:
            return Action(name, title, hint, lambda: run(self._which.value), enabled=self._some, icon=icon)

        return [
            self._end_action("A", "A morph and a walk begin at its mean latents"),
            Action(
                "through",
                "Pass through it",
                "A morph passes through the selected sound on its way from A to B; choosing A again clears these",
                self._pass_through,
                enabled=lambda: begun() and bool(self._pointed.name),
                icon="plus",
            ),
            self._end_action("B", "A morph ends at its mean latents"),
            Action(
                "morph",
                "Morph",
                "From A to B, and through what lies between",
                lambda: self._make(self._morphed),
                enabled=ended,
                icon="exchange",
            ),
            Action(
                "walk",
                "Walk",
                "A random walk from A, drawn to B if there is one",
                lambda: self._make(self._walked),
                enabled=begun,
                icon="random",
            ),
            Action(
                "grid-walk",
                "Grid",
                "Over a grid around A, with B to the right and the selected sound on top",
                lambda: self._make(self._over_grid),
                enabled=ended,
                icon="th",
            ),
            way(
                "play-way",
                "Play",
                "Hear the morph or the walk, again and again",
                lambda name: ways.play(name, steered=self._steered.value),
                "play",
            ),
            Action("stop-way", "Stop", "End the morph or the walk", ways.stop, enabled=sounds, icon="stop"),
            way(
                "keep-way",
                "Add as a sound",
                "Its sound becomes one of the session's, to draw and train",
                ways.add_as_sound,
                "plus",
            ),
            way("remove-way", "Remove", "Take it away; undo brings it back", ways.remove, "trash"),
            Action(
                "vary",
                "Variations of A",
                "Nine sounds around it; the middle one is A",
                self._vary_it,
                enabled=begun,
                icon="th",
            ),
            Action(
                "keep-variation",
                "Keep",
                "Keep the variation that was heard last among the presets",
                self._keep_heard,
                enabled=lambda: self._heard is not None,
                icon="bookmark",
            ),
        ]

    def _end_action(self, end: str, hint: str) -> Action:
        def face() -> Face:
            return Face(f"{end} is “{self._pointed.name}”" if self._pointed.name else f"{end} is …")

        return Action(
            end.lower(),
            f"{end} is the selected sound",
            hint,
            lambda: self._choose(end),
            enabled=lambda: bool(self._pointed.name),
            face=face,
        )

    def _cell(self, number: int) -> Action:
        return Action(
            f"variation-{number + 1}",
            str(number + 1),
            f"Hear variation {number + 1}; it becomes A",
            lambda: self._hear(number),
            enabled=lambda: self._made is not None,
        )

    def _some(self) -> bool:
        return len(self._ways.now) > 0

    def _wav(self, cancelled: Callable[[], bool]) -> tuple[str, bytes]:
        name = self._which.value
        with self._saving.told(f"saving {name}") as told:
            return written(lambda path: self._ways.save(name, path, told=told, cancelled=cancelled), f"{name}.wav")

    def _zip(self, cancelled: Callable[[], bool]) -> tuple[str, bytes]:
        with self._saving.told("saving all morphs and walks") as told:
            return written(lambda path: self._ways.save_all(path, told=told, cancelled=cancelled), "ways.zip")

    def _show_saving(self) -> None:
        now = self._saving.now
        self._progress.visible, self._progress.value = now is not None, 0.0 if now is None else now.share
        self._far.value = "" if now is None else now.words + time_left(now.seconds_left)

    def _pass_through(self) -> None:
        self._between.append(self._pointed())
        self.refresh()

    def _keep_heard(self) -> None:
        assert self._heard is not None
        name, latent = self._heard
        kept = self.session.explore.presets.keep(name, latent, "a variation")
        self.say(VariationKept(kept.name))

    def _choose(self, end: str) -> None:
        self._ends[end] = self._pointed()
        if end == "A":
            self._between = []
        self.refresh()

    def _make(self, make: Callable[[], str]) -> None:
        name = make()
        self.refresh()
        self._which.value = name
        self.explain(self.session.stage.hand.silence())
        self._ways.play(name, steered=self._steered.value)

    def _end(self, end: str) -> Any:
        if end not in self._ends:
            raise ValueError(f"choose {end} first: point at the map, or select a sound, and press “{end} is …”")
        return self._ends[end][1]

    def _morphed(self) -> str:
        points = [self._end("A"), *(where for _, where in self._between), self._end("B")]
        if self._in_steps.value:
            return self._ways.morph(points, steps=int(self._steps.value), course=self._course.value)
        return self._ways.morph(points, seconds=self._seconds.value, course=self._course.value)

    def _over_grid(self) -> str:
        return self._ways.grid(self._end("A"), self._end("B"), self._pointed()[1])

    def _walked(self) -> str:
        return self._ways.walk(
            self._end("A"), seconds=None if self._endless.value else self._seconds.value,
            target=self._end("B") if "B" in self._ends else None, step=self._step.value, momentum=self._momentum.value,
            pull=self._pull.value, within=self._within.value,
        )  # fmt: skip

    def _vary_it(self) -> None:
        self._made = self._ways.variations(self._end("A"), self._deviation.value)
        for row in self._grid:
            row.visible = True
        self.refresh()

    def _hovered(self, number: int, over: bool) -> None:
        if not over:
            ui.submit(lambda: self.do(self._left), key=(id(self), "hover"))
        elif self._hover.value and self._made is not None:
            ui.submit(lambda: self.do(lambda: self._pass_over(number)), key=(id(self), "hover"))

    def _pass_over(self, number: int) -> None:
        begins = not self.session.stage.sliders.hearing
        self._sound(number)
        self._passing = self._passing or begins

    def _left(self) -> None:
        """What played before the pointer came plays again, unless a variation was pressed."""
        if self._passing:
            self.session.stage.sliders.hear(False)
        self._passing = False

    def _hear(self, number: int) -> None:
        self._sound(number)
        self._passing = False
        self._ends["A"] = (f"variation {number + 1}", self._made[number])
        self.explain(self.session.stage.hand.silence())
        self.refresh()

    def _sound(self, number: int) -> None:
        """By the sliders; many in a row are one step of undo."""
        self._heard = (f"variation {number + 1}", self._made[number])
        self.session.stage.sliders.take(self._made[number], "variation")
        self.session.stage.sliders.hear()
        self.offers.show()

    def _latents_changed(self) -> None:
        if not self.session.sounds.latents:  # another codec has other latents
            self._ends, self._between, self._heard, self._made = {}, [], None, None
            for row in self._grid:
                row.visible = False
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen and what there is; on the UI thread."""
        said = {end: f"{end}: {name}" for end, (name, _) in self._ends.items()}
        passed = [f"through {name}" for name, _ in self._between]
        self._said.value = ", ".join([said.get("A", ""), *passed, said.get("B", "")]).strip(", ")
        self._which.options = tuple(self._ways.now)
        self._which.disabled = not self._ways.now
        self.offers.show()
