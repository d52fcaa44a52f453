"""Takes on disk: ``name.wav`` as heard, ``name.json`` the gestures, ``name.safetensors`` the arrays these refer to."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as save_arrays

from terrain_widgets.audio.engine.sources.hand import MAX_HANDS
from terrain_widgets.audio.takes.first_version import updates_of_version_1
from terrain_widgets.audio.takes.heard_live import restored, stored
from terrain_widgets.audio.takes.take import Stroke, Take
from terrain_widgets.audio.takes.whole_bends import WholeBends
from terrain_widgets.audio.update import Packed, Update
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.io.atomic import replacing
from terrain_widgets.io.reading import content_of_file, reading, tensors_of

#: Folder of recordings for which no path is given, in the kernel's own, which is the notebook's.
TAKES = Path("takes")
FORMAT = "terrain_widgets-take"
VERSION = 2
_LARGEST_GESTURES, _LARGEST_ARRAYS = 1 << 27, 1 << 30  # bytes

Arrays = dict[str, NDArray[Any]]


class TakeError(ValueError):
    """A take that cannot be read; the message says why."""


def new_take() -> Path:
    """Where a recording goes for which no path is given: named by the time, in ``TAKES``."""
    return TAKES / time.strftime("take-%Y%m%d-%H%M%S.wav")


def write_take(path: str | os.PathLike[str], take: Take) -> None:
    """Write the gestures beside their sound.

    Args:
        path: The sound file's path; its suffix is exchanged for ``.json`` and ``.safetensors``.
        take: What to write.
    """
    content, arrays = packed_take(take)
    content = {"format": FORMAT, "version": VERSION, "sound": Path(path).name, **content}
    with replacing(Path(path).with_suffix(".safetensors")) as temporary:
        temporary.write_bytes(save_arrays(arrays))
    with replacing(Path(path).with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(content, indent=None, separators=(",", ":")), encoding="utf-8")


def packed_take(take: Take) -> tuple[dict[str, Any], Arrays]:
    """The gestures as plain data, for a file or another process: what JSON can say of them, and the rest by name."""
    arrays: Arrays = {"coordinates": np.ascontiguousarray(take.coordinates)}
    arrays |= {f"coordinates/{hand}": np.ascontiguousarray(places) for hand, places in take.fingers.items()}
    live, heard = stored(take.live)
    arrays |= heard
    content = {
        "codec": take.codec,
        "recipe": None if take.recipe is None else take.recipe.to_json(),
        "sample_rate": take.sample_rate,
        "ratio": take.ratio,
        "seed": take.seed,
        "complete": take.complete,
        "frames": len(take),
        "live": live,
        "strokes": [[s.frame, s.gate, s.gain, s.onset, s.panic, s.hand] for s in take.strokes],
        "settings": _described(0, take.settings, arrays),
        "updates": [_described(k, update, arrays, frame) for k, (frame, update) in enumerate(take.updates, 1)],
    }
    return content, arrays


def _described(number: int, update: Update, arrays: Arrays, frame: int = 0) -> dict[str, Any]:
    packed = update.pack()
    arrays.update({f"{number}:{name}": np.ascontiguousarray(value) for name, value in packed.arrays.items()})
    return {"frame": frame, **packed.config}


def read_take(path: str | os.PathLike[str]) -> Take:
    """Read the gestures of a take.

    Args:
        path: Any of its three files.

    Raises:
        TakeError: If a file is missing, damaged, too large, newer than this version, or something else.
    """
    file = Path(path).with_suffix(".json")
    beside = file.with_suffix(".safetensors")
    if not (file.is_file() and beside.is_file()):
        raise TakeError(f"a take needs {file.name} and {beside.name} side by side in {file.parent}")
    with reading(TakeError, f"{file.name} is no take, or it is damaged"):
        content = json.loads(content_of_file(file, _LARGEST_GESTURES))
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise TakeError(f"{file.name} holds no take of this program")
        version = content.get("version")
        if version not in (1, VERSION):
            raise TakeError(
                f"{file.name} is of format version {version}, this program reads up to version {VERSION}; "
                "update terrain_widgets"
            )
        arrays, _ = tensors_of(content_of_file(beside, _LARGEST_ARRAYS))
        return unpacked_take(content, arrays)


def unpacked_take(content: dict[str, Any], arrays: Arrays) -> Take:
    """The reverse of ``packed_take``; a file's content may be of the first version.

    Raises:
        ValueError: If it is damaged.
        KeyError: If something is missing.
    """
    coordinates = _places(arrays["coordinates"])
    prefix = "coordinates/"
    fingers = {int(name[len(prefix) :]): _places(a) for name, a in arrays.items() if name.startswith(prefix)}
    if any(len(places) != len(coordinates) for places in fingers.values()):
        raise ValueError("its hands have different numbers of frames")
    settings, updates = (
        updates_of_version_1(content, arrays) if content.get("version") == 1 else _updates(content, arrays)
    )
    return Take(
        codec=str(content["codec"]),
        sample_rate=int(content["sample_rate"]),
        ratio=int(content["ratio"]),
        seed=int(content["seed"]),
        coordinates=coordinates,
        strokes=tuple(_stroke(*entry) for entry in content["strokes"]),
        settings=settings,
        updates=updates,
        complete=bool(content["complete"]),
        recipe=CodecRecipe.from_json(content["recipe"]) if content.get("recipe") else None,
        fingers=fingers,
        live=restored(content.get("live", []), arrays, len(coordinates), int(content["ratio"])),
    )


def _places(array: NDArray[Any]) -> NDArray[np.float32]:
    places = np.asarray(array, dtype=np.float32)
    if places.ndim != 2 or not np.isfinite(places).all():
        raise ValueError(f"coordinates must be a finite table, got shape {places.shape}")
    return places


def _stroke(frame: Any, gate: Any, gain: Any, onset: Any, panic: Any, hand: Any = 0) -> Stroke:
    if not 0 <= int(hand) < MAX_HANDS:
        raise ValueError(f"there are hands 0 to {MAX_HANDS - 1}, got {hand!r}")
    return Stroke(int(frame), float(gate), float(gain), bool(onset), bool(panic), int(hand))


def _updates(content: dict[str, Any], arrays: Arrays) -> tuple[Update, tuple[tuple[int, Update], ...]]:
    bends = WholeBends()

    def rebuilt(number: int, entry: dict[str, Any]) -> Update:
        prefix = f"{number}:"
        own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
        return Update.unpack(Packed(*bends.by_layer(entry, own)))

    settings = rebuilt(0, content["settings"])
    return settings, tuple((int(entry["frame"]), rebuilt(k, entry)) for k, entry in enumerate(content["updates"], 1))
