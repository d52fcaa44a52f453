"""A long rough evening for the engine: everything that a session can do, at random, while every sample is inspected.

Run ``python -m tests.audio.soak --minutes 10``. One session plays the bundled codec and, in turn, a second one, through
two pages' sinks, a sound device (a private PulseAudio, whose monitor is recorded) and the null sink. Some 20 ms apart
the hand moves; every second or two something else happens: a terrain is swapped, a playhead comes or goes, a clip runs
underneath or no longer, a take is recorded, sound is stopped and started, another sink takes over, somebody panics,
another codec is loaded. In between the engine's process is left alone for long enough to see it grow.

What must hold, and is asserted by the exit code:

- no NaN, and no sample above -1 dBFS, in all that reached a page or the monitor;
- no click: see ``Inspector``; what a machine's stall cuts (sound, then a millisecond or more of exact zeros, in the
  monitor only) is counted apart, and printed as xruns are, because no program sounds through a stall;
- the proportional set size of this process and of the engine's grows less than 5 % after the first minute;
- no process, thread or file descriptor more at the end than before.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import queue
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from terrain_widgets.audio.device import DeviceSettings
from terrain_widgets.audio.process_host import ProcessHost
from terrain_widgets.audio.sinks.null import NullSink
from terrain_widgets.audio.sinks.remote import RemoteSink
from terrain_widgets.core.terrain import Terrain
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.session import Session
from tests.audio.doubles import PageDouble
from tests.audio.plug_in import plug_ins
from tests.audio.pulse import RATE, PulseServer, Recorder, missing_packages, pulse_server

FloatArray = NDArray[np.float32]

CEILING = float(np.float32(10 ** (-1 / 20)))
GROWTH = 0.05
_TICK = 0.02
_READY_SECONDS = 60.0  # another test may be training on the same cores

CODECS = ("pebble", "test-tone")
PLUG_IN = {"test_tone": "tests.audio.doubles:LoadableToneCodec"}


class Inspector:
    """Looks at sound piece by piece, as if it were whole.

    A click is one place where the second difference is more than ``outlier`` times as large as anywhere within 40 ms
    before and after it, 1 ms around it left out, and larger than ``audible``. Music, noise and pulses of 25 Hz and more
    have neighbours of their own size; a sample that is missing, doubled or added has not.

    Args:
        rate: Hz.
        outlier: How many times.
        audible: Of full scale; what is smaller is no click.

    Attributes:
        samples: Inspected so far.
        bad: Of them, not finite.
        peak: The largest.
        clicks: Where clicks were, in seconds, and their second differences.
        cuts: Where the sound was cut by a stall of the machine, in seconds.
    """

    outlier, audible = 4.0, 0.01
    _NEAR, _WIDE = 0.001, 0.04  # seconds

    def __init__(self, rate: int, stalls: bool = False) -> None:
        self._rate, self._stalls = rate, stalls
        self._near, self._wide = int(self._NEAR * rate), int(self._WIDE * rate)
        self.samples, self.bad, self.peak = 0, 0, 0.0
        self.clicks: list[tuple[float, float]] = []
        self.cuts: list[float] = []
        self.worst = 0.0
        self._begin()

    def _begin(self) -> None:
        self._line = np.zeros(0, dtype=np.float64)
        self._at = self.samples  # of the line's first sample

    def take(self, audio: FloatArray) -> None:
        """The next samples ``[S]`` of the piece."""
        finite = np.isfinite(audio)
        self.bad += int(len(audio) - np.count_nonzero(finite))
        audio = np.where(finite, audio, 0.0)
        self.peak = max(self.peak, float(np.abs(audio).max(initial=0.0)))
        self.samples += len(audio)
        self._line = np.concatenate([self._line, audio])
        if len(self._line) > self._rate:
            self._look(0 if self._at == 0 else self._wide, len(self._line) - self._wide)
            self._at += len(self._line) - 2 * self._wide
            self._line = self._line[-2 * self._wide :]

    def cut(self) -> None:
        """What follows does not follow on: the page fades by itself there."""
        if len(self._line) > 4:
            self._look(0 if self._at == 0 else self._wide, len(self._line))
        self._begin()

    def _look(self, start: int, stop: int) -> None:
        """Judge the samples of the line from ``start`` to ``stop``; around them there is more to compare with."""
        bend = np.zeros(len(self._line))
        bend[1:-1] = np.abs(np.diff(self._line, 2))
        side = self._wide - self._near
        # the largest within [n - wide, n - near) and (n + near, n + wide]
        largest = maximum_filter1d(bend, side, mode="constant")
        padded = np.pad(largest, self._wide)
        shift = self._near + side // 2 + 1
        before = padded[self._wide - shift : self._wide - shift + len(bend)]
        after = padded[self._wide + shift : self._wide + shift + len(bend)]
        around = np.maximum(np.maximum(before, after), self.audible / self.outlier)
        ratio = bend / around
        self.worst = max(self.worst, float(ratio[start:stop].max(initial=0.0)))
        last = -self._rate
        for n in np.flatnonzero(ratio > self.outlier):
            if start <= n < stop and n - last > self._near:
                last = int(n)
                where = (self._at + last) / self._rate
                if self._stalls and self._cut_by_stall(last):
                    self.cuts.append(where)
                else:
                    self.clicks.append((where, float(bend[last])))

    def _cut_by_stall(self, n: int) -> bool:
        """Whether a millisecond of exact zeros begins or ends here."""
        line, ms = self._line, max(8, self._rate // 1000)
        return any(
            not line[max(0, n + k - ms) : n + k].any() or not line[n + k + 1 : n + k + 1 + ms].any()
            for k in range(-3, 4)
        )


class Page:
    """A page that plays in real time what a sink of its own sends, reports as a page does, and keeps every sample."""

    def __init__(self) -> None:
        self.sink = RemoteSink(self._send)
        self.inspectors: dict[int, Inspector] = {}
        self.underruns = 0
        self._sent: queue.SimpleQueue[tuple[dict[str, Any], FloatArray | None]] = queue.SimpleQueue()
        self._page: PageDouble | None = None
        self._clock = time.monotonic()
        self._reported = 0.0

    def _send(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self._sent.put((message, np.frombuffer(buffers[0], dtype=np.float32) if buffers else None))

    def tick(self) -> None:
        """Play on: what has come, and the time since the last tick."""
        now = time.monotonic()
        if self._page is not None:
            before = self._page.underruns
            self._page.advance(now - self._clock)
            self.underruns += max(0, self._page.underruns - before)
        self._clock = now
        while not self._sent.empty():
            message, audio = self._sent.get()
            if message["type"] == "start":
                self._page = PageDouble(float(message["rate"]))
            page = self._page
            if page is None:
                continue
            page.take(message, 0 if audio is None else len(audio))
            inspector = self.inspectors.setdefault(int(page.rate), Inspector(int(page.rate)))
            if audio is not None:
                inspector.take(audio)
            elif message["type"] != "lead":
                inspector.cut()
        if self._page is not None and now - self._reported > 0.1:
            self._reported = now
            self.sink.report({**self._page.report(), "lowest": int(self._page.level), "mean": self._page.level})


class Monitor:
    """What a sound device played, from recordings of a server's monitor."""

    def __init__(self, server: PulseServer) -> None:
        self._server = server
        self._recorder: Recorder | None = None
        self.inspector = Inspector(RATE, stalls=True)

    def start(self) -> None:
        """Listen."""
        self._recorder = self._server.recorder()
        self._recorder.start()

    def stop(self) -> None:
        """Look at what was heard."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            heard = recorder.stop()[0]
            for start in range(0, len(heard), RATE // 2):
                self.inspector.take(heard[start : start + RATE // 2])
            self.inspector.cut()


@dataclass
class Memory:
    """Proportional set sizes in MB over time; what came early against what came late."""

    samples: list[tuple[float, float]] = field(default_factory=list)

    def take(self, when: float, process: psutil.Process) -> None:
        """Note it now."""
        with contextlib.suppress(psutil.Error):
            self.samples.append((when, process.memory_full_info().pss / 2**20))

    def growth(self, start: float) -> tuple[float, float, float]:
        """From the median of the first fifth after ``start`` to that of the last: MB, MB, share."""
        later = [(when, size) for when, size in self.samples if when >= start]
        if len(later) < 5:
            return float("nan"), float("nan"), 0.0
        fifth = max(1, len(later) // 5)
        early = float(np.median([size for _, size in later[:fifth]]))
        late = float(np.median([size for _, size in later[-fifth:]]))
        return early, late, late / early - 1.0


@dataclass
class Report:
    """How it went.

    Args:
        lines: What to print.
        problems: What should not have been; empty if all holds.
    """

    lines: list[str]
    problems: list[str]


class Evening:
    """The session, its listeners, and everything that may happen.

    Args:
        seed: Decides what happens; when, the machine has a say in.
        seconds: How long.
        server: A sound server, if there is one.
        folder: For takes.
    """

    def __init__(self, seed: int, seconds: float, server: PulseServer | None, folder: Path) -> None:
        self.rng = np.random.default_rng(seed)
        self.seconds, self.folder = seconds, folder
        tones = [np.sin(np.arange(16000) * f).astype(np.float32)[None] * 0.2 for f in (0.05, 0.11)]
        self.session = Session(CODECS[0], [Sound(f"tone {k}", tone, 16000) for k, tone in enumerate(tones)], seed=seed)
        self.pages = [Page(), Page()]
        self.null = NullSink()
        self.monitor = None if server is None else Monitor(server)
        self.playing = ""
        self.happened: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()
        self.xruns = self.device_samples = 0
        self.kernel, self.engine = Memory(), Memory()
        self._phases = self.rng.uniform(0, 6, 4)
        self._down = False
        self._takes = 0
        self._play_on = 0.0
        self._began = time.monotonic()
        self._new_codec()
        self.start("page 0")

    # --- what time it is

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    @property
    def alone(self) -> bool:
        """Whether the engine's process is to live on, so that one can see it grow: the middle half."""
        return 0.3 < self.now / self.seconds < 0.8

    # --- what happens

    def tick(self) -> None:
        """The hand moves, the pages play."""
        t = self.now
        place = np.sin(np.array([1.3, 1.9]) * t + self._phases[:2]) * np.sin(
            np.array([0.31, 0.23]) * t + self._phases[2:]
        )
        if self.rng.random() < 0.02:
            self._down = not self._down
        if self.rng.random() < 0.01:
            self._phases = self.rng.uniform(0, 6, 4)  # a jump
        self.session.move(1.2 * place, self._down, float(self.rng.uniform(0.5, 1.0)))
        for page in self.pages:
            page.tick()
        message = self._host.status().message
        if message and "starting" not in message:
            self.messages[message] += 1

    def act(self) -> None:
        """Something happens."""
        deeds: dict[Callable[[], None], float] = {
            self.swap_terrain: 3.0,
            self.add_playhead: 3.0,
            self.change_playhead: 2.0,
            self.remove_playhead: 2.0,
            self.run_clip: 1.5,
            self.stop_clip: 1.0,
            self.mix: 1.0,
            self.shape: 1.0,
            self.gain: 1.0,
            self.record: 1.0,
            self.panic: 1.0,
            self.stop_and_start: 2.0,
            self.another_sink: 2.0,
        }
        if not self.alone and self.now - self._codec_since > 8.0:
            deeds[self.another_codec] = 3.0
        weights = np.array(list(deeds.values()))
        deed = list(deeds)[self.rng.choice(len(deeds), p=weights / weights.sum())]
        self.happened[deed.__name__.replace("_", " ")] += 1
        deed()

    def swap_terrain(self) -> None:
        self.session.adopt(
            Terrain(
                2,
                self.session.codec.info.latent_dim,
                float(self.rng.uniform(0.3, 3.0)),
                network_channel=32,
                feature_size=32,
                seed=int(self.rng.integers(1 << 30)),
            )
        )
        self.shape()

    def shape(self) -> None:
        dim = self.session.codec.info.latent_dim
        slew = float(self.rng.choice([np.inf, 5.0, 30.0]))
        # untrained terrains are flat: make them hills, loud ones
        offset = np.zeros(dim) + (1.5 if dim == 8 else 0.5) * (np.arange(dim) == (1 if dim == 8 else 0))
        self.session.performance.shape(scale=self.rng.uniform(2.0, 8.0), offset=offset, slew=slew)

    def add_playhead(self) -> None:
        if len(self.session.performance.playheads) >= 4:
            return self.remove_playhead()
        t = np.linspace(0, 2 * np.pi, int(self.rng.integers(2, 200)))[:, None]
        path = np.sin(t * self.rng.integers(1, 4, 2) + self.rng.uniform(0, 6, 2))
        loop = str(self.rng.choice(["once", "loop", "ping-pong"]))
        self.session.performance.play(
            path, speed=float(self.rng.uniform(-4, 4)), loop=loop, gain=float(self.rng.uniform(0.2, 1.0)),
            name=f"p{self.rng.integers(1 << 20)}", interpolate=bool(self.rng.random() < 0.7),
        )  # type: ignore[arg-type]  # fmt: skip
        return None

    def _any_playhead(self) -> str | None:
        names = list(self.session.performance.playheads)
        return str(self.rng.choice(names)) if names else None

    def change_playhead(self) -> None:
        name = self._any_playhead()
        if name is not None:
            change = [{"speed": float(self.rng.uniform(-4, 4))}, {"gain": float(self.rng.random())}, {"playing": False},
                      {"playing": True}][int(self.rng.integers(4))]  # fmt: skip
            self.session.performance.change(name, **change)
            if self.rng.random() < 0.3:
                self.session.performance.seek(name, float(self.rng.uniform(0, 2000)))

    def remove_playhead(self) -> None:
        name = self._any_playhead()
        if name is not None:
            self.session.performance.remove(name)

    def run_clip(self) -> None:
        clip = self.session.state.clips[int(self.rng.integers(2))].id
        modes = str(self.rng.choice(["keep", "override", "add", "multiply"]))
        self.session.performance.run(clip, modes, bool(self.rng.random() < 0.5))  # type: ignore[arg-type]

    def stop_clip(self) -> None:
        self.session.performance.stop_base()

    def mix(self) -> None:
        self.session.performance.mix(float(self.rng.choice([1.0, 0.0, self.rng.random()])))

    def gain(self) -> None:
        self._host.set_gain(float(self.rng.choice([1.0, 4.0, self.rng.random()])))

    def record(self) -> None:
        if self.session.performance.recording:
            path = Path(self.session.performance.stop_recording())
            for file in path.parent.glob(f"{path.stem}*"):
                file.unlink()
        else:
            self._takes += 1
            self.session.performance.record(self.folder / f"take{self._takes}.wav")

    def panic(self) -> None:
        page = self.pages[int(self.playing[-1])] if self.playing.startswith("page") else None
        if page is not None and self.rng.random() < 0.5:
            page.sink.panic()  # as the page's own button
        self.session.panic()
        self._down = False

    def stop_and_start(self) -> None:
        playing = self.playing
        self.stop()
        self._sleep(float(self.rng.choice([0.0, 0.3, 1.0])))
        self.start(playing)

    def another_sink(self) -> None:
        others = ["page 0", "page 1", "null", *(["device"] if self.monitor is not None else [])]
        others.remove(self.playing)
        self.stop()
        self.start(str(self.rng.choice(others)))

    def another_codec(self) -> None:
        if self.session.performance.recording:
            self.record()
        playing = self.playing
        self.stop()
        self.session.performance.shape()  # TEMPORARY: use_codec fails with per-latent shapes
        self.session.use_codec(CODECS[self.session.codec_name == "pebble"])
        self._new_codec()
        self.start(playing)

    # --- sinks and codec

    @property
    def _host(self) -> ProcessHost:
        host = self.session.host
        assert isinstance(host, ProcessHost), host
        return host

    def _new_codec(self) -> None:
        self._codec_since = self.now
        until = time.monotonic() + _READY_SECONDS
        dim = self.session.codec.info.latent_dim
        host = self._host
        while not host.status().ready:
            if not host.status().alive or time.monotonic() > until:
                raise RuntimeError(f"the engine does not start: {host.status()}")
            for page in getattr(self, "pages", []):
                page.tick()
            time.sleep(_TICK)
        for clip in self.session.state.clips:
            walk = np.cumsum(self.rng.normal(0, 0.2, (43, dim)), axis=0)
            self.session.set_latents(clip.id, np.clip(walk, -2, 2).astype(np.float32))
        self.swap_terrain()

    def start(self, sink: str) -> None:
        """Play through ``page 0``, ``page 1``, ``device`` or ``null``."""
        self.playing = sink
        if sink == "device" and self.monitor is not None:
            self.monitor.start()
            self.session.performance.use_device(DeviceSettings(latency_seconds=0.2, buffer_seconds=0.3))
        elif sink == "null":
            self.null.start(self._host)
        else:
            self.pages[int(sink[-1])].sink.start(self._host)

    def stop(self) -> None:
        """Play nowhere."""
        if self.playing == "device" and self.monitor is not None:
            self._note_device()
            self.session.performance.use_device(None)
            self._sleep(0.6)  # for the fade and what is under way
            self.monitor.stop()
        elif self.playing == "null":
            self.null.close()
            self.xruns += self.null.status().underruns
        elif self.playing:
            self.pages[int(self.playing[-1])].sink.close()
        self.playing = ""

    def _note_device(self) -> None:
        status = self._host.device_status()
        if status is not None:
            self.xruns += status.xruns
            self.device_samples += status.samples
            if status.message:
                self.messages[status.message] += 1

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.tick()
            time.sleep(_TICK)

    def weigh(self) -> None:
        """Note how much memory is in use."""
        self.kernel.take(self.now, psutil.Process())
        if self.alone and self._host.pid is not None:
            self.engine.take(self.now, psutil.Process(self._host.pid))

    def close(self) -> None:
        """The end; everything is put away."""
        if self.session.performance.recording:
            self.record()
        self.stop()
        self.session.close()
        for page in self.pages:
            page.sink.close()
            page.tick()

    # --- the report

    def listeners(self) -> Iterator[tuple[str, Inspector]]:
        """Everyone who has heard something."""
        for k, page in enumerate(self.pages):
            for rate, inspector in sorted(page.inspectors.items()):
                yield f"page {k}, {rate} Hz", inspector
        if self.monitor is not None:
            yield f"device, {RATE} Hz", self.monitor.inspector


