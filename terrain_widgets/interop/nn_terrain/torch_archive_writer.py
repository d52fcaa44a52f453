"""Writing tensors as libtorch's ``OutputArchive`` does, without torch: same folders, names and alignment.

``pickle.Pickler`` cannot do this: it insists on importing the classes it names, and these live in the archive only.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_ALIGNMENT = 64  # libtorch's own, so that tensors can be mapped into memory
_LOCAL_HEADER = 30
_STORAGES = {"float32": "FloatStorage", "int64": "LongStorage"}


@dataclass(frozen=True, eq=False)
class ArchivedTensor:
    """A tensor and its place in a module.

    Args:
        values: float32 or int64, of any strides; written in the order that lies in memory.
        parameter: Whether the module declares it as a parameter; as a buffer otherwise.
        trained: Whether it asks for gradients.
    """

    values: Array
    parameter: bool = True
    trained: bool = False


ModuleTree = dict[str, "ArchivedTensor | ModuleTree"]


def write_archive(file: IO[bytes], root: str, tree: ModuleTree) -> None:
    """Write a module tree as a TorchScript archive without methods.

    Args:
        file: Where to, opened for writing.
        root: Name of the archive's only folder.
        tree: Tensors and, below their names, further modules with tensors, in the order of declaration.
    """
    writer = _TreeWriter()
    pickled = b"\x80\x02" + writer.module("__torch__", tree) + b"."
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        entries: list[tuple[str, bytes]] = [(f"data/{k}", numbers) for k, numbers in enumerate(writer.storages)]
        entries.append(("data.pkl", pickled))
        entries += [(f"code/{name.replace('.', '/')}.py", text.encode()) for name, text in writer.code.items()]
        entries += [("constants.pkl", b"\x80\x02)."), ("version", b"3\n"), ("byteorder", b"little")]
        for name, content in entries:
            _write_aligned(archive, f"{root}/{name}", content)


def _write_aligned(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """An entry whose content starts at a multiple of 64, by an extra field of the kind that libtorch writes."""
    entry = zipfile.ZipInfo(name)  # of the year 1980: equal terrains make equal files
    assert archive.fp is not None
    start = archive.fp.tell() + _LOCAL_HEADER + len(name.encode()) + 4
    padding = -start % _ALIGNMENT
    entry.extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
    archive.writestr(entry, content)


class _TreeWriter:
    """Turns a tree into a pickle, and collects its storages and the declarations of its classes."""

    def __init__(self) -> None:
        self.storages: list[bytes] = []
        self.code: dict[str, str] = {}
        self._submodules = 0

    def module(self, name: str, tree: ModuleTree) -> bytes:
        """A module called ``name`` + ``.Module``, as pickle instructions."""
        self.code[name] = ""  # reserves its place before its children's
        fields, items = [], []
        for key, child in tree.items():
            if isinstance(child, ArchivedTensor):
                fields.append(f"  {key} : Tensor\n")
                items.append(_text(key) + self._tensor(child))
            else:
                below = f"__torch__.___torch_mangle_{self._submodules}"
                self._submodules += 1
                fields.append(f"  {key} : {below}.Module\n")
                items.append(_text(key) + self.module(below, child))
        tensors = {key: child for key, child in tree.items() if isinstance(child, ArchivedTensor)}
        parameters = _listed(key for key, tensor in tensors.items() if tensor.parameter)
        buffers = _listed(key for key, tensor in tensors.items() if not tensor.parameter)
        head = f"class Module(Module):\n  __parameters__ = {parameters}\n  __buffers__ = {buffers}\n"
        self.code[name] = head + "".join(fields)
        return _global(name, "Module") + b")\x81}(" + b"".join(items) + b"ub"

    def _tensor(self, tensor: ArchivedTensor) -> bytes:
        values = tensor.values
        strides = tuple(step // values.itemsize for step in values.strides)
        # A transposed table is one block of memory too; anything else is made one.
        if not (values.flags.c_contiguous or values.flags.f_contiguous):
            values = np.ascontiguousarray(values)
            strides = tuple(step // values.itemsize for step in values.strides)
        self.storages.append(values.astype(values.dtype.newbyteorder("<"), order="K").tobytes(order="A"))
        storage = _tuple(
            _text("storage"),
            _global("torch", _STORAGES[str(values.dtype)]),
            _text(str(len(self.storages) - 1)),
            _text("cpu"),
            _integer(values.size),
        )
        shape = _tuple(*map(_integer, values.shape))
        flag = b"\x88" if tensor.trained else b"\x89"
        hooks = _global("collections", "OrderedDict") + b")R"
        steps = _tuple(*map(_integer, strides))
        return _global("torch._utils", "_rebuild_tensor_v2") + (
            _tuple(storage + b"Q", _integer(0), shape, steps, flag, hooks) + b"R"
        )


def _listed(names: Iterable[str]) -> str:
    return "[" + "".join(f'"{name}", ' for name in names) + "]"


def _text(value: str) -> bytes:
    encoded = value.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def _integer(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def _global(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _tuple(*items: bytes) -> bytes:
    return b"(" + b"".join(items) + b"t"
