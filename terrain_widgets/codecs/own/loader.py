"""Loads trained codecs (``.safetensors``) by path, or by name from the folders of models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.own.families import codec_of
from terrain_widgets.codecs.own.file import is_own, read_own
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.search_path import TRAINED_SUFFIX as SUFFIX
from terrain_widgets.codecs.search_path import model_files, where_searched


class OwnLoader:
    """See ``Loader``."""

    name = "own"
    suffixes: tuple[str, ...] = (SUFFIX,)
    made_of_sounds = False

    def names(self) -> list[str]:
        """Trained codecs in the folders of models; other safetensors files may lie there too."""
        return sorted(name for name, path in model_files(SUFFIX).items() if is_own(path))

    def probe(self, path: Path) -> bool:
        """Whether its header says so."""
        return path.suffix == SUFFIX and is_own(path)

    def load(self, source: str, settings: Mapping[str, Any], material: Material | None) -> Codec:
        """A trained codec.

        Args:
            source: Path of its file, or its name. Of a path that leads nowhere the name counts: a session file may
                come from another machine.
            settings: None are known.
            material: Of no use to it.

        Raises:
            CodecError: If it cannot be read, or there are settings.
        """
        if settings:
            raise CodecError(f"a trained codec has no option {next(iter(settings))!r}; take it without options")
        path = Path(source).expanduser()
        if not path.exists():
            path = model_files(SUFFIX).get(path.name.removesuffix(SUFFIX), path)
        if not path.exists():
            raise CodecError(
                f"the trained codec {path.name} is not at {path.parent} any more, nor in a folder of models "
                f"({where_searched()}); put it into one of them"
            )
        path = path.absolute()
        file = read_own(path)
        return codec_of(file, CodecRecipe(str(path), file.digest, self.name))


LOADER = OwnLoader()
