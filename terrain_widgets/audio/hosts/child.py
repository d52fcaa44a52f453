"""What runs in the audio process: ``python -m terrain_widgets.audio.hosts.child``, started by ``ProcessHost`` only."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from terrain_widgets.audio.assets import WEIGHTS
from terrain_widgets.audio.engine.bent_layers import BentLayers
from terrain_widgets.audio.engine.resolution import bends_of
from terrain_widgets.audio.hosts.wire import packed_news, unpacked_command
from terrain_widgets.audio.memory.control import ControlBlock
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.page_stream.channel import EngineSource, PageLine
from terrain_widgets.audio.page_stream.remote import RemoteStatus
from terrain_widgets.audio.render_loop.loop import RenderLoop, obey
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.process.freed_memory import give_back_memory
from terrain_widgets.process.manners import answers, listen
from terrain_widgets.process.messages import Message, write_message
from terrain_widgets.process.priority import step_thread_back, take_priority

Tell = Callable[[str, Any], None]

_GRACE_SECONDS = 3.0
_MOST_WAITING = 64  # news; above it the kernel cannot run, and what is only of the moment is left out

Command = tuple[str, Any]
_BENDS = {"bend", WEIGHTS}  # groups of an update


class _Teller:
    """Tells the kernel from a thread of its own: one that cannot run takes nothing out of the pipe.

    Args:
        out: Where to.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._news: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="terrain-audio-teller", daemon=True)
        self._thread.start()

    def tell(self, what: str, content: Any) -> None:
        """Something that must arrive."""
        self._news.put((what, content))

    def tell_of_page(self, status: RemoteStatus) -> None:
        """Something that another one replaces a moment later."""
        if self._news.qsize() < _MOST_WAITING:
            self.tell("page", status)

    def close(self) -> None:
        """All that was told has been written, or nobody reads it."""
        self._news.put(None)
        self._thread.join(_GRACE_SECONDS)

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # a parent that is gone
            while (news := self._news.get()) is not None:
                what, content = news
                write_message(self._out, {"what": what}, packed_news(what, content))


def _attach(setup: dict[str, Any]) -> tuple[Ring, ControlBlock]:
    """The shared memory."""
    path, channels, capacity = setup["ring"]
    ring = Ring.attach(path, channels, capacity)
    control = ControlBlock.attach(setup["control"])
    if os.name != "nt":  # both sides have it: a crash of either leaves no file behind
        ring.memory.unlink()
        control.memory.unlink()
    return ring, control


def _prepare(setup: dict[str, Any], ring: Ring, control: ControlBlock, tell: Tell) -> RenderLoop:
    """Load the codec and connect it to the shared memory."""
    from terrain_widgets.codecs.loading import load_codec
    from terrain_widgets.codecs.recipe import CodecRecipe

    codec = load_codec(CodecRecipe.from_json(setup["recipe"]))
    import torch

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    loop = RenderLoop(codec, ring, control, setup["ring_frames"], setup["seed"], tell)
    _obey(loop, "update", _unpacked(setup["update"]))  # not before: the codec's module may bring a kind of mapping
    loop.warm_up()
    give_back_memory()  # before the first sound: it takes a few milliseconds
    if setup["device"] is not None:
        loop.use_device(unpacked_command("device", setup["device"]))
    if setup["listen"] is not None:
        loop.listen(unpacked_command("listen", setup["listen"]))
    return loop


class _Line:
    """The line to the page, where there can be one."""

    def __init__(
        self,
        setup: dict[str, Any],
        loop: RenderLoop,
        ring: Ring,
        control: ControlBlock,
        tell: Callable[[RemoteStatus], None],
    ) -> None:
        info = loop.engine.info
        self._source = EngineSource(ring, control, info.sample_rate, info.ratio)
        self._line: PageLine | None = None
        name, lead = setup["page_line"]
        if name:
            with contextlib.suppress(OSError):  # then the page does not find it, and the kernel goes on sending
                self._line = PageLine(name, self._source, tell)
                self._line.use(lead)

    def obey(self, name: str, content: Any) -> bool:
        """Do what was sent if it is for the line; returns whether it was."""
        if name == "wake":
            self._source.wake()
        elif name == "page_line":
            if self._line is not None:
                self._line.use(content)
        else:
            return False
        return True

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


class _CodecLoader:
    """Loads codecs beside the sound, which goes on with each as soon as it is there.

    Args:
        loop: The sound.
    """

    def __init__(self, loop: RenderLoop) -> None:
        self._loop = loop
        self._asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._loaded: queue.SimpleQueue[Codec | Exception] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="terrain-audio-codecs", daemon=True).start()

    def obey(self, name: str, content: Any) -> bool:
        """Do what was sent if it is for the loader; returns whether it was."""
        if name == "codec":
            self._asked.put(content)
        return name == "codec"

    def hand_over(self) -> None:
        """Have the sound go on with what has been loaded."""
        while not self._loaded.empty():
            codec = self._loaded.get()
            if isinstance(codec, Exception):
                self._loop.refuse(f"the sounds are still those from before: {codec}")
            else:
                obey(self._loop, "codec", codec)

    def _run(self) -> None:
        while True:
            asked = self._asked.get()
            try:
                self._loaded.put(unpacked_command("codec", asked))
            except Exception as error:  # a codec that cannot be had must not end the sound
                self._loaded.put(error)


