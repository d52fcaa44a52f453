"""The memory of a streaming model: caches in its buffers, lent to one stream at a time, and weights that are bent.

A model for nn~ remembers the past of a sound in buffers of its own (cached convolutions' ``pad`` and ``cache``), one
row per voice, and has no method that forgets it. Here a stream, or the encoding of a file, holds a ``Memory``; whoever
decodes next finds its own in the buffers. As long as nobody else comes between, which is how an engine plays, nothing
is copied. Weights other than the model's own are exchanged in the same moment, by pointer: a model of any size is bent
without a copy of it.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

_OWN: Mapping[str, Tensor] = MappingProxyType({})


class Memory:
    """What one user of a model remembers.

    Args:
        rows: Rows of the batch that belong to it; ``None`` if the buffers are not made of rows.
        weights: What the model plays with in place of its own, by name.
    """

    def __init__(self, rows: int | None, weights: Mapping[str, Tensor] = _OWN) -> None:
        self.rows, self.weights = rows, weights
        self.kept: list[Tensor] | None = None  # while another uses the model; None is silence


class ModelMemory:
    """The buffers of one model.

    Args:
        module: The model.
        names: Its buffers that change when it runs, as ``named_buffers`` has them.
        widths: How many rows of each belong to one row of the batch.
    """

    def __init__(self, module: Any, names: Sequence[str], widths: Sequence[int] = ()) -> None:
        self._widths = list(widths) or [1] * len(names)
        self._names = [(path, leaf) for path, _, leaf in (name.rpartition(".") for name in names)]
        self._places = _places(module, self._names)
        # A whole number (a counter, a place in a ring) begins as the file has it: it need not begin with 0.
        with _ordinary():
            self._origin = [_zero(getattr(owner, leaf)) for owner, leaf in self._places]
        self._parameters = dict(module.named_parameters())
        #: The model's own weights by name, whoever uses it; not to be written into.
        self.own = {name: parameter.detach() for name, parameter in self._parameters.items()}
        self._present = _OWN  # weights in the place of its own
        self._lock = threading.RLock()
        self._user: weakref.ref[Memory] | None = None

    def copied(self, memory: Memory, weights: Mapping[str, Tensor]) -> Memory:
        """What a user remembers now, for another one, who plays with these weights."""
        twin = Memory(memory.rows, weights)
        with self.lend(memory), _ordinary():
            twin.kept = [part.clone() for part in self._parts(self._tensors(), 0, memory.rows)]
        return twin

    def lend(self, memory: Memory) -> _Loan:
        """While the context lasts, the buffers hold this memory and nobody else runs the model."""
        return _Loan(self, memory)

    def _hand_over(self, memory: Memory) -> None:
        """Have the buffers hold this memory; by whoever has the lock."""
        before = self._user() if self._user is not None else None
        if before is memory:
            return
        if self._present is not memory.weights:
            self._exchange(memory.weights)
        with _ordinary():
            if before is not None:
                before.kept = [part.clone() for part in self._parts(self._tensors(), 0, before.rows)]
            self._bring(memory)
        self._user = weakref.ref(memory)

    def _exchange(self, weights: Mapping[str, Tensor]) -> None:
        """Put other weights in the place of the model's own; nothing is copied."""
        for name in self._present:
            if name not in weights:
                self._parameters[name].data = self.own[name]
        for name, value in weights.items():
            self._parameters[name].data = value
        self._present = weights

    def clear(self, memory: Memory) -> None:
        """Have this memory start from silence."""
        with self._lock:
            memory.kept = None
            if self._user is not None and self._user() is memory:
                self._user = None

    def resize(self, memory: Memory, rows: int) -> None:
        """Another number of rows: the first ones stay, new ones are silent."""
        with self.lend(memory), _ordinary():
            kept = min(rows, memory.rows or 0)
            memory.rows = rows
            fresh = self._parts(self._origin, kept, rows)
            for part, origin in zip(self._parts(self._tensors(), kept, rows), fresh, strict=True):
                part.copy_(origin)

    def _tensors(self) -> list[Tensor]:
        return [getattr(owner, leaf) for owner, leaf in self._places]

    def _parts(self, tensors: list[Tensor], first: int, last: int | None) -> list[Tensor]:
        """Views of what belongs to rows ``first`` to ``last`` of the batch; to all, if there are no rows."""
        if last is None:
            return tensors
        return [tensor[first * n : last * n] for tensor, n in zip(tensors, self._widths, strict=True)]

    def _bring(self, memory: Memory) -> None:
        sources = self._parts(self._origin if memory.kept is None else memory.kept, 0, memory.rows)
        parts = self._parts(self._tensors(), 0, memory.rows)
        for (owner, leaf), now, source in zip(self._places, parts, sources, strict=True):
            if now.shape == source.shape:
                now.copy_(source)
            else:  # a model that puts a new buffer in place of the old one, as long as its last block
                setattr(owner, leaf, source.clone())
        memory.kept = None


class _Loan:
    """A context without a generator, which is in the path of every block."""

    def __init__(self, owner: ModelMemory, memory: Memory) -> None:
        self._owner, self._memory = owner, memory

    def __enter__(self) -> None:
        self._owner._lock.acquire()
        try:
            self._owner._hand_over(self._memory)
        except BaseException:
            self._owner._lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        self._owner._lock.release()


@contextlib.contextmanager
def _ordinary() -> Iterator[None]:
    """Tensors that can be changed in and outside of inference mode, without a gradient."""
    with torch.inference_mode(False), torch.no_grad():
        yield


def _places(module: Any, names: Sequence[tuple[str, str]]) -> list[tuple[Any, str]]:
    parts = dict(module.named_modules())  # a script module has no get_submodule
    return [(parts[path], leaf) for path, leaf in names]


def _zero(tensor: Tensor) -> Tensor:
    return torch.zeros_like(tensor) if tensor.is_floating_point() or tensor.is_complex() else tensor.clone()
