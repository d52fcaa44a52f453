"""How much a pump should have sent by now: the wall clock, trimmed by what the page reports.

And whether anybody would hear it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_REPORT_SECONDS = 0.35  # at most: a report tells the mean of the time since the one before
_TRIM_SECONDS = 0.6  # time constant in which a small error is corrected; blocks' sawtooth is averaged out
_TRIM_UP_SECONDS = 1.3  # the same where there is too little: nearly always it is only late, and nobody hears that
_ASTRAY_SECONDS = 0.025  # more than this too much is no sawtooth: said twice in a row, it is corrected whole
_LARGE_SECONDS = 0.08  # beyond this an error is corrected at once
_MAX_LEAD_SECONDS = 1.0
_RELAX_EVERY = 20.0
_RELAX_STEP = 0.02
_SPARE_SECONDS = 0.04  # what must have been left at the worst moment, after the step, for the lead to be lowered

_QUIET_SECONDS = 2.0
_HIDDEN_SECONDS = 10.0
_HEARD_PEAK = 1e-3  # -60 dBFS
_PAGE_GONE_SECONDS = 300.0  # a page may be mute while a long cell runs, but not for ever


class Pacer:
    """Keeps the page's buffer at the lead.

    The wall clock alone drifts away from the sound card's; reports alone starve while a cell runs and they come late.
    So the clock decides, and every report (three a second from a kernel's page, ten by an engine's own line) moves its
    origin a little; what a hiccup of the machine has added to the latency goes at the second report.
    After a stall of our own it never sends more than the lead: catching up would leave the page that much late for
    good. An underrun raises the lead; time without one lowers it again, as far as the page's lowest level says that
    the line allows it.

    Args:
        rate: Samples per second.
        lead_seconds: Level to keep in the page.
        now: Monotonic time of the start in seconds.
        base_seconds: The lead to come back to, where an earlier underrun has raised it.
    """

    def __init__(self, rate: int, lead_seconds: float, now: float, base_seconds: float | None = None) -> None:
        self._rate, self.base = rate, lead_seconds if base_seconds is None else base_seconds
        self.lead = lead_seconds
        self.sent = 0
        self.underruns = 0
        self._settled = self._raised = self._relaxed = self._reported = now
        self._astray, self._astray_sent = 0.0, 0  # seconds by the report before; and what was sent when it came
        self._lowest = float("inf")  # seconds, since the lead was last changed or left as it is
        self.restart(now)

    def rebase(self, lead_seconds: float, now: float) -> None:
        """Another lead, now and to come back to."""
        # While sending pauses, reports still show what was.
        self._settled = now + max(0.0, self.lead - lead_seconds) + _REPORT_SECONDS + 0.1
        self.lead = self.base = lead_seconds
        self._lowest, self._astray = float("inf"), 0.0

    def restart(self, now: float, level_seconds: float = 0.0) -> None:
        """Take the clock as starting now, and the page as holding ``level_seconds`` of sound."""
        self._origin = now - self.sent / self._rate + level_seconds
        self._settled, self._astray = now, 0.0

    def behind(self, now: float) -> int:
        """Samples that should be sent now; negative when the page has more than enough."""
        late = ((now - self._origin) + self.lead) * self._rate - self.sent
        most = self.lead * self._rate
        if late > most:
            self._origin += (late - most) / self._rate
            late = most
        return int(late)

    def report(
        self,
        level: int,
        received: int,
        underruns: int,
        now: float,
        *,
        mean: float | None = None,
        lowest: float | None = None,
    ) -> bool:
        """What the page said.

        Args:
            level: Samples in the page's buffer.
            received: Samples that have reached the page in this stream.
            underruns: Underruns of this stream so far.
            now: Monotonic time in seconds.
            mean: Samples in the buffer on average since the last report: without the sawtooth of the blocks.
            lowest: Fewest samples in the buffer since the last report.

        Returns:
            Whether the lead changed, which the page should be told.
        """
        changed = self._follow(underruns, (level if lowest is None else lowest) / self._rate, now)
        pending = max(0, self.sent - received)
        short = self.lead - level / self._rate
        before, self._astray = self._astray, 0.0
        since, self._reported = min(now - self._reported, _REPORT_SECONDS), now
        if short > _LARGE_SECONDS:
            # What is under way will be there soon, and so will what is due and only not rendered yet.
            missing = short - (pending + max(0, self.behind(now))) / self._rate
            if missing > _LARGE_SECONDS:
                self._origin -= missing
        elif now < self._settled:
            pass
        elif short < -_LARGE_SECONDS:
            # Sending pauses for as long as the page has too much; until then reports still show what was.
            self._origin -= short
            self._settled = now - short + pending / self._rate + 0.1
        else:
            error = short if mean is None else self.lead - mean / self._rate
            error = max(-_LARGE_SECONDS, min(_LARGE_SECONDS, error))
            # A report that was made before the one before was answered says nothing new.
            sure = error < 0.0 and before < 0.0 and received >= self._astray_sent
            trim = 1.0 if sure else -math.expm1(-since / (_TRIM_SECONDS if error < 0.0 else _TRIM_UP_SECONDS))
            self._origin -= trim * error
            if error < -_ASTRAY_SECONDS and not sure:
                self._astray, self._astray_sent = error, self.sent
        return changed

    def _follow(self, underruns: int, lowest: float, now: float) -> bool:
        before = self.lead
        self._lowest = min(self._lowest, lowest)
        if underruns > self.underruns:
            if now - self._raised > 1.0 or self.underruns == 0:
                self.lead = min(max(_MAX_LEAD_SECONDS, self.base), self.lead + max(0.05, 0.3 * self.lead))
                self._raised = now
            self.underruns, self._relaxed, self._lowest = underruns, now, float("inf")
        elif now - self._relaxed > _RELAX_EVERY:
            if self._lowest - _RELAX_STEP > _SPARE_SECONDS:
                self.lead = max(self.base, self.lead - _RELAX_STEP)
            self._relaxed, self._lowest = now, float("inf")
        return self.lead != before


class Audience:
    """Says whether anybody would hear what a pump sends; where not, it rests, and with it the decoder.

    Args:
        now: Monotonic time of the start in seconds.
    """

    def __init__(self, now: float) -> None:
        self._gate = False
        self._resting = False
        self._quiet_since: float | None = None
        self._heard = now  # when something last sounded or was about to, or the tab was seen

    def hears(
        self, now: float, *, gate: bool, ready: bool, silent: bool, page: Mapping[str, Any] | None, report_age: float
    ) -> bool:
        """To be asked about ten times a second, and as soon as the gate opens or a report comes.

        Args:
            now: Monotonic time in seconds.
            gate: Whether a hand holds the sound on.
            ready: Whether the engine renders.
            silent: Whether what it renders is silence, the gate being closed.
            page: The page's newest report: ``muted`` says that its volume has been at silent for a while, ``hidden``
                that its tab is in the background, ``peak`` the loudest sample since the report before.
            report_age: Seconds since that report.
        """
        page = page or {}
        opened, self._gate = gate and not self._gate, gate
        peak = page.get("peak", 0.0)
        loud = isinstance(peak, int | float) and peak > _HEARD_PEAK
        if opened or not page.get("hidden") or loud:
            self._heard = now
        if gate or not silent:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        quiet = self._quiet_since is not None and (self._resting or now - self._quiet_since > _QUIET_SECONDS)
        hidden = now - self._heard > _HIDDEN_SECONDS
        heard = ready and not quiet and not page.get("muted") and not hidden and report_age < _PAGE_GONE_SECONDS
        self._resting = not heard
        return heard
