"""A session played at random: whatever its methods can do, in any order."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil

from terrain_widgets.audio.device.device import DeviceSettings
from terrain_widgets.audio.hosts.null_sink import NullSink
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.session import Session
from tests.audio.census import Memory
from tests.audio.inspector import Inspector
from tests.audio.listeners import Monitor, Page
from tests.audio.pulse import RATE, PulseServer

_TICK = 0.02
_READY_SECONDS = 60.0  # another test may be training on the same cores

CODECS = ("pebble", "test-tone")
PLUG_IN = {"test_tone": "tests.audio.doubles:LoadableToneCodec"}


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
        self.playing, self._since, self._sink_until = "", 0.0, 0.0
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self.happened: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()
        self.xruns = self.device_samples = 0
        self.kernel, self.engine = Memory(), Memory()
        self._phases = self.rng.uniform(0, 6, 4)
        self._down = False
        self._takes = 0
        self._warm, self.warm_at = False, 0.0
        self._play_on = 0.0
        self._began = time.monotonic()
        self._new_codec()
        self._began = time.monotonic()
        self._codec_since = 0.0
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
        if self.now > self._sink_until:
            return self._do(self.another_sink)
        # what is left alone is the bundled codec's process
        if self.session.sounds.codec_name != CODECS[0] if self.alone else self.now - self._codec_since > 9.0:
            return self._do(self.another_codec)
        if self.alone and not self._warm:
            self._warm = True
            return self._do(self.warm_engine)
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
        }
        weights = np.array(list(deeds.values()))
        return self._do(list(deeds)[self.rng.choice(len(deeds), p=weights / weights.sum())])

    def _do(self, deed: Callable[[], None]) -> None:
        self.happened[deed.__name__.replace("_", " ")] += 1
        deed()

    def warm_engine(self) -> None:
        """One of everything that the engine's process imports or allocates when it is first asked for."""
        playing = self.playing
        for deed in (self.run_clip, self.add_playhead, self.add_playhead, self.record):
            deed()
        self.stop()
        if self.monitor is not None:
            self.start("device")
        self._sleep(1.0)
        if self.session.sound.recording:
            self.record()
        self.stop()
        self.start(playing)
        self.warm_at = self.now

    def swap_terrain(self) -> None:
        self.session.training.adopt(
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
        self.session.stage.shape(scale=self.rng.uniform(2.0, 8.0), offset=offset, slew=slew)

    def add_playhead(self) -> None:
        if len(self.session.stage.playheads.now) >= 4:
            return self.remove_playhead()
        t = np.linspace(0, 2 * np.pi, int(self.rng.integers(2, 200)))[:, None]
        path = np.sin(t * self.rng.integers(1, 4, 2) + self.rng.uniform(0, 6, 2))
        loop = str(self.rng.choice(["once", "loop", "ping-pong"]))
        self.session.stage.playheads.play(
            path, speed=float(self.rng.uniform(-4, 4)), loop=loop, gain=float(self.rng.uniform(0.2, 1.0)),
            name=f"p{self.rng.integers(1 << 20)}", interpolate=bool(self.rng.random() < 0.7),
        )  # fmt: skip
        return None

    def _any_playhead(self) -> str | None:
        names = list(self.session.stage.playheads.now)
        return str(self.rng.choice(names)) if names else None

    def change_playhead(self) -> None:
        name = self._any_playhead()
        if name is not None:
            change = [{"speed": float(self.rng.uniform(-4, 4))}, {"gain": float(self.rng.random())}, {"playing": False},
                      {"playing": True}][int(self.rng.integers(4))]  # fmt: skip
            self.session.stage.playheads.change(name, **change)
            if self.rng.random() < 0.3:
                self.session.stage.playheads.seek(name, float(self.rng.uniform(0, 2000)))

    def remove_playhead(self) -> None:
        name = self._any_playhead()
        if name is not None:
            self.session.stage.playheads.remove(name)

    def run_clip(self) -> None:
        clip = self.session.state.clips[int(self.rng.integers(2))].id
        modes = str(self.rng.choice(["keep", "override", "add", "multiply"]))
        self.session.stage.clip.run(clip, modes, bool(self.rng.random() < 0.5))

    def stop_clip(self) -> None:
        self.session.stage.clip.stop()

    def mix(self) -> None:
        self.session.stage.clip.mix(float(self.rng.choice([1.0, 0.0, self.rng.random()])))

    def gain(self) -> None:
        self._host.set_gain(float(self.rng.choice([1.0, 4.0, self.rng.random()])))

    def record(self) -> None:
        if self.session.sound.recording:
            path = Path(self.session.sound.stop_recording())
            for file in path.parent.glob(f"{path.stem}*"):
                file.unlink()
        else:
            self._takes += 1
            self.session.sound.record(self.folder / f"take{self._takes}.wav")

    def panic(self) -> None:
        if self.playing.startswith("page") and self.rng.random() < 0.5:
            self._host.panic()  # as the page's own button
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
        self.start(min(others, key=lambda sink: self._seconds[sink]))

    def another_codec(self) -> None:
        if self.session.sound.recording:
            self.record()
        playing = self.playing
        self.stop()
        self.session.sounds.use_codec(CODECS[self.session.sounds.codec_name == "pebble"])
        self._new_codec()
        self.start(playing)

    # --- sinks and codec

    @property
    def _host(self) -> ProcessHost:
        host = self.session.sound.start()
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
            self.session.sounds.set_latents(clip.id, np.clip(walk, -2, 2).astype(np.float32))
        self.swap_terrain()

    def start(self, sink: str) -> None:
        """Play through ``page 0``, ``page 1``, ``device`` or ``null``."""
        self.playing, self._since = sink, self.now
        self._sink_until = self.now + float(self.rng.uniform(4.0, 10.0))
        if sink == "device" and self.monitor is not None:
            self.monitor.start()
            self.session.sound.use_device(DeviceSettings(latency_seconds=0.2, buffer_seconds=0.3))
        elif sink == "null":
            self.null.start(self._host)
        else:
            self.pages[int(sink[-1])].sink.start(self._host)

    def stop(self) -> None:
        """Play nowhere."""
        self._seconds[self.playing] += self.now - self._since
        if self.playing == "device" and self.monitor is not None:
            self._note_device()
            self.session.sound.use_device(None)
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
        if self.alone and self.warm_at and self._host.pid is not None:
            self.engine.take(self.now, psutil.Process(self._host.pid))

    def close(self) -> None:
        """The end; everything is put away."""
        if self.session.sound.recording:
            self.record()
        self.stop()
        self.session.close()
        for page in self.pages:
            page.sink.close()
            page.tick()
            page.close()

    # --- the report

    def listeners(self) -> Iterator[tuple[str, Inspector]]:
        """Everyone who has heard something."""
        for k, page in enumerate(self.pages):
            for rate, inspector in sorted(page.inspectors.items()):
                yield f"page {k}, {rate} Hz", inspector
        if self.monitor is not None:
            yield f"device, {RATE} Hz", self.monitor.inspector
