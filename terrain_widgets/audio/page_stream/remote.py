"""This end of sound in the page: a pump that sends PCM, and all of its pacing."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.page_stream.pacing import Audience, Pacer
from terrain_widgets.audio.page_stream.sound_source import SinkStatus, SoundSource
from terrain_widgets.audio.page_stream.switch_interval import short_switch_interval

FloatArray = NDArray[np.float32]
Send = Callable[[dict[str, Any], list[bytes]], None]

BLOCK_SECONDS = 0.04  # in a message: kernel, server and page each have work with every one of them
_LARGEST = 4096  # samples, after a stall: in a busy kernel every message waits for its turn, so fewer are sooner there
_FADE = 256  # samples
_LOOK_SECONDS = 0.1
_SPARE_SECONDS = 0.25  # what the page may hold above the lead; beyond this it skips


@dataclass(frozen=True)
class RemoteStatus(SinkStatus):
    """How the page's sound is doing.

    Args:
        lead: Seconds of sound that are kept in the page now.
        page_level_ms: What the page last said it holds.
        stream: Number of the stream, 0 before the first.
        last_report_age: Seconds since the page last said something, infinity if it never did.
        idle: Whether sending rests because there is nothing to hear, or nobody who would.
        page: The page's newest report as it came.
    """

    lead: float = 0.0
    page_level_ms: float = 0.0
    stream: int = 0
    last_report_age: float = float("inf")
    idle: bool = False
    page: Mapping[str, Any] | None = None


class RemoteSink:
    """Pulls sound from a source and gives it to ``send`` in blocks, from a thread of its own.

    A panic of the source mutes the page, drops what is under way and begins a new stream.

    Messages: ``start`` (stream, rate, channels, engine_seconds, lead, panics: how many the source has seen, and spare:
    seconds above the lead at which the page skips), ``pcm`` (stream, seq, sent_at: seconds of the wall clock; one
    buffer of interleaved float32; now and then ``echo``: a report's ``sent_at`` as it came and the seconds since),
    ``lead``, ``idle`` (what follows is no underrun), ``resume``, ``panic`` and ``stop``.

    Args:
        send: Called with a message and its buffers, only from the pump's thread.
        lead_seconds: Sound kept in the page, 0.02 to 2; more is safer, less is quicker.
        streams: Numbers of its streams; where two pumps serve one page in turn, they must differ.

    Raises:
        ValueError: If the lead is out of range.
    """

    def __init__(self, send: Send, lead_seconds: float = 0.2, streams: Iterator[int] | None = None) -> None:
        self._send = send
        self.set_lead(lead_seconds)
        self._lock = threading.Lock()
        self._streams = itertools.count(1) if streams is None else streams
        self._stop: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._panics = 0  # those that were answered
        self._stream = 0
        self._report: dict[str, Any] | None = None
        self._fresh = False
        self._reported = -float("inf")
        self._lead, self._sent, self._underruns = self._base_lead, 0, 0
        self._idle = False
        self._message = ""
        self._host: SoundSource | None = None

    def set_lead(self, seconds: float) -> None:
        """Keep so much sound in the page from now on; underruns may raise it again.

        Raises:
            ValueError: If the lead is out of range.
        """
        if not 0.02 <= seconds <= 2.0:
            raise ValueError(f"lead_seconds is 0.02 to 2 s, got {seconds!r}")
        self._base_lead = float(seconds)

    @property
    def running(self) -> bool:
        """Whether it takes sound from a source."""
        return self._stop is not None and self._thread is not None and self._thread.is_alive()

    def start(self, host: SoundSource) -> None:
        """Begin to take from ``host``; returns at once, from any thread."""
        with self._lock:
            if self._stop is not None:
                self._stop.set()
            stop, before = threading.Event(), self._thread
            self._stop, self._host, self._message = stop, host, ""
            self._lead, self._sent, self._underruns = self._base_lead, 0, 0
            self._panics = host.panics
            self._thread = threading.Thread(
                target=self._run, args=(host, stop, before), name="terrain-page-sound", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Take no more; the page fades out. Returns at once."""
        with self._lock:
            if self._stop is not None:
                self._stop.set()
            self._stop = self._host = None

    def close(self) -> None:
        """Stop, and wait for the pump's thread to end."""
        self.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=2.0)

    def report(self, report: Mapping[str, Any]) -> None:
        """Take what the page says; from any thread.

        Reports of another stream than the present one are dropped, and such as no page of ours sends.
        """
        with self._lock:
            if report.get("stream") == self._stream and _readable(report):
                self._report, self._fresh, self._reported = dict(report), True, time.monotonic()

    def status(self) -> RemoteStatus:
        """How it is doing."""
        with self._lock:
            page, host = self._report or {}, self._host
            rate = host.sample_rate if host is not None else 48000
            level = float(page.get("level", 0)) / rate
            latency = level + (host.ring_seconds if host else 0.0)
            latency += float(page.get("output_latency", 0.0)) + float(page.get("network", 0.0))
            age = time.monotonic() - self._reported
            return RemoteStatus(
                self.running, self._message, self._sent, self._underruns, latency,
                self._lead, 1000.0 * level, self._stream, age, self._idle, self._report,
            )  # fmt: skip

    def _run(self, host: SoundSource, stop: threading.Event, before: threading.Thread | None) -> None:
        if before is not None:
            before.join(timeout=5.0)  # two pumps must not read one ring
        try:
            with short_switch_interval():
                self._stream_until(host, stop)
            self._send({"type": "stop", "stream": self._stream}, [])
        except Exception as error:  # the page or its connection has gone: nobody is there to be told
            self._message = f"sound could not be sent to the page: {type(error).__name__}: {error}"

    def _stream_until(self, host: SoundSource, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._lock:
                self._stream = stream = next(self._streams)
                self._report, self._fresh, self._reported = None, False, time.monotonic()
            _Pump(self, host, stop, stream).run()
            if host.panics != self._panics:
                self._send({"type": "panic", "stream": stream}, [])
                self._drain(host, stop)
                self._panics = host.panics

    def _drain(self, host: SoundSource, stop: threading.Event) -> None:
        """Drop what the engine rendered before it saw the panic."""
        until = time.monotonic() + max(0.25, host.ring_seconds + 0.1)
        while time.monotonic() < until and not stop.wait(0.01):
            host.read(host.available)

    def _newest_report(self) -> tuple[dict[str, Any] | None, float, bool]:
        """(report, when it came, whether this is the first time it is asked for)."""
        with self._lock:
            fresh, self._fresh = self._fresh, False
            return self._report, self._reported, fresh


class _Pump:
    """One stream, from its ``start`` message to a stop or a panic."""

    def __init__(self, sink: RemoteSink, host: SoundSource, stop: threading.Event, stream: int) -> None:
        self._sink, self._host, self._stop, self._stream = sink, host, stop, stream
        self._pacer = Pacer(host.sample_rate, sink._lead, time.monotonic(), sink._base_lead)
        self._pending = np.zeros((host.channels, 0), dtype=np.float32)
        self._seq = 0
        self._block = self._block_for(sink._lead)
        self._faded = 0  # samples since the silence that a stream begins with, up to _FADE
        self._audience = Audience(time.monotonic())
        self._looked = self._rested = 0.0
        self._gate = False
        self._hearable = False
        self._echo: tuple[float, float] | None = None  # a report's own time, and ours when it came

    def run(self) -> None:
        sink, host = self._sink, self._host
        self._tell("start", rate=host.sample_rate, channels=host.channels, lead=sink._lead, spare=_SPARE_SECONDS,
                   engine_seconds=host.ring_seconds, panics=sink._panics)  # fmt: skip
        self._set_idle(False)
        self._prefill()
        while not self._stop.is_set() and host.panics == sink._panics:
            now = time.monotonic()
            if sink._base_lead != self._pacer.base:
                self._change_lead(sink._base_lead)
            report, reported, fresh = sink._newest_report()
            self._look(now, report, reported, fresh)
            if self._hearable != (not sink._idle):
                if self._hearable:
                    self._tell("resume")
                    self._pacer.restart(now, max(0.0, self._pacer.lead - (now - self._rested)))
                    self._prefill()
                else:
                    self._tell("idle")
                    self._rested = now
                self._set_idle(not self._hearable)
            if fresh and report is not None:
                self._listen(report, reported, now)
            if sink._idle:
                self._stop.wait(0.01)
            else:
                behind = self._serve(self._pacer.behind(now))
                self._stop.wait(min(0.01, max(0.001, (self._block - behind) / host.sample_rate)))

    def _block_for(self, lead: float) -> int:
        """Samples in a message: a short lead needs short ones."""
        return max(64, int(min(BLOCK_SECONDS, lead / 4) * self._host.sample_rate))

    def _change_lead(self, seconds: float) -> None:
        self._pacer.rebase(seconds, time.monotonic())
        self._block = self._block_for(seconds)
        with self._sink._lock:
            self._sink._lead = seconds
        self._tell("lead", lead=seconds)

    def _look(self, now: float, report: dict[str, Any] | None, reported: float, fresh: bool) -> None:
        """Decide whether there is anything to hear: at once when the gate opens or the page speaks."""
        gate = self._host.gate_open
        opened, self._gate = gate and not self._gate, gate
        if not (opened or fresh) and now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        ready, silent = self._host.state()
        self._hearable = self._audience.hears(
            now, gate=gate, ready=ready, silent=silent, page=report, report_age=now - reported
        )

    def _prefill(self) -> None:
        """Fill the page with silence, so that the first sound is exactly as late as every later one."""
        self._host.read(self._host.available)  # rendered for a moment long past
        self._pending = self._pending[:, :0]
        self._faded = 0
        # Counted once: asked again after each message, the clock would always want a few samples more, for ever.
        missing = self._pacer.behind(time.monotonic())
        silence = np.zeros((self._host.channels, self._block), dtype=np.float32)
        while missing > 0:
            self._pcm(silence[:, :missing])
            missing -= self._block

    def _serve(self, behind: int) -> int:
        """Send what is due; returns how many samples are still due."""
        while not self._stop.is_set():
            if self._pending.shape[1] < behind:
                self._pending = np.concatenate([self._pending, self._read(behind - self._pending.shape[1])], axis=1)
            ready = self._pending.shape[1]
            # Too little, and a block late: send what there is. The page fades by itself before it runs out, so that
            # made-up silence would only push the sound back.
            block = self._block
            count = min(ready, behind) if behind >= 2 * block else block if min(ready, behind) >= block else 0
            count = min(count, _LARGEST)
            if count == 0:
                break
            self._pcm(self._pending[:, :count])
            self._pending = self._pending[:, count:]
            behind -= count
        return behind

    def _read(self, count: int) -> FloatArray:
        """From the host; faded in where it follows silence, because the engine may be in the middle of a sound."""
        audio = self._host.read(count)
        if self._faded < _FADE:
            place = np.minimum(self._faded + np.arange(audio.shape[1]), _FADE) / _FADE
            self._faded += audio.shape[1]
            audio = (audio * (0.5 - 0.5 * np.cos(np.pi * place))).astype(np.float32)
        return audio

    def _listen(self, report: dict[str, Any], reported: float, now: float) -> None:
        level, received, underruns = (int(report[key]) for key in ("level", "received", "underruns"))
        mean, lowest = (float(report.get(key, level)) for key in ("mean", "lowest"))
        if "sent_at" in report:
            self._echo = (float(report["sent_at"]), reported)
        sink, pacer = self._sink, self._pacer
        if sink._idle:
            return
        if pacer.report(level, received, underruns, now, mean=mean, lowest=lowest):
            self._tell("lead", lead=pacer.lead)
        with sink._lock:
            sink._lead, sink._underruns = pacer.lead, pacer.underruns

    def _set_idle(self, idle: bool) -> None:
        with self._sink._lock:
            self._sink._idle = idle

    def _tell(self, kind: str, **fields: Any) -> None:
        self._sink._send({"type": kind, "stream": self._stream, **fields}, [])

    def _pcm(self, audio: FloatArray) -> None:
        fields: dict[str, Any] = {"seq": self._seq, "sent_at": round(time.time(), 4)}
        if self._echo is not None:
            sent_at, came = self._echo
            fields["echo"], self._echo = [sent_at, time.monotonic() - came], None
        data = np.ascontiguousarray(audio.T).tobytes()
        self._sink._send({"type": "pcm", "stream": self._stream, **fields}, [data])
        self._seq += 1
        self._pacer.sent += audio.shape[1]
        with self._sink._lock:
            self._sink._sent += audio.shape[1]


_NEEDED = ("level", "received", "underruns")
_NUMBERS = (*_NEEDED, "mean", "lowest", "sent_at", "output_latency", "network")


def _readable(report: Mapping[str, Any]) -> bool:
    """Whether a report's numbers are numbers."""
    numbers = [report[name] for name in _NUMBERS if name in report]
    return all(name in report for name in _NEEDED) and all(
        isinstance(number, int | float) and math.isfinite(number) for number in numbers
    )
