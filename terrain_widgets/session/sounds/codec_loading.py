"""Loading the codec that was asked for, once, whoever asks first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from terrain_widgets.codecs.base import Codec, CodecError


class CodecLoading:
    """Several threads that need the codec at the same time have it loaded once.

    No lock is held meanwhile, and the thread that loads needs none to come to its end: so one that waits may hold the
    document's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loading: Future[Codec] | None = None

    def load(self, load: Callable[[], Codec]) -> Codec:
        """What ``load`` gives, or what the one gave that another thread is at, until that is ``taken``.

        Raises:
            CodecError: If there is no such codec.
        """
        with self._lock:
            loading, mine = self._loading, self._loading is None
            if loading is None:
                loading = self._loading = Future()
        if mine:
            try:
                loading.set_result(load())
            except Exception as error:
                self._forget(loading)
                loading.set_exception(error)
            except BaseException:  # the cell was interrupted that asked first: the others are told in their words
                self._forget(loading)
                loading.set_exception(CodecError("loading the codec was interrupted; ask again"))
                raise
        return loading.result()

    def taken(self, codec: Codec) -> None:
        """A codec that was loaded has its place, where everyone finds it; who asks next has it loaded again."""
        loading = self._loading
        if loading is not None and loading.done() and loading.exception() is None and loading.result() is codec:
            self._forget(loading)

    def _forget(self, loading: Future[Codec]) -> None:
        with self._lock:
            if self._loading is loading:
                self._loading = None
