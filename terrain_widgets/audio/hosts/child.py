"""What runs in the audio process: ``python -m terrain_widgets.audio.hosts.child``, started by ``ProcessHost`` only."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, Listener
from typing import Any

from terrain_widgets.audio.hosts.loop import RenderLoop, obey
from terrain_widgets.audio.memory.control import ControlBlock
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.page_stream.channel import EngineSource, PageLine
from terrain_widgets.audio.page_stream.remote import RemoteStatus
from terrain_widgets.audio.update import Update
from terrain_widgets.process.freed_memory import give_back_memory
from terrain_widgets.process.priority import take_priority

Tell = Callable[[str, Any], None]

_GRACE_SECONDS = 3.0


def _end_with_parent(leaving: threading.Event) -> None:
    """Wait for the end of stdin, which comes however the parent ends; leave, with a recording made whole if need be."""
    while os.read(0, 4096):
        pass
    leaving.set()
    time.sleep(_GRACE_SECONDS)
    os._exit(0)


def _listener(key: bytes) -> tuple[Listener, str | None]:
    """A listener that only this user reaches, and the folder to remove afterwards."""
    if os.name == "nt":
        return Listener(family="AF_PIPE", authkey=key), None
    folder = tempfile.mkdtemp(prefix="terrain-audio-")
    address = os.path.join(folder, "s")
    if len(address) < 100:  # a socket's name has about 104 bytes
        return Listener(address, family="AF_UNIX", authkey=key), folder
    shutil.rmtree(folder)
    return Listener(("127.0.0.1", 0), family="AF_INET", authkey=key), None


def _meet(key: bytes) -> Any:
    listener, folder = _listener(key)
    try:
        print(json.dumps({"address": listener.address}), flush=True)
        return listener.accept()
    finally:
        listener.close()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


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
    loop.update(Update.unpack(setup["update"]))
    loop.warm_up()
    give_back_memory()  # before the first sound: it takes a few milliseconds
    if setup["device"] is not None:
        loop.use_device(setup["device"])
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


def _run(
    loop: RenderLoop, line: _Line, connection: Connection[Any, Any], parent: int, leaving: threading.Event
) -> None:
    looked = time.monotonic()
    while not leaving.is_set():
        while connection.poll():
            name, content = connection.recv()
            if not line.obey(name, content):
                obey(loop, name, content)
        pause = loop.step()
        now = time.monotonic()
        if now - looked > 0.5:
            looked = now
            if os.name != "nt" and os.getppid() != parent:
                return  # a fork of the kernel may still hold our stdin open
        if pause:
            time.sleep(pause)


def main() -> None:
    """Serve one parent until it goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    take_priority(-10)
    line = bytearray()
    while not line.endswith(b"\n"):  # unbuffered: the thread below reads the rest
        byte = os.read(0, 1)
        if not byte:
            return
        line += byte
    hello = json.loads(line)
    leaving = threading.Event()
    threading.Thread(target=_end_with_parent, args=(leaving,), daemon=True).start()
    connection = _meet(base64.b64decode(hello["key"]))
    # What libraries print must not fill a pipe that nobody reads any more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        _, setup = connection.recv()
        telling = threading.Lock()

        def tell(what: str, content: Any) -> None:
            with telling, contextlib.suppress(OSError):  # a parent that is gone
                connection.send((what, content))

        def tell_of_page(status: RemoteStatus) -> None:
            # A kernel that cannot run takes nothing out of the pipe, and a full one must hold up neither page nor loop.
            if select.select([], [connection], [], 0.0)[1]:
                tell("page", status)

        ring, control = _attach(setup)
        loop = _prepare(setup, ring, control, tell)
        to_page = _Line(setup, loop, ring, control, tell_of_page)
        tell("ready", "")
        try:
            _run(loop, to_page, connection, int(hello["parent"]), leaving)
        finally:
            to_page.close()
            loop.close()
    except (EOFError, ConnectionError):
        return
    except Exception as error:
        with contextlib.suppress(OSError):
            connection.send(("error", f"the sound process could not go on: {type(error).__name__}: {error}"))
        raise


if __name__ == "__main__":
    main()
    sys.exit(0)
