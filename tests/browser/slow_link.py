"""A bad line on one machine: a TCP proxy that delays what passes, with spikes, and keeps its order."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Coroutine
from typing import Any


class SlowLink:
    """Forwards connections to a port of this machine, each direction late.

    Args:
        port: Where to.
        delay: Shortest and longest delay of a chunk in seconds, each way; drawn evenly.
        spike: Seconds that some chunks take longer.
        spikes: Share of the chunks that do.
        seed: Where randomness starts.

    Attributes:
        port: Where to connect to.
        chunks: Chunks forwarded so far.
    """

    def __init__(
        self,
        port: int,
        delay: tuple[float, float] = (0.04, 0.07),
        spike: float = 0.25,
        spikes: float = 0.01,
        seed: int = 0,
    ) -> None:
        self._target, self._delay, self._spike, self._spikes = port, delay, spike, spikes
        self._random = random.Random(seed)
        self.port = self.chunks = 0
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slow-link", daemon=True)
        self._thread.start()
        self._server = self._run(self._listen())

    def close(self) -> None:
        """Cut all connections."""
        self._run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> SlowLink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _hang_up(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        for ends in ((reader, far_writer), (far_reader, writer)):
            queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
            for work in (self._take(ends[0], queue), self._give(ends[1], queue)):
                task = self._loop.create_task(work)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _take(self, reader: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        due = 0.0
        chunk = b"-"
        while chunk:
            try:
                chunk = await reader.read(65536)
            except OSError:
                chunk = b""
            late = self._random.uniform(*self._delay)
            if self._random.random() < self._spikes:
                late += self._spike
            # Nothing overtakes: what follows a late chunk waits behind it, as in TCP.
            due = max(due, self._loop.time() + late)
            queue.put_nowait((due, chunk))
            self.chunks += 1

    async def _give(self, writer: asyncio.StreamWriter, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        while True:
            due, chunk = await queue.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            if not chunk:
                break
            try:
                writer.write(chunk)
                await writer.drain()
            except OSError:
                break
        writer.close()
