"""Loads models for nn~ (``.ts``) by path, or by name from the folders of models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.search_path import MODEL_SUFFIX, model_files

_OPTIONS = ("noise", "sample_rate")


class NnTildeLoader:
    """See ``Loader``."""

    name = "nn_tilde"
    suffixes: tuple[str, ...] = (MODEL_SUFFIX,)

    def names(self) -> list[str]:
        """The models in the folders of models."""
        return sorted(model_files())

    def probe(self, path: Path) -> bool:
        """Whether it is a file with the suffix; whether it is a sound model is found out in a process of its own."""
        return path.suffix in self.suffixes and path.is_file()

    def load(self, source: str, settings: Mapping[str, Any], material: Material | None) -> Codec:
        """A model, proved in a process of its own before it is loaded here.

        Args:
            source: A model's name or the path of its file.
            settings: ``noise`` is ``"fixed"`` or ``"free"``; ``sample_rate`` is Hz, for a model that does not say.
            material: Of no use to it.

        Raises:
            CodecError: If the model cannot be used, or a setting is unknown; one sentence that names the cure.
        """
        from terrain_widgets.codecs.nn_tilde.codec import TorchScriptCodec  # imports torch
        from terrain_widgets.codecs.nn_tilde.proving import facts_of, file_digest

        unknown = sorted(set(settings) - set(_OPTIONS))
        if unknown:
            raise CodecError(
                f"a model has no option {unknown[0]!r}; behind the # may stand noise=fixed, noise=free and "
                "sample_rate=Hz, joined by &"
            )
        path = Path(source).expanduser()
        if not path.exists():
            path = model_files().get(source.removesuffix(MODEL_SUFFIX), path)
        try:
            digest = file_digest(path)
        except OSError as error:
            raise CodecError(f"{path} cannot be read ({error.strerror}); check its path and its permissions") from error
        facts = facts_of(path, digest, _rate(settings))
        return TorchScriptCodec(path, facts, digest, settings)


def _rate(settings: Mapping[str, Any]) -> int | None:
    text = settings.get("sample_rate")
    if text is None:
        return None
    if not str(text).isdecimal() or not 1000 <= int(text) <= 1_000_000:
        raise CodecError(f"sample_rate is a whole number of Hz, 1000 to 1000000, got {text!r}")
    return int(text)


LOADER = NnTildeLoader()