@dataclass(frozen=True)
class Census:
    """Processes, threads and files of this process."""

    children: frozenset[int]
    threads: tuple[str, ...]
    files: int

    @classmethod
    def now(cls) -> Census:
        """As it is."""
        me = psutil.Process()
        threads = tuple(sorted(t.name for t in threading.enumerate()))
        return cls(frozenset(child.pid for child in me.children(recursive=True)), threads, me.num_fds())

    def lost(self, seconds: float = 10.0) -> list[str]:
        """What there is now and was not then; it has so long to go away."""
        deadline = time.monotonic() + seconds
        while True:
            gc.collect()
            now = Census.now()
            lost = []
            if now.children - self.children:
                lost.append(f"processes {sorted(now.children - self.children)} are still there")
            extra = Counter(now.threads) - Counter(self.threads)
            if extra:
                lost.append(f"threads are still there: {', '.join(extra)}")
            if now.files > self.files:
                lost.append(f"{now.files - self.files} file descriptors are still open")
            if not lost or time.monotonic() > deadline:
                return lost
            time.sleep(0.1)


def _warm_up(server: PulseServer | None, folder: Path) -> None:
    """One of everything that a library keeps for the rest of the process."""
    evening = Evening(0, 1e9, server, folder)
    for deed in (evening.run_clip, evening.add_playhead, evening.record, evening.record, evening.another_codec):
        deed()
        evening._sleep(0.3)
    if server is not None:
        evening.stop()
        evening.start("device")
        evening._sleep(1.0)
    evening.close()


