"""The playheads of an engine, in order, with their voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from terrain_widgets.audio.engine.sources.playhead import Playhead, Transport
from terrain_widgets.audio.engine.voices import Voices


class Transports:
    """What moves along paths. The k-th playhead that is set goes on from where the k-th was.

    Args:
        voices: Where each has its own.

    Attributes:
        all: In order.
    """

    def __init__(self, voices: Voices) -> None:
        self._voices = voices
        self.all: tuple[Transport, ...] = ()

    @property
    def now(self) -> tuple[Playhead, ...]:
        """The playheads, each beginning at where it is now."""
        return tuple(transport.now for transport in self.all)

    @property
    def positions(self) -> tuple[float, ...]:
        """Where each is, in points of its path; -1 for one that does not sound."""
        voices = [self._voices.of(transport) for transport in self.all]
        sounding = [voice is not None and voice.active for voice in voices]
        return tuple(t.played if on else -1.0 for t, on in zip(self.all, sounding, strict=True))

    def move(self, playheads: Sequence[Playhead]) -> None:
        """Take other numbers of the same playheads; what is paused stays so."""
        self.set([replace(head, playing=t.playhead.playing) for head, t in zip(playheads, self.all, strict=True)])

    def set(self, playheads: Sequence[Playhead]) -> None:
        """Play along these paths from the next block on."""
        kept, gone = self.all[: len(playheads)], self.all[len(playheads) :]
        for transport, head in zip(kept, playheads, strict=False):
            voice = self._voices.of(transport)
            if transport.take(head) and voice is not None:
                voice.lead_over()
        for transport in gone:
            self._voices.remove(transport)
        self.all = (*kept, *(Transport(head) for head in playheads[len(kept) :]))
        for transport in self.all[len(kept) :]:
            self._voices.add(transport)
