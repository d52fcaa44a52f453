"""Takes: what was recorded in this session, heard again, kept, or used as a sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Unpack

import numpy as np
import soundfile
from numpy.typing import NDArray

from terrain_widgets.audio.takes.take_file import TAKES, TakeError
from terrain_widgets.process.worker import WorkCancelled
from terrain_widgets.session.session import Session
from terrain_widgets.session.sounds.reconstruction import Reconstruction
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.controls.boxes import Row, Slot
from terrain_widgets.widgets.controls.choices import SelectList
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.encoder.listening import Listening
from terrain_widgets.widgets.panels.takes.render_part import RenderPart

_ROWS = 6
_WHERE = f"Recordings lie in the folder “{TAKES}”, beside the notebook."


class TakesPanel(Panel):
    """The recordings of this session.

    Each is a WAV file with its gestures beside it, in the folder ``takes`` beside the notebook. What plays by itself is
    also rendered there without a loudspeaker, in the background. Everything it does is a method:
    ``session.sound.record``, ``stop_recording``, ``takes``, ``forget_take``, ``session.stage.rendering.save``,
    ``session.stage.replay`` and
    ``session.add_sound``.

    Args:
        session: Whose takes; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "takes", "Takes", **options)
        record, as_sound, forget = self.offers(*self._actions())
        self._renders = RenderPart(self)
        self._takes = SelectList(
            tooltip="The recordings of this session; the newest stands first", rows=_ROWS, wide=True, visible=False
        )
        self._hint = Words(tone="quiet")
        self._listen = Listening(self._both, sides=["Recorded", "Played again"], nothing="Nothing is recorded yet.")
        save = self.offers.file(
            "save",
            "Save",
            "Save the take's sound on your machine",
            lambda: len(self.session.sound.takes) > 0,
            give=self._file,
        )
        changes = self.offers.file(
            "changes",
            "Save changes",
            "What was changed while it was recorded, as JSON lines: seconds, and values by address",
            lambda: len(self.session.sound.takes) > 0,
            give=self._changes,
        )
        self.lay_out(
            self.heading,
            record,
            self._hint,
            self._renders,
            self._takes,
            Slot(self._listen),
            Row([save, changes, as_sound, forget]),
            self._notice,
        )
        self._takes.observe(lambda _: self._choose(), names="value")
        for trait in ("takes", "recording"):
            self.listen(trait, self._refresh, self.session.sound)
        self.listen("shown", self._refresh, self.session.stage.sources)
        self._refresh()

    def _actions(self) -> list[Action]:
        sound = self.session.sound

        def recordable() -> bool:
            return bool(sound.recording) or self.session.stage.sources.shown is not None

        def chosen() -> bool:
            return bool(self._takes.value)

        return [
            Action(
                "record",
                "Record",
                "Record what is heard and how it is played; press again to end the take",
                lambda: sound.stop_recording() if sound.recording else sound.record(),
                enabled=recordable,
                face=lambda: Face("Stop", "stop", "danger") if sound.recording else Face("Record", "circle"),
            ),
            Action(
                "as-sound",
                "As a sound",
                "Add the take to the sounds: encode it, draw it, train on it; undo takes it away",
                lambda: self.session.document.select(self.session.add_sound(self._takes.value).id),
                enabled=chosen,
                icon="music",
            ),
            Action(
                "forget",
                "Forget",
                "Take it off this list; its files stay where they are",
                lambda: sound.forget_take(self._takes.value),
                enabled=chosen,
                icon="times",
            ),
        ]

    # --- what is given

    def _path(self) -> Path:
        if not self._takes.value:
            raise ValueError("nothing is recorded yet")
        return Path(self._takes.value)

    def _file(self) -> tuple[str, bytes]:
        return self._path().name, self._path().read_bytes()

    def _changes(self) -> tuple[str, bytes]:
        path = self._path()
        return f"{path.stem}.jsonl", self.session.stage.automation(path).to_lines().encode()

    def _both(self, cancelled: Callable[[], bool]) -> tuple[str, bytes]:
        """The sound that was recorded, and what its gestures play now, as long as that.

        Raises:
            WorkCancelled: If the page wants neither any more.
        """
        path = self._path()
        recorded, rate = soundfile.read(path, dtype="float32", always_2d=True)
        try:
            again = self._renders.played_again(path, cancelled)
        except WorkCancelled:
            if cancelled():
                raise
            again, why = recorded.T, "only the recording can be heard: playing it again was stopped"
        except (TakeError, ValueError) as error:
            again, why = recorded.T, f"only the recording can be heard: {error}"
        else:
            why = "what was recorded, and what its gestures play; each sample should be the same"
        self._listen.about = f"{path.name}: {why}"
        both = Reconstruction(path.name, rate, recorded.T, _as_long(again, len(recorded)), 0.0)
        return path.name, both.wav()

    # --- what is shown

    def _refresh(self) -> None:
        sound = self.session.sound
        takes = list(reversed(sound.takes))
        grown = len(takes) > len(self._takes.options)
        self._takes.options = [(f"{Path(take).name} · {_seconds(take)}", take) for take in takes]
        if grown:
            self._takes.value = takes[0]
        self._takes.visible = bool(takes)
        recording = Path(sound.recording)
        self._hint.value = f"Recording into {recording.parent.name}/{recording.name}" if sound.recording else _WHERE
        self._choose()

    def _choose(self) -> None:
        take = self._takes.value or ""
        if take and Path(take).is_file():
            self._listen.rate = soundfile.info(take).samplerate
        self._listen.about = Path(take).name if take else ""
        self._listen.token = take
        self.offers.show()


def _as_long(audio: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    return np.pad(audio[:, :samples], ((0, 0), (0, max(0, samples - audio.shape[1]))))


def _seconds(take: str) -> str:
    try:
        return f"{soundfile.info(take).duration:.1f} s"
    except (OSError, soundfile.LibsndfileError):
        return "its file is gone"