def soak(seconds: float, seed: int, say: Callable[[str], None] = print) -> Report:
    """Play for so long.

    Args:
        seconds: How long, beyond a warm-up of some 10 s.
        seed: What happens.
        say: Told how it goes.
    """
    torch.set_num_threads(1)
    missing = missing_packages()
    with contextlib.ExitStack() as stack:
        stack.enter_context(plug_ins(**PLUG_IN))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        server = None if missing else stack.enter_context(pulse_server())
        if missing:
            say(f"no sound device is tried: that needs {missing}")
        _warm_up(server, folder)
        gc.collect()
        before = Census.now()
        evening = Evening(seed, seconds, server, folder)
        try:
            _play(evening, say)
        finally:
            evening.close()
        return _report(evening, before)


def _play(evening: Evening, say: Callable[[str], None]) -> None:
    act = weigh = tell = 0.0
    while evening.now < evening.seconds:
        evening.tick()
        if evening.now > act:
            evening.act()
            act = evening.now + float(evening.rng.uniform(0.2, 2.0))
        if evening.now > weigh:
            evening.weigh()
            weigh = evening.now + min(1.0, evening.seconds / 100)
        if evening.now > tell:
            left = evening.seconds - evening.now
            heard = sum(inspector.samples / inspector._rate for _, inspector in evening.listeners())
            say(
                f"{evening.now:5.0f} s, {left:4.0f} s to go: {sum(evening.happened.values())} deeds, {heard:.0f} s "
                f"inspected, {evening.session.codec_name} to {evening.playing}"
            )
            tell = evening.now + max(5.0, evening.seconds / 30)
        time.sleep(_TICK)