class _Reader:
    """Makes commands of messages, beside the sound: what is large must not be unpacked between two blocks.

    For the same reason what is bent is made ready here, at the amount that it will have. Where bends come faster than
    they are made, as while a slider moves, those that wait become one.

    Args:
        commands: Where they go.
    """

    def __init__(self, commands: queue.SimpleQueue[Command]) -> None:
        self._commands = commands
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._bends: BentLayers | None = None
        self._setup = Setup()  # of the engine when it has taken all that was read
        self._early: list[Update] = []  # read before there was an engine
        threading.Thread(target=self._run, name="terrain-audio-reader", daemon=True).start()

    def follow(self, bends: BentLayers, setup: Setup) -> None:
        """Make what is bent ready from now on.

        Args:
            bends: The engine's.
            setup: What it began with.
        """
        with self._lock:
            for update in self._early:
                with contextlib.suppress(KeyError, ValueError):  # the engine says so when it gets there
                    setup = setup.then(update)
            self._bends, self._setup = bends, setup
            self._early.clear()

    def take(self, message: Message) -> None:
        """Take one message; returns at once."""
        self._messages.put(message)

    def _run(self) -> None:
        step_thread_back()  # a layer of millions of weights keeps two threads busy
        held: Command | None = None  # read while it was looked whether there are more bends
        while True:
            name, content = held or self._next()
            held = None
            while _bends_only(content) and not self._messages.empty():
                held = self._next()
                if not _bends_only(held[1]):
                    break
                content, held = content.then(held[1]), None
            if isinstance(content, Update):
                self._make_ready(content)
            self._commands.put((name, content))

    def _next(self) -> Command:
        header, content = self._messages.get()
        name = str(header.get("do"))
        return name, _unpacked(content) if name == "update" else content

    def _make_ready(self, update: Update) -> None:
        with self._lock:
            if self._bends is None:
                self._early.append(update)
                return
            with contextlib.suppress(Exception):  # the engine says so when it makes it by itself
                self._setup = self._setup.then(update)
                if update.groups & _BENDS:
                    self._bends.prepare(bends_of(self._setup.assets), self._setup.patch["bend.amount"])


def _bends_only(content: Any) -> bool:
    return isinstance(content, Update) and content.groups <= _BENDS


def _unpacked(content: Any) -> Update | Exception:
    """An update, or why it cannot be had: a mapping that cannot be rebuilt here must not end the sound."""
    try:
        update: Update = unpacked_command("update", content)
    except Exception as error:
        return error
    return update


def _run(loop: RenderLoop, line: _Line, commands: queue.SimpleQueue[Command], leaving: threading.Event) -> None:
    codecs = _CodecLoader(loop)
    while not leaving.is_set():
        while not commands.empty():
            name, content = commands.get()
            if not line.obey(name, content) and not codecs.obey(name, content):
                _obey(loop, name, content)
        codecs.hand_over()
        pause = loop.step()
        if pause:
            time.sleep(pause)


def _obey(loop: RenderLoop, name: str, content: Any) -> None:
    if isinstance(content, Exception):
        loop.refuse(f"a change was refused: {content}")
        return
    obey(loop, name, content if name == "update" else unpacked_command(name, content))


def main() -> None:
    """Serve one parent until it goes; a recording is made whole before."""
    take_priority(-10)
    commands, leaving = queue.SimpleQueue[Command](), threading.Event()
    teller = _Teller(answers())

    def gone() -> None:
        leaving.set()
        time.sleep(_GRACE_SECONDS)
        os._exit(0)

    reader = _Reader(commands)
    listen(reader.take, gone)
    try:
        _, setup = commands.get()
        ring, control = _attach(setup)
        loop = _prepare(setup, ring, control, teller.tell)
        reader.follow(loop.engine.decoder.bends, Setup(loop.engine.patch, dict(loop.engine.assets)))
        to_page = _Line(setup, loop, ring, control, teller.tell_of_page)
        teller.tell("ready", "")
        try:
            _run(loop, to_page, commands, leaving)
        finally:
            to_page.close()
            loop.close()
            teller.close()
    except Exception as error:
        teller.tell("error", f"the sound process could not go on: {type(error).__name__}: {error}")
        teller.close()
        raise


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    # At once: the threads that load codecs and bend layers may be in torch, and one that comes back from there to an
    # interpreter that has ended aborts the process (see process/last_threads.py).
    os._exit(0)
