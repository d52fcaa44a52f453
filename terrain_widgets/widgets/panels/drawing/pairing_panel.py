"""Which sound lies on which path."""

from __future__ import annotations

from typing import Any, Unpack

from PIL import ImageColor

from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.session.document import commands
from terrain_widgets.session.document.pairing_table import PairRow, pairing_table
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.palette import NOBODYS
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Slot
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.drawing.pair_table import PairTable
from terrain_widgets.widgets.plane.still import name_of


class PairingPanel(Panel):
    """The pairing table as a panel of its own.

    Args:
        session: Whose sounds and paths; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "pairs", "Which sound lies on which path", **options)
        self.pairs = PairingTable(self)
        self.lay_out(self.heading, self.pairs, self._notice)


class PairingTable(Part):
    """For every sound its path, its rule and how far its frames are drawn.

    A sound is given another path by its menu, or by dragging its grip onto a path or onto another sound. Every edit can
    be undone.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.summary = Words()
        self.table = PairTable(lambda clip, what, value: self.do(lambda: self._edit(clip, what, value)))
        self.children = (self.summary, Slot(self.table))
        for trait in ("state", "selected"):
            self.listen(trait, self._refresh, self.session.document)
        for trait in ("latents", "codec_name"):
            self.listen(trait, self._refresh, self.session.sounds)
        self._refresh()

    def _edit(self, clip: str, what: str, value: Any) -> None:
        session = self.session
        if what == "select":
            session.document.select(clip)
            return
        if what == "pair":
            session.document.apply(commands.assign, clip, value)
            return
        if what == "exchange":
            other = session.state.drawing_of(value)
            if other is None:  # a sound without a path was dropped on one with: it takes that path
                own = session.state.drawing_of(clip)
                if own is None:
                    raise ValueError("neither of these sounds has a path; draw one first")
                session.document.apply(commands.assign, value, own.id)
            else:
                session.document.apply(commands.assign, clip, other.id)
            return
        drawing = session.state.drawing_of(clip)
        if drawing is None:
            raise ValueError(f"“{session.state.clip(clip).name}” has no path yet; draw it first")
        if what == "rule":
            session.document.apply(commands.set_rule, [drawing.id], value)
        elif what == "density":
            session.document.apply(commands.set_rule, [drawing.id], drawing.rule, value)
        elif what == "muted":
            session.document.apply(commands.mute, [drawing.id], value)
        elif what == "label":
            session.document.apply(commands.label, drawing.id, value.strip())
        elif what == "colour":
            ImageColor.getrgb(value)  # raises, in words
            session.document.apply(commands.colour, [drawing.id], value)

    def _refresh(self) -> None:
        state, rows = self.session.state, pairing_table(self.session.sounds)
        self.table.paths = [
            [key, f"{key} · {name_of(drawing, state)}" if drawing.clip or drawing.label else f"{key} · free"]
            for key, drawing in state.drawings.items()
        ]
        self.table.rows = [self._row(row) for row in rows]
        self.summary.value = summary_of(rows)

    def _row(self, row: PairRow) -> dict[str, Any]:
        own = self.session.state.clip(row.clip).colour
        try:
            colour = "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(row.colour or sound_colour(own))[:3])
        except ValueError:  # a colour that browsers know and Pillow does not
            colour = NOBODYS
        return {
            "clip": row.clip,
            "name": row.name,
            "drawing": row.drawing or "",
            "label": row.label,
            "colour": colour,
            "muted": row.muted,
            "rule": row.rule.value,
            "density": row.density,
            "frames": frames_words(row),
            "complete": row.progress.complete,
            "warnings": list(row.warnings),
            "selected": row.clip == self.session.document.selected,
        }


def frames_words(row: PairRow) -> str:
    """How far a sound's frames are drawn."""
    progress = row.progress
    if progress.complete:
        return f"{progress.required}, complete"
    if row.drawing is None or row.rule is not PairingRule.NN_TERRAIN:
        return f"{progress.required} to draw"
    return f"{progress.drawn} of {progress.required}, {progress.to_draw} to draw"


def summary_of(rows: tuple[PairRow, ...]) -> str:
    """The table in a sentence."""
    drawn, muted = sum(row.drawing is not None for row in rows), sum(row.muted for row in rows)
    warned = sum(bool(row.warnings) for row in rows)
    words = f"{drawn} of {len(rows)} sounds lie on a path"
    words += f", {muted} of them muted" if muted else ""
    return words + (f"; {warned} to look at." if warned else ".")
