"""How much a kernel-side pump should have sent by now: the wall clock, trimmed by what the page reports."""

from __future__ import annotations

_TRIM = 0.2  # part of a small error corrected per report: settles in half a second, ignores one block's sawtooth
_LARGE_SECONDS = 0.08  # beyond this an error is corrected at once
_MAX_LEAD_SECONDS = 1.0
_RELAX_EVERY = 20.0
_RELAX_STEP = 0.02


class Pacer:
    """Keeps the page's buffer at the lead.

    The wall clock alone drifts away from the sound card's; reports alone starve while a cell runs and they come late.
    So the clock decides, and every report (about ten a second) moves its origin a little. After a stall of our own it
    never sends more than the lead: catching up would leave the page that much late for good. An underrun raises the
    lead, and time without one lowers it again.

    Args:
        rate: Samples per second.
        lead_seconds: Level to keep in the page.
        now: Monotonic time of the start in seconds.
        base_seconds: The lead to come back to, where an earlier underrun has raised it.
    """

    def __init__(self, rate: int, lead_seconds: float, now: float, base_seconds: float | None = None) -> None:
        self._rate, self._base = rate, lead_seconds if base_seconds is None else base_seconds
        self.lead = lead_seconds
        self.sent = 0
        self.underruns = 0
        self._settled = self._raised = self._relaxed = now
        self.restart(now)

    def restart(self, now: float, level_seconds: float = 0.0) -> None:
        """Take the clock as starting now, and the page as holding ``level_seconds`` of sound."""
        self._origin = now - self.sent / self._rate + level_seconds
        self._settled = now

    def behind(self, now: float) -> int:
        """Samples that should be sent now; negative when the page has more than enough."""
        late = ((now - self._origin) + self.lead) * self._rate - self.sent
        most = self.lead * self._rate
        if late > most:
            self._origin += (late - most) / self._rate
            late = most
        return int(late)

    def report(self, level: int, received: int, underruns: int, now: float) -> bool:
        """What the page said.

        Args:
            level: Samples in the page's buffer.
            received: Samples that have reached the page in this stream.
            underruns: Underruns of this stream so far.
            now: Monotonic time in seconds.

        Returns:
            Whether the lead changed, which the page should be told.
        """
        changed = self._follow(underruns, now)
        pending = max(0, self.sent - received)
        short = self.lead - level / self._rate
        if short > _LARGE_SECONDS:
            missing = short - pending / self._rate  # what is under way will be there soon
            if missing > _LARGE_SECONDS:
                self._origin -= missing
        elif now < self._settled:
            pass
        elif short < -_LARGE_SECONDS:
            # Sending pauses for as long as the page has too much; until then reports still show what was.
            self._origin -= short
            self._settled = now - short + pending / self._rate + 0.1
        else:
            self._origin -= _TRIM * short
        return changed

    def _follow(self, underruns: int, now: float) -> bool:
        before = self.lead
        if underruns > self.underruns:
            if now - self._raised > 1.0 or self.underruns == 0:
                self.lead = min(max(_MAX_LEAD_SECONDS, self._base), self.lead + max(0.05, 0.3 * self.lead))
                self._raised = now
            self.underruns, self._relaxed = underruns, now
        elif now - self._relaxed > _RELAX_EVERY:
            self.lead, self._relaxed = max(self._base, self.lead - _RELAX_STEP), now
        return self.lead != before