def _report(evening: Evening, before: Census) -> Report:
    lines, problems = [], []
    lines.append("deeds: " + ", ".join(f"{name} {count}" for name, count in evening.happened.most_common()))
    for name, inspector in evening.listeners():
        inspector.cut()
        lines.append(
            f"{name}: {inspector.samples / inspector._rate:.1f} s, peak {20 * np.log10(max(1e-6, inspector.peak)):.2f} "
            f"dBFS, {inspector.bad} not finite, {len(inspector.clicks)} clicks (largest outlier {inspector.worst:.2f} of "
            f"{inspector.outlier:g}), {len(inspector.cuts)} cuts by stalls"
        )
        if inspector.bad:
            problems.append(f"{name}: {inspector.bad} samples are no numbers")
        if inspector.peak > CEILING:
            problems.append(f"{name}: a peak of {inspector.peak:.6f} is above -1 dBFS")
        if inspector.clicks:
            where = ", ".join(f"{when:.3f} s ({size:.3f})" for when, size in inspector.clicks[:8])
            problems.append(f"{name}: {len(inspector.clicks)} clicks, at {where}")
        if inspector.samples == 0:
            problems.append(f"{name}: nothing was heard")
    underruns = sum(page.underruns for page in evening.pages)
    lines.append(f"xruns: {evening.xruns} at the device and the null sink, {underruns} in the pages")
    if evening.messages:
        lines.append("messages: " + "; ".join(f"{text} ({count} times)" for text, count in evening.messages.items()))
    for name, memory, start in (
        ("this process", evening.kernel, min(60.0, 0.2 * evening.seconds)),
        ("the engine's process", evening.engine, (0.3 + min(0.1, 60.0 / evening.seconds)) * evening.seconds),
    ):
        early, late, growth = memory.growth(start)
        lines.append(f"memory of {name}: {early:.1f} MB after {start:.0f} s, {late:.1f} MB at the end ({growth:+.2%})")
        if growth > GROWTH:
            problems.append(f"the memory of {name} grew by {growth:.1%}: {early:.1f} MB to {late:.1f} MB")
    del evening
    lost = before.lost()
    lines.append("lost: " + ("; ".join(lost) or "no process, thread or file descriptor"))
    return Report(lines, problems + lost)


def main() -> int:
    """Run it and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - began:5.0f} s] {line}", flush=True)

    report = soak(60.0 * given.minutes, given.seed, say)
    print("\n".join(report.lines))
    for problem in report.problems:
        print(f"PROBLEM: {problem}")
    print("MISSED" if report.problems else "PASS")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
