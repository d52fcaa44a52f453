"""Results that took long, kept in the user's cache folder by the content that they were made of."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from platformdirs import user_cache_dir

from terrain_widgets.io.atomic import replacing

_LARGEST_FOLDER = 200 << 20  # bytes of one kind


def cache_folder() -> Path:
    """Where they lie: the user's cache folder, unless ``TERRAIN_WIDGETS_CACHE`` names another."""
    named = os.environ.get("TERRAIN_WIDGETS_CACHE")
    return Path(named) if named else Path(user_cache_dir("terrain_widgets", appauthor=False))


def key_of(*parts: bytes | str) -> str:
    """One name for all this content: SHA-256, hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest()


def recall(kind: str, key: str) -> bytes | None:
    """What was kept under that key, or ``None``; a cache is never in the way."""
    path = cache_folder() / kind / key
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        os.utime(path)  # the least used goes first
        return content
    return None


def keep(kind: str, key: str, content: bytes) -> None:
    """Keep it, where the disk allows; the oldest of its kind make room beyond 200 MB."""
    with contextlib.suppress(OSError):
        folder = cache_folder() / kind
        with replacing(folder / key) as temporary:
            temporary.write_bytes(content)
        kept = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in folder.iterdir()), reverse=True)
        total = 0
        for _, size, path in kept:
            total += size
            if total > _LARGEST_FOLDER:
                path.unlink(missing_ok=True)
