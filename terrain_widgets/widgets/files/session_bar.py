"""Save and open whole sessions, on the user's own machine, and bring back what was saved by itself."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Unpack

from terrain_widgets.io.autosaves import SUFFIX
from terrain_widgets.session.notices.events import Notice, SessionOpened, TerrainOpened
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.offers import Offers
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.base.wording import words
from terrain_widgets.widgets.controls.boxes import Row
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
        ports = self._session_files(self.offers)
        max_port = self.offers.file(
            "save-nn-terrain",
            "nn.terrain .pt",
            "The terrain for nn.terrain in Max, over its plane of ±16 × ±4",
            give=lambda: self._written("terrain.pt"),
        )
        pd_port = self.offers.file(
            "save-nn-tilde",
            "nn~ .ts",
            "Terrain and decoder in one file, for nn~ in Max and Pure Data",
            give=lambda: self._written("instrument.ts"),
        )
        recover = Action(
            "recover",
            "Recover autosave",
            "Open the session that was saved by itself",
            self._bring_back,
            offered=self._recoverable,
            face=lambda: Face("Recover autosave", "history", hint=self._recover_hint()),
        )
        self.lay_out(
            Row([*ports, max_port, pd_port, *self.offers(recover)]),
            self._notice,
        )
        self.listen("state", self.offers.show, self.session.document)
        self.offers.show()

    def shortcuts(self, offers: Offers) -> Controls:
        """Open, save and share once more, for a bar that is always seen.

        Args:
            offers: Of who has the bar.
        """
        return Controls([Row(self._session_files(offers))])

    def _session_files(self, offers: Offers) -> list[FileButton]:
        return [
            offers.file("open", "Open…", _OPEN, take=self._open, accept=_ACCEPT, largest=_LARGEST),
            offers.file("save", "Save", _SAVE, give=self._content),
            offers.file(
                "share",
                "Share",
                "One file that plays in any browser, without a kernel, in your browser's downloads",
                give=lambda: self._written("piece.html"),
            ),
        ]

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
            return words(self._read(path, name))

    def _read(self, path: Path, name: str) -> Notice:
        self._autosave.stop()  # nothing of what is here now is lost
        try:
            self.session.open(path)
        finally:
            self._autosave.start()
        state = self.session.state
        if path.suffix == ".pt":
            return TerrainOpened(name, repr(self.session.terrain))
        trained = self.session.stage.sources.latest("terrain") is not None
        return SessionOpened(name, len(state.clips), len(state.paths), trained)

    def _bring_back(self) -> None:
        path = self._autosave.earlier
        if path is None:
            raise ValueError("there is no earlier session to bring back")
        said = self._read(path, path.name)

        def tell() -> None:
            if "settings" not in self.session.jobs.notices.newest:  # what was left out says that the rest was opened
                self.say(said)

        ui.submit(tell)

    def _recoverable(self) -> bool:
        # an offer for the beginning; who has begun to draw wants no other drawing
        return self._autosave.earlier is not None and not self.session.state.paths

    def _recover_hint(self) -> str:
        earlier = self._autosave.earlier
        return (
            "" if earlier is None else f"Open the session that was saved by itself: {earlier.name.removesuffix(SUFFIX)}"
        )
