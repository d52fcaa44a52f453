"""All that a user can be told: one small frozen event each. Its class is the code, its fields are the facts.

The sentences are in ``widgets/base/wording.py``. Without widgets an event is read by its ``repr``, which names every
fact: ``TraceEnded(before=2, now=3)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from terrain_widgets.session.notices.silence import Silence

Level = Literal["info", "error"]


@dataclass(frozen=True)
class Notice:
    """Something that a user should be told.

    Attributes:
        level: Its importance: ``"info"``, or ``"error"`` where something did not go as it was meant.
    """

    level: ClassVar[Level] = "info"


# --- what was tried


@dataclass(frozen=True)
class Failed(Notice):
    """What was tried has failed; the topic says what that was.

    Args:
        why: The error's sentence.
    """

    level = "error"
    why: str

    @classmethod
    def of(cls, error: Exception) -> Failed:
        """What an error says; of a ``KeyError`` without the quotation marks that Python puts around it."""
        return cls(str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error))


@dataclass(frozen=True)
class NotHeard(Notice):
    """A gesture is not heard.

    Args:
        silence: Why.
    """

    silence: Silence


# --- the codec


@dataclass(frozen=True)
class CodecChanged(Notice):
    """Another codec is in use: latents are made again, and the terrain starts over.

    Args:
        codec: Its name.
    """

    codec: str


@dataclass(frozen=True)
class CodecRebuilt(Notice):
    """A codec that is made of the sounds was made again of others, and its latents mean something else now.

    Args:
        codec: Its name.
    """

    codec: str


# --- files


@dataclass(frozen=True)
class SessionOpened(Notice):
    """A session file was opened.

    Args:
        name: Of the file.
        sounds: How many it has.
        drawings: How many it has.
        trained: Whether there is a terrain among it.
    """

    name: str
    sounds: int
    drawings: int
    trained: bool


@dataclass(frozen=True)
class TerrainOpened(Notice):
    """A terrain of nn.terrain was opened.

    Args:
        name: Of the file.
        terrain: The terrain's ``repr``.
    """

    name: str
    terrain: str


@dataclass(frozen=True)
class SettingsLeftOut(Notice):
    """Not all of an opened session's settings could be taken over.

    Args:
        why: A sentence on each that was left out.
    """

    why: tuple[str, ...]


@dataclass(frozen=True)
class CellResumed(Notice):
    """The session that the cell of a saved notebook showed before is back.

    Args:
        page_settings: Whether what the page had kept of its settings is back, too.
    """

    page_settings: bool = False


@dataclass(frozen=True)
class CellNotResumed(Notice):
    """The session that the cell of a saved notebook showed before could not be brought back.

    Args:
        why: The error's sentence.
    """

    level = "error"
    why: str


# --- the stage


@dataclass(frozen=True)
class PlacedWithoutSound(Notice):
    """A point was placed that has no latents yet.

    Args:
        why: The error's sentence.
    """

    why: str


@dataclass(frozen=True)
class VariationKept(Notice):
    """What was heard last is among the presets.

    Args:
        preset: Its name there.
    """

    preset: str


@dataclass(frozen=True)
class NothingTraced(Notice):
    """A trace was stopped before anything had sounded."""


@dataclass(frozen=True)
class TraceEnded(Notice):
    """A trace has ended by itself: what plays has another number of dimensions now.

    Args:
        before: Dimensions of the places that were traced.
        now: Dimensions of what plays.
    """

    level = "error"
    before: int
    now: int


@dataclass(frozen=True)
class FunctionRuns(Notice):
    """A Python function moves a number, while this kernel runs.

    Args:
        function: Its name.
        address: Of the number.
    """

    function: str
    address: str


@dataclass(frozen=True)
class FunctionStopped(Notice):
    """A Python function that moved a number was stopped because it failed.

    Args:
        function: Its name.
        seconds: How long it had run.
        why: What went wrong.
    """

    level = "error"
    function: str
    seconds: float
    why: str


@dataclass(frozen=True)
class ListeningEnded(Notice):
    """The kernel listens no longer, as the page plays now, which listens by its own microphone."""

    level = "error"


@dataclass(frozen=True)
class LoudnessUnknown(Notice):
    """The terrain's loudness could not be found out.

    Args:
        why: The error's sentence.
    """

    level = "error"
    why: str
