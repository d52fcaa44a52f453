"""Clips as pictures: a waveform each, its latent trajectory beneath as lines or as a strip of colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal
from weakref import WeakKeyDictionary

import ipywidgets
import numpy as np
from ipycanvas import Canvas
from numpy.typing import NDArray

from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.list_keys import ListKeys
from terrain_widgets.widgets.base.palette import viridis
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.plane.drawing import batch, forget_current_canvas

WIDTH = 310
ROW = 64  # pixels of height, each clip
_NAME, _WAVE, _LATENTS = 84, 28, 26
_LATENT_REACH = 3.0  # latents are drawn from -3 to 3, the range that codecs aim at
_MOST_LINES = 16
_VISIBLE = 7

Style = Literal["lines", "heat"]


class ClipStrips(ipywidgets.VBox):
    """One row a clip; a click on a row, or the arrow keys, select the clip.

    What was cut away of a sound stays to be seen, dimmed.

    Args:
        session: Whose clips.
        do: Runs an action on the UI thread and says what goes wrong.
    """

    def __init__(self, session: Session, do: Callable[[Callable[[], object]], None]) -> None:
        self._session, self._do = session, do
        self._style: Style = "heat"
        self._part: tuple[str, float, float] = ("", 0.0, 0.0)
        self._envelopes: WeakKeyDictionary[Sound, NDArray[np.float64]] = WeakKeyDictionary()
        self._canvas = Canvas(width=WIDTH, height=ROW, layout={"width": "100%"})
        self._keys = ListKeys(self._pressed_key)
        height = f"{_VISIBLE * ROW + 18}px"
        super().__init__([self._canvas, self._keys], layout={"max_height": height, "overflow": "hidden auto"})
        self.add_class("tw-looked-at")
        self.add_class("tw-list")
        self._canvas.on_mouse_down(self._pressed)
        self._canvas.on_client_ready(self._page_appeared)
        self.show()

    @property
    def style(self) -> Style:
        """``"lines"``, one for each of the first latents, or ``"heat"``, a band of colour for each of all."""
        return self._style

    @style.setter
    def style(self, style: Style) -> None:
        self._style = style
        self.show()

    def mark(self, clip_id: str, start: float, end: float) -> None:
        """Show which part of a clip's uncut sound, in seconds, would stay."""
        self._part = (clip_id, start, end)
        self.show()

    def show(self) -> None:
        """Redraw everything soon."""
        ui.submit(self._draw, key=(id(self), "draw"))

    def _page_appeared(self) -> None:
        def redraw() -> None:
            forget_current_canvas()
            self._draw()

        ui.submit(redraw)

    def _pressed(self, _x: float, y: float) -> None:
        def select() -> None:
            clips = self._session.state.clips
            row = int(y // ROW)
            if 0 <= row < len(clips):
                self._session.document.select(clips[row].id)

        ui.submit(select)

    def _pressed_key(self, key: str) -> None:
        session = self._session

        def act() -> None:
            ids = [clip.id for clip in session.state.clips]
            if session.document.selected not in ids:
                return
            step = {"ArrowUp": -1, "ArrowDown": 1}.get(key.removeprefix("Shift+"), 0)
            if key == "Delete":
                session.document.remove_sound(session.document.selected)
            elif key.startswith("Shift+"):
                session.document.move_sound(session.document.selected, step)
            else:
                session.document.select(ids[min(max(ids.index(session.document.selected) + step, 0), len(ids) - 1)])

        self._do(act)

    def _draw(self) -> None:
        clips = self._session.state.clips
        height = max(1, len(clips)) * ROW
        if self._canvas.height != height:
            self._canvas.height = height
        self._canvas.layout.width, self._canvas.layout.height = f"{WIDTH}px", f"{height}px"
        place = next((k for k, clip in enumerate(clips) if clip.id == self._session.document.selected), None)
        self._keys.rows = len(clips)
        self._keys.row = -1 if place is None else place
        self._keys.said = "" if place is None else f"{clips[place].name}, {place + 1} of {len(clips)}"
        with batch():
            self._canvas.clear()
            for index, clip in enumerate(clips):
                self._draw_clip(clip, index)

    def _draw_clip(self, clip: Clip, index: int) -> None:
        canvas, top, width = self._canvas, index * ROW, WIDTH - _NAME - 4
        canvas.fill_style = "#2c3242" if clip.id == self._session.document.selected else "#20242e"
        canvas.fill_rect(0, top, WIDTH, ROW - 2)
        canvas.fill_style = sound_colour(clip.colour)
        canvas.fill_rect(0, top, 4, ROW - 2)
        canvas.fill_style = "#ffffff"
        canvas.font = "12px sans-serif"
        canvas.fill_text(clip.name if len(clip.name) <= 11 else clip.name[:10] + "…", 9, top + 20)
        canvas.fill_style = "#a8b0c0"
        canvas.font = "11px sans-serif"
        canvas.fill_text(f"{clip.sound.duration:.1f} s", 9, top + 38)
        canvas.line_width = 1
        marked, start, end = self._part
        if marked != clip.id:
            start, end = clip.start, clip.end
        scale = width / clip.uncut.duration
        first, last = round(start * scale), max(round(start * scale) + 1, round(end * scale))
        self._draw_wave(clip, top, (first, min(last, width)), sound_colour(clip.colour))
        latent = self._session.latents.get(clip.id)
        if latent is not None:
            left, right = round(clip.start * scale), round(clip.end * scale)
            self._draw_latents(latent, _NAME + left, top + _WAVE + 4, max(1, right - left))

    def _draw_wave(self, clip: Clip, top: int, part: tuple[int, int], colour: str) -> None:
        envelope = self._envelopes.get(clip.uncut)
        if envelope is None:
            envelope = self._envelopes[clip.uncut] = _envelope(clip.uncut.audio, WIDTH - _NAME - 4)
        x = _NAME + np.arange(len(envelope)) + 0.5
        # Up and down in turn, so the whole waveform is one line and one message.
        zigzag = np.stack([np.repeat(x, 2), (top + 2 + _WAVE / 2 - envelope * _WAVE / 2).reshape(-1)], axis=1)
        first, last = 2 * part[0], 2 * part[1]
        for points, style in (
            (zigzag[: first + 1], "#565e70"),
            (zigzag[max(0, last - 1) :], "#565e70"),
            (zigzag[first:last], colour),
        ):
            if len(points) > 1:
                self._canvas.stroke_style = style
                self._canvas.stroke_lines(points)

    def _draw_latents(self, latent: LatentTrajectory, left: int, top: int, width: int) -> None:
        if self._style == "heat" or len(latent) < 2:
            self._canvas.put_image_data(_strip(latent, width, _LATENTS), left, top)
            return
        columns = np.linspace(0, len(latent) - 1, min(width, len(latent))).astype(int)
        x = left + columns * (width / (len(latent) - 1))
        heights = (0.5 - latent.values[columns] / (2 * _LATENT_REACH)).clip(0.0, 1.0) * (_LATENTS - 1) + top
        lines = min(latent.latent_dim, _MOST_LINES)
        colours = viridis()[np.linspace(60, 255, lines).astype(int)]
        for dimension in range(lines):
            red, green, blue = (int(part) for part in colours[dimension])
            self._canvas.stroke_style = f"rgb({red}, {green}, {blue})"
            self._canvas.stroke_lines(np.stack([x, heights[:, dimension]], axis=1))


def _envelope(audio: NDArray[np.float32], columns: int) -> NDArray[np.float64]:
    """Lowest and highest sample per column ``[K, 2]``, scaled to fill the row."""
    mono = audio.mean(axis=0, dtype=np.float64)
    columns = min(columns, len(mono))
    edges = np.linspace(0, len(mono), columns + 1).astype(int)[:-1]
    peak = max(float(np.abs(mono).max()), 1e-6)
    return np.stack([np.minimum.reduceat(mono, edges), np.maximum.reduceat(mono, edges)], axis=1) / peak


def _strip(latent: LatentTrajectory, width: int, height: int) -> NDArray[np.uint8]:
    """Latents over time as RGBA ``[height, width, 4]``, one band a dimension."""
    rows = np.arange(height) * latent.latent_dim // height
    columns = np.arange(width) * len(latent) // width
    scaled = (latent.values[np.ix_(columns, rows)].T / (2 * _LATENT_REACH) + 0.5).clip(0.0, 1.0)
    picture = np.full((height, width, 4), 255, dtype=np.uint8)
    picture[..., :3] = viridis()[(scaled * 255).astype(np.intp)]
    return picture
