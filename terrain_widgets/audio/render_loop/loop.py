"""The loop that renders what the hand does now: the same in the audio process and in the fallback thread."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import CODEC, CodecAsset
from terrain_widgets.audio.device.device import DeviceSettings
from terrain_widgets.audio.device.device_output import DeviceOutput
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.heard import Heard
from terrain_widgets.audio.engine.sources.hand import MAX_HANDS, HandBlock
from terrain_widgets.audio.engine.sources.live_feed import LiveBlock
from terrain_widgets.audio.memory.control import ControlBlock, Gesture, Telemetry
from terrain_widgets.audio.memory.output import Output, RingOutput
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.render_loop.block_plan import BlockPlan
from terrain_widgets.audio.render_loop.live_input import LiveEar, LiveSource
from terrain_widgets.audio.render_loop.played_hand import PlayedHand, WaitingTouches, level
from terrain_widgets.audio.render_loop.tracing import Tracing
from terrain_widgets.audio.takes.recorder import Recorder
from terrain_widgets.audio.takes.take import Stroke
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec

FloatArray = NDArray[np.float32]
Tell = Callable[[str, Any], None]

_REST_SECONDS = 2.0
_HEAVY, _HEAVY_SECONDS = 0.75, 0.5  # a load that lasts so long asks for larger blocks


def obey(loop: RenderLoop, name: str, content: Any) -> None:
    """Do what a host sent: see ``LocalHost._send``."""
    if name == "update":
        loop.update(content)
    elif name == "codec":
        loop.update(Update(assets={CODEC: CodecAsset(content)}))
    elif name == "device":
        loop.use_device(content)
    elif name == "listen":
        loop.listen(content)
    elif name == "record":
        loop.record(*content)
    elif name == "stop_recording":
        loop.stop_recording()
    elif name == "trace":
        loop.trace(*content)
    elif name == "stop_trace":
        loop.stop_trace()


class RenderLoop:
    """Renders into the ring or the device whenever that lacks sound.

    Args:
        codec: What decodes.
        ring: Where the sound goes while there is no device; this is its writer.
        control: Where gestures come from and levels go.
        ring_frames: How many latent frames are kept ready in the ring, at least; a codec that is slow frame by frame
            gets more, see ``block_plan.py``.
        seed: As for ``Engine``.
        tell: Called with what the kernel should know: ``("error", text)``, ``("device", DeviceStatus)``,
            ``("input", InputStatus)``, ``("recorded", (path, text))``, ``("traced", (places, latents, ended))``.
    """

    def __init__(
        self,
        codec: Codec,
        ring: Ring,
        control: ControlBlock,
        ring_frames: float,
        seed: int = 0,
        tell: Tell | None = None,
    ) -> None:
        self.engine = Engine(codec, None, seed=seed)
        self._codec, self._control, self._seed = codec, control, seed
        self._tell = tell or (lambda _what, _content: None)
        self._ring_frames = ring_frames
        self._page = RingOutput(ring, math.ceil(ring_frames * self.engine.info.ratio))
        self._room = max(1, ring.capacity // self.engine.info.ratio)
        self._plan = BlockPlan({1: 0.0}, 1.0 / self.engine.info.frame_rate)  # until the codec is warm
        self._slowdown, self._block_frames, self._heavy_since = 1.0, 1, math.inf
        self._device: DeviceOutput | None = None
        self._ear = LiveEar(codec)
        self._told_input = 0  # half second in which the input was told of last
        self._recorder: Recorder | None = None
        self._fresh = False  # the recorder has begun and no block was rendered since
        first = control.gesture()
        self._panics = first.panics
        self._hands = [PlayedHand(self.engine, number) for number in range(MAX_HANDS)]
        for hand in self._hands:
            hand.begin(first.touch(hand.number))
        self._waiting = WaitingTouches()
        self._last_heard: Heard | None = None
        self._trace: Tracing | None = None
        self._load = 0.0
        self._refused = self._said = ""
        self._silent_since: float | None = None
        self._resting = False

    def warm_up(self) -> None:
        """Let the codec compile or allocate what it needs, outside the sound, and see how fast it is."""
        stream = self._codec.stream(1)
        for frames in (1, 1, 1, math.ceil(self._ring_frames)):
            stream.decode(np.zeros((1, self.engine.info.latent_dim, frames), dtype=np.float32))
        # the mapping's first call is as slow as the codec's
        self.engine.mapping(np.zeros((1, self.engine.mapping.control_dim), dtype=np.float32))
        self._plan = BlockPlan.measured(self._codec)
        self._replan(1.0)
        self._publish()

    # --- what comes rarely

    def update(self, update: Update) -> None:
        """Change something in the engine; what it refuses is told."""
        try:
            self.engine.update(update)
        except Exception as error:
            self._refused = f"a change was refused: {error}"
            return
        self._refused = ""
        if self._recorder is not None:
            self._recorder.update(update)

    def refuse(self, why: str) -> None:
        """Tell the kernel why something was not done."""
        self._refused = why

    def use_device(self, settings: DeviceSettings | None) -> None:
        """Play on a sound device of this machine, or into the ring again."""
        before, self._device = self._device, None
        if before is not None:
            before.close()
            status = before.poll()
            if status is not None:
                self._tell("device", status)
        if settings is not None:
            info = self.engine.info
            self._device = DeviceOutput(info.channels, info.sample_rate, settings, lambda: self._control.panics)
        else:
            self._tell("device", None)
        self._replan(self._slowdown)

    def listen(self, source: LiveSource | None) -> None:
        """Hear a device or a sound from now on, or nothing; it is played where ``clip.sound`` is ``"live"``."""
        self._ear.use(source)
        self._refused, self._told_input = "", 0
        if source is None:
            self._tell("input", None)

    def record(self, path: str | Path, max_seconds: float) -> None:
        """Begin a take. It starts from a fresh engine's state: what sounds is faded out in 5 ms and in again."""
        self.stop_recording()
        try:
            if not self.engine.silent:
                frames, (gesture, _) = self.engine.begin_fade_out(), self._settled()
                blocks = self._blocks(gesture, frames)
                self._output.write(
                    self._render(blocks, gesture.gain, self._ear.block(frames, self.engine.decoder.bent))
                )
            self.engine.restart()
            self._recorder, self._fresh = Recorder(path, self.engine, self._seed, max_seconds), True
        except OSError as error:
            self._tell("recorded", (str(path), str(error)))

    def stop_recording(self) -> None:
        """End the take, if there is one; its files are whole when the kernel is told."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            try:
                self._tell("recorded", (str(recorder.finish()), ""))
            except OSError as error:
                self._tell("recorded", (str(recorder.path), str(error)))

    def trace(self, latents: str, limit: int) -> None:
        """Tell the kernel, frame by frame, where something sounds and what; ends what was traced before.

        Args:
            latents: As ``Tracing``.
            limit: Frames after which it ends by itself.
        """
        self.stop_trace()
        self._trace = Tracing(latents, limit, self.engine.info, lambda part: self._tell("traced", part))

    def stop_trace(self) -> None:
        """End what is traced, if anything is; the kernel is told."""
        trace, self._trace = self._trace, None
        if trace is not None:
            trace.end()

    def close(self) -> None:
        """End recording, tracing, listening and device."""
        self.stop_recording()
        self.stop_trace()
        self._ear.close()
        if self._device is not None:
            self._device.close()
            self._device = None

    # --- what comes all the time

    @property
    def _output(self) -> Output:
        return self._device if self._device is not None else self._page

    def step(self) -> float:
        """Render what is missing; returns how many seconds may be slept before the next step."""
        self._speak()
        ratio, rate = self.engine.info.ratio, self.engine.info.sample_rate
        gesture, waiting = self._settled()
        missing = self._output.missing()
        if missing <= (self._block_frames - 1) * ratio or self._rests(gesture):
            return min(0.005, 0.25 * ratio / rate)
        count = min(-(-missing // ratio), self._room)
        if waiting:
            count = min(count, self.engine.motion.frames_to_beat)
        began = time.perf_counter()
        strokes = self._news(gesture)
        if self._fresh:
            self.engine.jump_gain(gesture.gain)
            self._fresh = False
        hands, live = self._blocks(gesture, count), self._ear.block(count, self.engine.decoder.bent)
        audio = self._render(hands, gesture.gain, live)
        self._output.write(audio)
        took = (time.perf_counter() - began) * rate / (count * ratio)
        self._load += (took - self._load) * 0.2
        self._lighten(began)
        if self._recorder is not None:
            self._recorder.block(hands, strokes, audio, live)
            if self._recorder.full:
                self.stop_recording()
        self._publish()
        return 0.0

    def _settled(self) -> tuple[Gesture, bool]:
        """What the hands do, without what still waits for a beat, and whether something does."""
        return self._waiting.settle(self._control.gesture(), self.engine.motion.frames_to_beat)

    def _replan(self, slowdown: float) -> None:
        """Choose how much is rendered at once, and how much is kept ready for the page."""
        ratio, frame_seconds = self.engine.info.ratio, self._plan.frame_seconds
        self._slowdown, self._heavy_since = slowdown, math.inf
        ready = min(self._plan.ready_frames(self._ring_frames, slowdown), max(self._ring_frames, self._room - 2))
        self._page.target = math.ceil(ready * ratio)
        if self._device is not None:
            self._block_frames = self._plan.frames(self._device.settings.buffer_seconds, slowdown)
        else:
            self._block_frames = self._plan.frames(ready * frame_seconds, slowdown)

    def _lighten(self, now: float) -> None:
        """Render more at once where the load stays high, because of more voices or a busy machine; never less again."""
        if self._load < _HEAVY:
            self._heavy_since = math.inf
            return
        self._heavy_since = min(self._heavy_since, now)
        expected = self._plan.loads.get(self._block_frames, 0.0)
        if now - self._heavy_since > _HEAVY_SECONDS and expected > 0.0:
            self._replan(max(self._slowdown, self._load / expected))

    def _news(self, gesture: Gesture) -> list[Stroke]:
        """Tell the engine of a panic or of hands that were up between two blocks; returns what is to be recorded."""
        panic = gesture.panics != self._panics
        if panic:
            self._panics = gesture.panics
            self.engine.panic()
            if self._device is not None:
                self._device.retrigger(gesture.panics)
        strokes = []
        for hand in self._hands:
            touch = gesture.touch(hand.number)
            onset = hand.take(touch, panic)
            if touch.onsets or hand.number == 0:
                strokes.append(Stroke(0, level(touch), gesture.gain, onset, panic and hand.number == 0, hand.number))
        return strokes

    def _blocks(self, gesture: Gesture, frames: int) -> dict[int, HandBlock]:
        """What the hands that sound, or want to, do in so many frames; the first is always among them."""
        every = ((hand, gesture.touch(hand.number)) for hand in self._hands)
        return {hand.number: hand.block(touch, frames) for hand, touch in every if hand.plays(touch)}

    def _render(self, hands: dict[int, HandBlock], gain: float, live: LiveBlock | None) -> FloatArray:
        first, fingers = hands[0], {number: block for number, block in hands.items() if number}
        audio = self.engine.render(first.places, first.level, gain, fingers=fingers, live=live)
        if self.engine.heard:
            self._last_heard = self.engine.heard[-1]
        if self._trace is not None and self._trace.take(self.engine.heard, self.engine.patch):
            self.stop_trace()
        return audio

    def _rests(self, gesture: Gesture) -> bool:
        """Whether a device needs nothing, because nothing has sounded for a while and nothing wants to.

        A ring has a reader that rests by itself.
        """
        quiet = self._device is not None and self._recorder is None and self.engine.silent and not gesture.down
        if not quiet or gesture.panics != self._panics:
            self._silent_since, self._resting = None, False
            return False
        now = time.monotonic()
        if self._silent_since is None:
            self._silent_since = now
        if now - self._silent_since <= _REST_SECONDS:
            return False
        if not self._resting and self._device is not None:
            self._device.rest()  # an empty ring is intended from now on
        self._resting = True
        return True

    def _speak(self) -> None:
        if (unheard := self._ear.take()) is not None:
            self._refused = str(unheard)
            self._tell("input", None)
        error = self.engine.error or self._refused
        if error != self._said:
            self._said = error
            self._tell("error", error)
        if self._device is not None and (status := self._device.poll()) is not None:
            self._tell("device", status)
        beat = int(2 * time.monotonic())
        if (ear := self._ear.input) is not None and beat != self._told_input:
            self._told_input = beat
            self._tell("input", ear.status())

    def _publish(self) -> None:
        level, ready = self.engine.level, self._page.target / self.engine.info.ratio
        place: tuple[float, ...] = ()
        latents: tuple[float, ...] = ()
        if self._last_heard is not None:
            place = tuple(self._last_heard.places[-1].tolist())
            latents = tuple(self._last_heard.latents[-1].tolist())
        recorded = 0.0 if self._recorder is None else self._recorder.seconds
        self._control.put_telemetry(
            Telemetry(
                level.peak_db, level.rms_db, level.limiter_db, level.nan_count, self._load, level.frames,
                self.engine.silent, self._panics, recorded, self._block_frames, ready,
                self.engine.positions, place, latents,
            )
        )  # fmt: skip
