"""Ten ways in which a file's bytes come to harm, by chance or by intent; the same seed gives the same harm."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import numpy as np

Random = np.random.Generator
Mutation = Callable[[bytes, Random], bytes]

_HEAD = 600  # bytes in which most formats keep what they say of themselves
_LIES = (0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x10000000, 0)


def _place(length: int, random: Random) -> int:
    return int(random.integers(max(1, length)))


def truncated(data: bytes, random: Random) -> bytes:
    return data[: _place(len(data), random)]


def one_byte(data: bytes, random: Random) -> bytes:
    broken = bytearray(data)
    broken[_place(len(data), random)] = random.integers(256)
    return bytes(broken)


def bytes_of_the_head(data: bytes, random: Random) -> bytes:
    broken = bytearray(data)
    for at in random.integers(min(_HEAD, len(data)), size=4):
        broken[at] = random.integers(256)
    return bytes(broken)


def sixteen_random_bytes(data: bytes, random: Random) -> bytes:
    at = _place(len(data) - 16, random)
    return data[:at] + random.bytes(16) + data[at + 16 :]


def zeros(data: bytes, random: Random) -> bytes:
    at, count = _place(len(data), random), int(random.integers(1, 200))
    return data[:at] + bytes(len(data[at : at + count])) + data[at + count :]


def a_lying_number(data: bytes, random: Random) -> bytes:
    at = _place(min(_HEAD, len(data)) - 4, random)
    lie = _LIES[random.integers(len(_LIES))].to_bytes(4, "little" if random.random() < 0.5 else "big")
    return data[:at] + lie + data[at + 4 :]


def a_stretch_left_out(data: bytes, random: Random) -> bytes:
    at, count = _place(len(data), random), int(random.integers(1, 200))
    return data[:at] + data[at + count :]


def a_stretch_twice(data: bytes, random: Random) -> bytes:
    at, count = _place(len(data), random), int(random.integers(1, 200))
    return data[: at + count] + data[at : at + count] + data[at + count :]


def bytes_put_in(data: bytes, random: Random) -> bytes:
    at = _place(len(data), random)
    return data[:at] + random.bytes(int(random.integers(1, 40))) + data[at:]


def nested_without_end(data: bytes, random: Random) -> bytes:
    """Where a text opens a list or an object, 200,000 more are opened; other files get that text somewhere."""
    opened = [at for at, byte in enumerate(data[:20_000]) if byte in b"[{"]
    at = opened[random.integers(len(opened))] if opened else _place(len(data), random)
    return data[:at] + b"[" * 200_000 + data[at:]


MUTATIONS: tuple[Mutation, ...] = (
    truncated,
    one_byte,
    bytes_of_the_head,
    sixteen_random_bytes,
    zeros,
    a_lying_number,
    a_stretch_left_out,
    a_stretch_twice,
    bytes_put_in,
    nested_without_end,
)


def within_a_zip(mutation: Mutation) -> Mutation:
    """The mutation of one entry's content, packed again with right checksums: harm that the zip does not notice."""

    def mutated(data: bytes, random: Random) -> bytes:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
        harmed = random.integers(len(entries))
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number, (entry, content) in enumerate(entries):
                changed = mutation(content, random) if number == harmed and content else content
                archive.writestr(entry.filename, changed, entry.compress_type)
        return packed.getvalue()

    mutated.__name__ = f"{mutation.__name__}_within"
    return mutated
