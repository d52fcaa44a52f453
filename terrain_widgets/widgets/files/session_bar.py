"""Save and open whole sessions, on the user's own machine, and bring back what was saved by itself."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Unpack

from terrain_widgets.io.autosaves import SUFFIX
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import button
from terrain_widgets.widgets.controls.controls import Controls
from terrain_widgets.widgets.controls.file_button import FileButton

_SAVE = "Sounds, drawings, latents and terrain as one file, in your browser's downloads"
_OPEN = "A session file that was saved here, or a terrain of nn.terrain (.pt); yours is saved first"
_ACCEPT = ".zip,.pt"
_LARGEST = 500 * 10**6


class SessionBar(Panel):
    """One button saves everything as one file in the user's downloads, one opens such a file.

    Args:
        session: Which; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "files", "", **options)
        self._autosave = self.session.files.autosave
        self.save_port = FileButton(
            give=self._content,
            description="Save",
            tooltip=_SAVE,
        )
        self.open_port = FileButton(
            take=self._open,
            description="Open…",
            tooltip=_OPEN,
            accept=_ACCEPT,
            largest=_LARGEST,
        )
        self.max_port = FileButton(
            give=lambda: self._written("terrain.pt"),
            description="nn.terrain .pt",
            tooltip="The terrain for nn.terrain in Max, over its plane of ±16 × ±4",
        )
        self.pd_port = FileButton(
            give=lambda: self._written("instrument.ts"),
            description="nn~ .ts",
            tooltip="Terrain and decoder in one file, for nn~ in Max and Pure Data",
        )
        self._recover = button("Recover autosave", "", "history")
        self._recover.visible = False
        self.lay_out(
            Row([self.save_port, self.open_port, self.max_port, self.pd_port, self._recover]),
            self._notice,
        )
        self.on_press(self._recover, self._bring_back)
        self.listen("state", self._refresh, self.session.document)
        self._refresh()

    def shortcuts(self) -> Controls:
        """Open and save once more, for a bar that is always seen, and the piece that can be shared."""
        return Controls(
            [
                Row(
                    [
                        FileButton(
                            take=self._open, description="Open…", tooltip=_OPEN, accept=_ACCEPT, largest=_LARGEST
                        ),
                        FileButton(give=self._content, description="Save", tooltip=_SAVE),
                        FileButton(
                            give=lambda: self._written("piece.html"),
                            description="Share…",
                            tooltip="One file that plays in any browser, without a kernel, in your browser's downloads",
                        ),
                    ]
                )
            ]
        )

    def _content(self) -> tuple[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "session.zip"
            self.session.save(path)
            return f"terrain {time.strftime('%Y-%m-%d %H.%M')}{SUFFIX}", path.read_bytes()

    def _written(self, name: str) -> tuple[str, bytes]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            self.session.export(path)
            return name, path.read_bytes()

    def _open(self, name: str, content: bytes) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / ("terrain.pt" if name.endswith(".pt") else "session.zip")  # the name is a stranger's
            path.write_bytes(content)
            return self._read(path, name)

    def _read(self, path: Path, name: str) -> str:
        self._autosave.stop()  # nothing of what is here now is lost
        try:
            self.session.open(path)
        finally:
            self._autosave.start()
        state = self.session.state
        if path.suffix == ".pt":
            return f"{name}: a terrain from {self.session.terrain!r}, spread over this plane."
        trained = ", and a terrain" if self.session.stage.sources.latest("terrain") is not None else ""
        return f"{name}: {len(state.clips)} sounds, {len(state.paths)} drawings{trained}."

    def _bring_back(self) -> None:
        path = self._autosave.earlier
        if path is None:
            raise ValueError("there is no earlier session to bring back")
        said = self._read(path, path.name)
        ui.submit(lambda: self.say(said, "info"))

    def _refresh(self) -> None:
        earlier = self._autosave.earlier
        # an offer for the beginning; who has begun to draw wants no other drawing
        self._recover.visible = earlier is not None and not self.session.state.paths
        if earlier is not None:
            self._recover.tooltip = f"Open the session that was saved by itself: {earlier.name.removesuffix(SUFFIX)}"
