"""What a WAV file says of itself beyond what libsndfile tells: how its samples are packed, and how many there are.

Chunks after RIFF (IBM and Microsoft 1991), RF64 after EBU Tech 3306, format tags after Microsoft's ``mmreg.h``, bursts
of compressed sound among 16-bit samples after IEC 61937-1.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

AC3, DTS, AAC, MP3, EXTENSIBLE = 0x2000, 0x2001, 0x00FF, 0x0055, 0xFFFE
_BURST = b"\x72\xf8\x1f\x4e"  # the words 0xF872, 0x4E1F that begin a burst
_LOOKED_THROUGH = 1 << 16  # bytes of samples; a burst of AC-3 comes every 6144
_MOST_CHUNKS = 64


@dataclass(frozen=True)
class WaveHeader:
    """A WAV file's header.

    Args:
        tag: Its format: 1 is PCM, 3 is float, ``AC3`` and others are compressed.
        samples_per_block: Of one channel, where blocks of samples are packed together (ADPCM); else 0.
        samples: Of one channel, as the ``fact`` chunk has them; 0 if it does not say.
        has_bursts: Whether its 16-bit samples carry compressed sound for a receiver, which is noise to all others.
    """

    tag: int
    samples_per_block: int
    samples: int
    has_bursts: bool

    @property
    def packed(self) -> str:
        """The name of what is packed into it that is no WAV's own, or ``""``."""
        return {AC3: "AC-3", DTS: "DTS", AAC: "AAC"}.get(self.tag, "AC-3 or DTS" if self.has_bursts else "")

    def samples_among(self, frames: int) -> int:
        """How many of the ``frames`` that are decoded are sound.

        The last block of ADPCM is filled up, and ``fact`` counts what is not filling. A count that is more than two
        blocks less is not believed: some programs count something else.
        """
        filling = frames - self.samples
        return self.samples if self.samples > 0 and 0 < filling < 2 * self.samples_per_block else frames


def wave_header(file: BinaryIO) -> WaveHeader | None:
    """The header of a WAV or RF64 file that begins where ``file`` stands; ``None`` of anything else.

    Args:
        file: Readable; where it stands afterwards is its caller's to set.
    """
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
        return None
    tag = samples_per_block = samples = 0
    for _ in range(_MOST_CHUNKS):
        chunk = file.read(8)
        if len(chunk) < 8:
            break
        name, size = struct.unpack("<4sI", chunk)
        if name == b"data":
            return WaveHeader(tag, samples_per_block, samples, tag == 1 and _BURST in file.read(_LOOKED_THROUGH))
        content = file.read(min(size, 64))
        if name == b"fmt " and len(content) >= 16:
            tag, extra = int.from_bytes(content[:2], "little"), content[18:]
            if tag == EXTENSIBLE and len(extra) >= 8:
                tag = int.from_bytes(extra[6:8], "little")  # its GUID begins with a tag of old
            elif tag not in (1, 3) and len(extra) >= 2:
                samples_per_block = int.from_bytes(extra[:2], "little")
        elif name == b"fact" and len(content) >= 4:
            samples = int.from_bytes(content[:4], "little")
        file.seek(max(0, size - 64) + size % 2, 1)
    return WaveHeader(tag, samples_per_block, samples, False)
