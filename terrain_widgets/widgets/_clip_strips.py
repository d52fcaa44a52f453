"""Clips as pictures: a waveform each, its latent trajectory as a strip of colour beneath."""

from __future__ import annotations

import ipywidgets
import numpy as np
from ipycanvas import Canvas
from numpy.typing import NDArray

from terrain_widgets.core.trajectory import LatentTrajectory
from terrain_widgets.session.session import Session
from terrain_widgets.session.state import Clip
from terrain_widgets.widgets._drawing import batch, forget_current_canvas
from terrain_widgets.widgets._palette import clip_colour, viridis
from terrain_widgets.widgets._tab_pass import TabPass
from terrain_widgets.widgets._ui_thread import ui

WIDTH = 310
_ROW, _NAME, _WAVE, _STRIP = 46, 84, 26, 12
_LATENT_REACH = 3.0  # latents are drawn from -3 to 3, the range that codecs aim at


class ClipStrips(ipywidgets.VBox):
    """One row a clip; a click on a row selects the clip."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._canvas = Canvas(width=WIDTH, height=_ROW)
        super().__init__([self._canvas, TabPass()], layout={"max_height": "466px", "overflow": "hidden auto"})
        self.add_class("tw-looked-at")
        self._canvas.on_mouse_down(self._pressed)
        self._canvas.on_client_ready(self._page_appeared)
        self.show()

    def show(self) -> None:
        """Draw everything anew, soon."""
        ui.submit(self._draw, key=(id(self), "draw"))

    def _page_appeared(self) -> None:
        def redraw() -> None:
            forget_current_canvas()
            self._draw()

        ui.submit(redraw)

    def _pressed(self, _x: float, y: float) -> None:
        def select() -> None:
            clips = self._session.state.clips
            row = int(y // _ROW)
            if 0 <= row < len(clips):
                self._session.select(clips[row].id)

        ui.submit(select)

    def _draw(self) -> None:
        clips = self._session.state.clips
        height = max(1, len(clips)) * _ROW
        if self._canvas.height != height:
            self._canvas.height = height
        self._canvas.layout.width, self._canvas.layout.height = f"{WIDTH}px", f"{height}px"
        with batch():
            self._canvas.clear()
            for index, clip in enumerate(clips):
                self._draw_clip(clip, index)

    def _draw_clip(self, clip: Clip, index: int) -> None:
        canvas, top = self._canvas, index * _ROW
        canvas.fill_style = "#2c3242" if clip.id == self._session.selected else "#20242e"
        canvas.fill_rect(0, top, WIDTH, _ROW - 2)
        canvas.fill_style = clip_colour(index)
        canvas.fill_rect(0, top, 4, _ROW - 2)
        canvas.fill_style = "#ffffff"
        canvas.font = "12px sans-serif"
        canvas.fill_text(clip.name[:13], 9, top + 17)
        canvas.fill_style = "#a8b0c0"
        canvas.font = "11px sans-serif"
        canvas.fill_text(f"{clip.sound.duration:.1f} s", 9, top + 34)
        canvas.stroke_style = clip_colour(index)
        canvas.line_width = 1
        low, high = _envelope(clip.sound.audio, WIDTH - _NAME - 4)
        x = _NAME + np.arange(len(low)) + 0.5
        middle = top + 2 + _WAVE / 2
        # Up and down in turn, so the whole waveform is one line and one message.
        zigzag = np.stack([np.repeat(x, 2), (middle - np.stack([low, high], 1) * _WAVE / 2).reshape(-1)], axis=1)
        canvas.stroke_lines(zigzag)
        latent = self._session.latents.get(clip.id)
        if latent is not None:
            canvas.put_image_data(_strip(latent, WIDTH - _NAME - 4, _STRIP), _NAME, top + _ROW - _STRIP - 4)


def _envelope(audio: NDArray[np.float32], columns: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest sample per column ``[K]``, scaled to fill the row."""
    mono = audio.mean(axis=0, dtype=np.float64)
    edges = np.linspace(0, len(mono), columns + 1).astype(int)[:-1]
    peak = max(float(np.abs(mono).max()), 1e-6)
    return np.minimum.reduceat(mono, edges) / peak, np.maximum.reduceat(mono, edges) / peak


def _strip(latent: LatentTrajectory, width: int, height: int) -> NDArray[np.uint8]:
    """Latents over time as RGBA ``[height, width, 4]``, one band a dimension."""
    rows = np.arange(height) * latent.latent_dim // height
    columns = np.arange(width) * len(latent) // width
    scaled = (latent.values[np.ix_(columns, rows)].T / (2 * _LATENT_REACH) + 0.5).clip(0.0, 1.0)
    picture = np.full((height, width, 4), 255, dtype=np.uint8)
    picture[..., :3] = viridis()[(scaled * 255).astype(np.intp)]
    return picture
