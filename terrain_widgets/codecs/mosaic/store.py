"""A corpus on disk, in the user's cache folder under its digest: so another process of this machine has it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.cache import cache_folder
from terrain_widgets.codecs.mosaic.corpus import Corpus
from terrain_widgets.codecs.mosaic.projection import Projection

_MOST_BYTES = 2 << 30  # of all corpora together
_SAFE_SECONDS = 86400.0  # a corpus that was used since then stays: an engine may need it again


def _folder() -> Path:
    return cache_folder() / "mosaic-2"


def keep_corpus(corpus: Corpus) -> bool:
    """Write a corpus where ``kept_corpus`` finds it; returns whether it is there."""
    target = _folder() / corpus.digest
    if (target / "audio.npy").exists():
        with contextlib.suppress(OSError):
            os.utime(target)
        return True
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_folder(), prefix=".part-") as part:
            np.save(Path(part, "audio.npy"), corpus.audio, allow_pickle=False)
            arrays = {
                "starts": corpus.starts,
                "follows": corpus.follows,
                "onsets": corpus.onsets,
                "latents": np.ascontiguousarray(corpus.latents),
                "distinct": corpus.distinct,
                "explained": np.array([corpus.explained, corpus.attainable]),
            }
            Path(part, "frames.safetensors").write_bytes(save_arrays(arrays))
            with contextlib.suppress(FileExistsError, OSError):  # another process was faster
                Path(part).rename(target)
                Path(part).mkdir()  # what the temporary folder removes
        _make_room(target)
    except OSError:
        return False
    return (target / "audio.npy").exists()


def kept_corpus(digest: str, projection: Projection, hashes: tuple[str, ...]) -> Corpus:
    """A corpus that was kept; its sounds stay on disk until they are played.

    Raises:
        CodecError: If it is not there, or damaged.
    """
    folder = _folder() / digest
    try:
        audio = np.load(folder / "audio.npy", mmap_mode="r", allow_pickle=False)
        arrays = load_arrays((folder / "frames.safetensors").read_bytes())
        shares = [float(share) for share in arrays["explained"]]
        return Corpus(
            audio,
            arrays["starts"],
            arrays["follows"],
            arrays["onsets"],
            arrays["latents"],
            arrays["distinct"],
            projection,
            hashes,
            *shares,
        )
    except FileNotFoundError as error:
        raise CodecError(
            "the sounds of this mosaic are not on this machine; open the session that it was made in, or build it from "
            "its sounds"
        ) from error
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise CodecError(f"the sounds of this mosaic cannot be read ({error}); build it from its sounds") from error


def _make_room(newest: Path) -> None:
    """Remove the corpora that were not used for longest, once all together are too large."""
    folders = sorted((f for f in _folder().iterdir() if f != newest), key=lambda f: f.stat().st_mtime, reverse=True)
    total = _size(newest)
    for folder in folders:
        total += _size(folder)
        if total > _MOST_BYTES and time.time() - folder.stat().st_mtime > _SAFE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*"))
