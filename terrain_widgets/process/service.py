"""A process that does tasks: ``python -m terrain_widgets.process.service MODULE``, whose ``TASKS`` it registers.

One task after the other, at low priority. It ends with its parent, when it is no longer needed, and when a task that
has a limit does not say anything for so long.
"""

from __future__ import annotations

import faulthandler
import importlib
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from terrain_widgets.process.manners import listen, lower_priority
from terrain_widgets.process.messages import Message, write_message

_GRACE_SECONDS = 5.0  # the parent ends it first


class Request:
    """One thing that the parent has asked for, seen from the task that does it.

    Args:
        header: With ``task`` (its name), ``id``, and ``limit``: seconds in which it must say something, or none.
        content: What belongs to it.
        out: Where answers go.
    """

    def __init__(self, header: dict[str, Any], content: Any, out: BinaryIO) -> None:
        self.header, self.content = header, content
        self._out = out
        self._news: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether it is no longer wanted."""
        return self._cancelled.is_set()

    def news(self) -> Iterator[Message]:
        """What the parent has said about it since it was asked last, in the order in which it was said."""
        while not self._news.empty():
            yield self._news.get()

    def hear(self, message: Message) -> None:
        """The parent says something about it; on the listening thread."""
        if message[0]["do"] == "cancel":
            self._cancelled.set()
        else:
            self._news.put(message)

    def say(self, header: dict[str, Any], content: Any = None) -> None:
        """Tell the parent; from then on there is as much time again."""
        write_message(self._out, {"id": self.header["id"], **header}, content)
        self.watch()

    def watch(self) -> None:
        """End the process if the next word takes too long; from outside the interpreter, which may be stuck."""
        limit = self.header.get("limit")
        if limit is not None:
            faulthandler.dump_traceback_later(limit + _GRACE_SECONDS, exit=True)


Task = Callable[[Request], None]


class Service:
    """Does tasks.

    Args:
        out: Where answers go.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._open: dict[int, Request] = {}

    def hear(self, message: Message) -> None:
        """On the listening thread: a task waits for its turn, news of one reach it at once."""
        header, content = message
        if "task" in header:
            request = self._open[header["id"]] = Request(header, content, self._out)
            self._waiting.put(request)
        elif header["id"] in self._open:  # it may just have ended
            self._open[header["id"]].hear(message)

    def work(self, tasks: dict[str, Task]) -> None:
        """Do one task after the other, for ever; whatever goes wrong is answered, too."""
        while True:
            request = self._waiting.get()
            request.watch()
            try:
                tasks[request.header["task"]](request)
            except ValueError as error:
                request.say({"refused": str(error)})
            except Exception as error:
                request.say({"failed": f"{type(error).__name__}: {error}"})
            finally:
                faulthandler.cancel_dump_traceback_later()
                del self._open[request.header["id"]]


def main(module: str) -> None:
    """Serve one parent until it goes."""
    out = lower_priority()
    service = Service(out)
    listen(service.hear)  # first of all: torch takes long to import, and the parent may be gone before it is there
    tasks = importlib.import_module(module).TASKS
    write_message(out, {"ready": True})
    service.work(tasks)


if __name__ == "__main__":
    main(sys.argv[1])
