"""What an engine of this machine listens to, as the kernel holds it."""

from __future__ import annotations

from terrain_widgets.audio.device.device import InputStatus
from terrain_widgets.audio.render_loop.live_input import LiveSource


class Ear:
    """What is listened to, also by an engine that is started again, and what the engine said last of it.

    Attributes:
        source: What is listened to, or nothing.
    """

    def __init__(self) -> None:
        self.source: LiveSource | None = None
        self._status: InputStatus | None = None

    def __repr__(self) -> str:
        return f"Ear({'nothing' if self.source is None else self._status or 'opening'})"

    @property
    def status(self) -> InputStatus | None:
        """How it is; ``None`` while nothing is listened to, or before the engine has said so."""
        return self._status if self.source is not None else None

    def use(self, source: LiveSource | None) -> None:
        """This is listened to from now on."""
        self.source, self._status = source, None

    def hear(self, status: InputStatus | None) -> None:
        """The engine says how it is."""
        self._status = status
