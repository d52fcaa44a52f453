"""The sounds of several ways as one zip file."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from terrain_widgets.audio.takes.render import Told
from terrain_widgets.io.atomic import replacing


def write_zip(
    path: str | os.PathLike[str], frames: Mapping[str, int], save: Callable[[str, Path, Told], None], told: Told
) -> None:
    """Write WAV files into a zip file, whole or not at all.

    Args:
        path: Where to.
        frames: How long each way is, by its name.
        save: Writes the sound of a way as a WAV file, and tells how far it is.
        told: Told how far all together are, 0…1.
    """
    whole, before = max(1, sum(frames.values())), 0
    with replacing(path) as temporary, tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, (name, ahead) in enumerate(frames.items()):
                file = Path(folder, f"{number}.wav")

                def one_told(share: float, before: int = before, ahead: int = ahead) -> None:
                    told((before + share * ahead) / whole)

                save(name, file, one_told)
                archive.write(file, f"{name}.wav")
                before += ahead
