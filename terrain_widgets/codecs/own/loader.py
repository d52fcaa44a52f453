"""Loads trained codecs (``.safetensors``) by path, or by name from the folders of models.

Training goes on in the same file, while a session, an engine or a saved file still means what was there before. So what
is loaded is kept in the user's cache by its digest, and a recipe, which names that, finds it there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.cache import keep, recall
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.own.families import codec_of
from terrain_widgets.codecs.own.file import OwnFile, is_own, own_of, read_own
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.search_path import TRAINED_SUFFIX as SUFFIX
from terrain_widgets.codecs.search_path import model_files, where_searched

_VERSION = "version"
_KEPT = "own-codecs"


class OwnLoader:
    """See ``Loader``."""

    name = "own"
    suffixes: tuple[str, ...] = (SUFFIX,)

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
            settings: ``version``, the digest of the one that is meant, where the file may hold another by now.
            material: Of no use to it.

        Raises:
            CodecError: If it cannot be read, is another version that was not kept, or there are other settings.
        """
        if unknown := sorted(set(settings) - {_VERSION}):
            raise CodecError(f"a trained codec has no option {unknown[0]!r}; take it without options")
        version = str(settings.get(_VERSION, ""))
        path = Path(source).expanduser()
        if not path.exists():
            path = model_files(SUFFIX).get(path.name.removesuffix(SUFFIX), path)
        path = path.absolute()
        kept = _kept(path, version)
        if not path.exists() and kept is None:
            raise CodecError(
                f"the trained codec {path.name} is not at {path.parent} any more, nor in a folder of models "
                f"({where_searched()}); put it into one of them"
            )
        file = kept or read_own(path)
        if version and file.digest != version:
            raise CodecError(
                f"{path} was trained on since then, and what it was is not on this machine any more; load it again, "
                "and encode the sounds with it"
            )
        if not version and recall(_KEPT, file.digest) is None:
            keep(_KEPT, file.digest, path.read_bytes())
        return codec_of(file, CodecRecipe(str(path), file.digest, self.name, {_VERSION: file.digest}))


def _kept(path: Path, version: str) -> OwnFile | None:
    """That version from the cache, under the name of the path; the digest tells whether it is whole."""
    content = recall(_KEPT, version) if re.fullmatch("[0-9a-f]{64}", version) else None
    if content is None:
        return None
    try:
        file = own_of(content, path)
    except CodecError:
        return None
    return file if file.digest == version else None


LOADER = OwnLoader()
