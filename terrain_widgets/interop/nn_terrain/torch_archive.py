"""Reading the tensors of a TorchScript archive without torch: a zip, of which nothing is executed.

The archives that libtorch's ``torch::serialize::OutputArchive`` writes are zips: ``data.pkl`` describes a tree of
modules, ``data/<number>`` hold the bare numbers, and ``code/`` holds source that would be compiled. That last part is
never opened here. The pickle is read in two steps: its instructions are listed without running them, and only a dozen
harmless ones are allowed; then an unpickler that knows six names and no others builds the tree.
"""

from __future__ import annotations

import io
import math
import os
import pickle
import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.io.reading import content_of_file, reading

Array = NDArray[Any]

LARGEST_FILE = 256 * 2**20
_MOST_ENTRIES = 1024
_LARGEST_PICKLE = 64 * 2**10
_DEEPEST = 16  # marks that are open at once; nn.terrain's files open five
_MOST_MEMOS = 4096
_MOST_DIMENSIONS = 4
_CENTRAL_ENTRY = b"PK\x01\x02"

# What libtorch writes into data.pkl, and no more. Left out with care: DUP, POP and the calls INST, OBJ and EXT.
_INSTRUCTIONS = frozenset(
    "PROTO GLOBAL MARK TUPLE EMPTY_TUPLE EMPTY_DICT SETITEMS NEWOBJ BUILD REDUCE BINPERSID BINUNICODE BINFLOAT "
    "BININT BININT1 BININT2 LONG1 NEWTRUE NEWFALSE NONE BINPUT LONG_BINPUT BINGET LONG_BINGET STOP".split()
)
_STORAGES = {"FloatStorage": "f4", "LongStorage": "i8"}


def read_archive(path: str | os.PathLike[str]) -> dict[str, Array]:
    """All tensors of an archive by dotted name, as ``named_parameters`` and ``named_buffers`` would call them.

    Args:
        path: A file that ``OutputArchive::save_to`` or ``torch.jit.save`` wrote.

    Returns:
        Read-only views of float32 or int64, with the strides that the file says.

    Raises:
        ForeignFileError: If the file is missing, too large, damaged, or something else.
    """
    file = Path(path)
    with reading(ForeignFileError, f"{file.name} cannot be read"):
        content = content_of_file(file, LARGEST_FILE)
    # The zip reader makes an object of every entry before anyone can count them, so they are counted first.
    if content.count(_CENTRAL_ENTRY) > _MOST_ENTRIES:
        raise ForeignFileError(f"{file.name} holds more than {_MOST_ENTRIES} entries, which no terrain does")
    with (
        reading(ForeignFileError, f"{file.name} is no TorchScript archive, or it is damaged"),
        zipfile.ZipFile(io.BytesIO(content)) as archive,
    ):
        try:
            return dict(_named("", _ArchiveReader(archive).tree()))
        except ForeignFileError as error:
            raise ForeignFileError(f"{file.name} cannot be read: {error}") from error


class _Module:
    """Stands in for every class that the archive declares: only holds what the pickle gives it."""

    attributes: dict[str, Any]

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
            raise ForeignFileError("a module's state is not a table of names")
        self.attributes = state


def _named(prefix: str, module: _Module) -> Iterator[tuple[str, Array]]:
    for name, value in getattr(module, "attributes", {}).items():
        if isinstance(value, np.ndarray):
            yield prefix + name, value
        elif isinstance(value, _Module):
            yield from _named(f"{prefix}{name}.", value)


