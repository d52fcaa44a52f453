"""Models and trained codecs by name: the folders that ``TERRAIN_WIDGETS_MODELS`` lists, and that for dropped files."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_dir

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.io.atomic import replacing

MODELS_VARIABLE = "TERRAIN_WIDGETS_MODELS"
MODEL_SUFFIX = ".ts"
#: Of codecs that were trained here.
TRAINED_SUFFIX = ".safetensors"
CODEC_SUFFIXES = (MODEL_SUFFIX, TRAINED_SUFFIX)


def model_folders() -> list[Path]:
    """The folders, in the order in which they are searched; separated like those of ``PATH``."""
    named = os.environ.get(MODELS_VARIABLE, "")
    return [Path(folder).expanduser() for folder in named.split(os.pathsep) if folder.strip()]


def kept_folder() -> Path:
    """Where models that came as files are kept if no folder is named: in the user's data folder; searched last."""
    return Path(user_data_dir("terrain_widgets", appauthor=False)) / "models"


def model_name(name: str) -> str:
    """The last part of a path or an address, if a model or a trained codec is called so.

    Raises:
        CodecError: If it is not the name of a model.
    """
    given = Path(name).name
    if Path(given).suffix not in CODEC_SUFFIXES:  # ".ts" alone has none
        raise CodecError(
            f"{given} is no model for nn~, whose names end in {MODEL_SUFFIX}, and no trained codec, whose names end in "
            f"{TRAINED_SUFFIX}; export a model with torch.jit"
        )
    return given


def keep_model(name: str, content: bytes) -> tuple[Path, bool]:
    """Keep a model's file under its name, in the first folder that is named and there; else in ``kept_folder()``.

    A file of that name and another content stays; the new one gets a number.

    Returns:
        Where it is, and whether it is new there.

    Raises:
        CodecError: If the name cannot be that of a model, or nothing can be written there.
    """
    given = model_name(name)
    folder = next((folder for folder in model_folders() if folder.is_dir()), kept_folder())
    stem, number, path = Path(given).stem, 1, folder / given
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while path.exists() and path.read_bytes() != content:
            number += 1
            path = folder / f"{stem}-{number}{path.suffix}"
        new = not path.exists()
        if new:
            with replacing(path) as temporary:
                temporary.write_bytes(content)
    except OSError as error:
        raise CodecError(
            f"{given} could not be kept in {folder} ({error}); set {MODELS_VARIABLE} to a folder"
        ) from error
    return path, new


def model_files(suffix: str = MODEL_SUFFIX) -> dict[str, Path]:
    """All models there by name, the first folder's before another's of the same name.

    Args:
        suffix: Of the files that are looked for.
    """
    found: dict[str, Path] = {}
    for folder in [*model_folders(), kept_folder()]:
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix == suffix and path.is_file())
        except OSError:  # a folder that is not there holds nothing
            continue
        for path in files:
            found.setdefault(path.stem, path)
    return found


def where_searched() -> str:
    """For an error: what was searched, or how to have something searched."""
    folders = model_folders()
    if not folders:
        return f"for models by name, set {MODELS_VARIABLE} to the folder of your .ts files"
    return "searched for models: " + ", ".join(
        f"{folder}{'' if folder.is_dir() else ' (no such folder)'}" for folder in folders
    )
