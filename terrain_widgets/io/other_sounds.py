"""Sound and video files that libsndfile does not read: what they are, and how to make a sound file of them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

HEAD = 16  # bytes that tell a kind


@dataclass(frozen=True)
class OtherKind:
    """A kind of file.

    Args:
        name: As people say it, with its article.
        suffix: Of such a file.
        at: Where ``begins`` stands in it.
        begins: The bytes that tell it.
    """

    name: str
    suffix: str
    at: int
    begins: bytes


_KINDS = (
    OtherKind("an M4A file (AAC, as phones and Macs record it)", ".m4a", 4, b"ftypM4A"),
    OtherKind("an M4B file (AAC)", ".m4b", 4, b"ftypM4B"),
    OtherKind("a 3GP file (AMR or AAC, as phones record it)", ".3gp", 4, b"ftyp3gp"),
    OtherKind("a QuickTime film", ".mov", 4, b"ftypqt"),
    OtherKind("a QuickTime film", ".mov", 4, b"moov"),
    OtherKind("an MP4 file (AAC, perhaps with a film)", ".mp4", 4, b"ftyp"),
    OtherKind("a WebM or Matroska file (as browsers record it, perhaps with a film)", ".webm", 0, b"\x1a\x45\xdf\xa3"),
    OtherKind("a WMA or WMV file", ".wma", 0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    OtherKind("an AMR file (a phone's voice memo)", ".amr", 0, b"#!AMR"),
    OtherKind("an AAC file", ".aac", 0, b"\xff\xf1"),
    OtherKind("an AAC file", ".aac", 0, b"\xff\xf9"),
    OtherKind("an AAC file", ".aac", 0, b"ADIF"),
    OtherKind("an AC-3 file", ".ac3", 0, b"\x0b\x77"),
    OtherKind("a BW64 file", ".wav", 0, b"BW64"),
    OtherKind("a WavPack file", ".wv", 0, b"wvpk"),
    OtherKind("a Monkey's Audio file", ".ape", 0, b"MAC "),
    OtherKind("a DSD file", ".dsf", 0, b"DSD "),
)
#: Suffixes of what browsers mostly decode, and ffmpeg converts.
OTHER_SUFFIXES = (".m4a", ".aac", ".mp4", ".mov", ".webm", ".mkv", ".3gp", ".wma", ".amr")


def other_kind(head: bytes) -> OtherKind | None:
    """What a file is by its first bytes, if libsndfile does not read such files."""
    return next((kind for kind in _KINDS if head[kind.at : kind.at + len(kind.begins)] == kind.begins), None)


def conversion(name: str) -> str:
    """The command that makes a sound file of another, or of the sound of a film.

    Args:
        name: The file's, with its suffix.
    """
    stem, dot, suffix = name.rpartition(".")
    made = f"{stem} converted.wav" if dot and suffix.lower() == "wav" else f"{stem or name}.wav"
    return f"ffmpeg -i {shlex.quote(name)} -vn {shlex.quote(made)}"