class _ArchiveReader(pickle.Unpickler):
    """An unpickler that knows modules, two storages and how a tensor is rebuilt."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        pickles = [name for name in archive.namelist() if name.endswith("/data.pkl") and name.count("/") == 1]
        if len(pickles) != 1:
            raise ForeignFileError(f"it should hold one folder with a data.pkl, and holds {len(pickles)}")
        self._archive = archive
        self._root = pickles[0].removesuffix("/data.pkl")
        self._order = "<"
        if f"{self._root}/byteorder" in archive.namelist():
            order = self._stored("byteorder", largest=16)
            if order not in (b"little", b"big"):
                raise ForeignFileError(f"its byte order should be little or big, and is {order!r}")
            self._order = ">" if order == b"big" else "<"
        self._storages: dict[str, Array] = {}
        self._left = LARGEST_FILE
        content = self._stored("data.pkl", largest=_LARGEST_PICKLE)
        _check_instructions(content)
        super().__init__(io.BytesIO(content))

    def tree(self) -> _Module:
        """The root module, with all that is below it."""
        root = self.load()
        if not isinstance(root, _Module):
            raise ForeignFileError(f"its data.pkl should describe a module, and describes a {type(root).__name__}")
        return root

    def find_class(self, module: str, name: str) -> Any:
        """The only names a file may call for; none of them is imported from anywhere."""
        if module == "__torch__" or module.startswith("__torch__."):
            return _Module
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._rebuild
        if (module, name) == ("collections", "OrderedDict"):
            return _no_hooks
        if module == "torch" and name in _STORAGES:
            return np.dtype(self._order + _STORAGES[name])
        raise ForeignFileError(f"it asks for {module}.{name}, which no terrain needs; it was not run")

    def persistent_load(self, pid: Any) -> Array:
        """A storage: ``("storage", type, key, device, count)``."""
        if not (isinstance(pid, tuple) and len(pid) == 5 and pid[0] == "storage"):
            raise ForeignFileError("it refers to something other than a storage of numbers")
        _, dtype, key, _, count = pid
        if not isinstance(dtype, np.dtype) or not _is_key(key) or not _is_size(count):
            raise ForeignFileError("a storage is described wrongly")
        if key not in self._storages:
            numbers = self._stored(f"data/{key}", largest=LARGEST_FILE)
            if len(numbers) != count * dtype.itemsize:
                raise ForeignFileError(
                    f"storage {key} should hold {count} numbers of {dtype.itemsize} bytes, and has {len(numbers)} bytes"
                )
            self._storages[key] = np.frombuffer(numbers, dtype)
        storage = self._storages[key]
        if storage.dtype != dtype or len(storage) != count:
            raise ForeignFileError(f"storage {key} is described in two ways")
        return storage

    def _rebuild(self, storage: Any, offset: Any, shape: Any, strides: Any, *flags: Any) -> Array:
        """A tensor on a storage; what would reach beyond the storage or count it twice is refused."""
        sizes = (offset, *shape, *strides) if isinstance(shape, tuple) and isinstance(strides, tuple) else (None,)
        if not isinstance(storage, np.ndarray) or not all(map(_is_size, sizes)):
            raise ForeignFileError("a tensor is described wrongly")
        if len(shape) != len(strides) or len(shape) > _MOST_DIMENSIONS:
            raise ForeignFileError(f"a tensor has shape {shape} and strides {strides}")
        count = math.prod(shape)
        last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
        if not 0 < count <= len(storage) or last >= len(storage):
            raise ForeignFileError(f"a tensor of shape {shape} does not fit its storage of {len(storage)} numbers")
        self._left -= count * storage.itemsize
        if self._left < 0:
            raise ForeignFileError(f"its tensors add up to more than {LARGEST_FILE >> 20} MiB")
        steps = tuple(stride * storage.itemsize for stride in strides)
        return np.lib.stride_tricks.as_strided(storage[offset:], shape, steps, writeable=False)

    def _stored(self, name: str, largest: int) -> bytes:
        """The bytes of an entry, which has to be stored as it is: so nothing can unpack to more than the file."""
        entry = self._archive.getinfo(f"{self._root}/{name}")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise ForeignFileError(f"its {name} is compressed, which torch never does")
        if entry.file_size > largest:
            raise ForeignFileError(f"its {name} is larger than {largest} bytes")
        return self._archive.read(entry)


def _no_hooks() -> None:
    """A tensor's backward hooks, of which a file has none."""


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LARGEST_FILE


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 6


def _check_instructions(content: bytes) -> None:
    """Refuse a pickle that could cost more than its own length to read.

    Names alone are not enough: a memo number may ask for gigabytes, and a tuple that holds itself twice, forty times
    over, takes longer than a life to hash. So only texts and names may be used again, which makes everything a tree,
    and marks, the only way to nest, are counted.
    """
    again: set[int] = set()
    depth, before = 0, ""
    for instruction, argument, _ in pickletools.genops(content):
        name = instruction.name
        if name not in _INSTRUCTIONS:
            raise ForeignFileError(f"its data.pkl holds the instruction {name}, which torch does not write there")
        if name == "MARK":
            depth += 1
        elif name in ("TUPLE", "SETITEMS"):
            depth -= 1
        elif name in ("BINPUT", "LONG_BINPUT"):
            if not isinstance(argument, int) or argument >= _MOST_MEMOS:
                raise ForeignFileError(f"its data.pkl remembers more than {_MOST_MEMOS} things")
            (again.add if before in ("BINUNICODE", "GLOBAL") else again.discard)(argument)
        elif name in ("BINGET", "LONG_BINGET") and argument not in again:
            raise ForeignFileError("its data.pkl uses a structure twice, which torch does not do there")
        if depth > _DEEPEST:
            raise ForeignFileError(f"its data.pkl nests deeper than {_DEEPEST}")
        before = name
