"""``load_codec``: a codec by name, path or recipe."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.built_in import DEFAULT_CODEC
from terrain_widgets.codecs.loader import Loader, Material
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.registry import LOADERS, from_plug_in, known_codecs, loader_called, plug_ins
from terrain_widgets.io.sound_files import Sound

__all__ = ["DEFAULT_CODEC", "CodecError", "load_codec"]

MUSIC2LATENT = "music2latent"
# Version 0.1.8 of its package fetches its checkpoint from the internet by itself, and reads it with weights_only=False.
_NO_MUSIC2LATENT = (
    "music2latent is played from its TorchScript export for nn~: put music2latent.ts into the folder that "
    "TERRAIN_WIDGETS_MODELS names, or give its path; the checkpoint of its Python package (pip install music2latent) "
    "is a pickle, which may run any code when that package loads it, and so is not loaded here; its licence, "
    "CC BY-NC 4.0, keeps it out of this package"
)


def load_codec(
    source: str | os.PathLike[str] | CodecRecipe | None = None, sounds: Iterable[Sound] | Material | None = None
) -> Codec:
    """The codec of that name. Nothing is downloaded.

    A TorchScript model for nn~ (RAVE, vschaos2, scripted Music2Latent, ...) is tried out in a process of its own when
    it is loaded for the first time, which takes some seconds; the codec then has a ``card``. Options may follow its
    name or path: ``"model.ts#noise=free"`` leaves it to the model to make up noise, so that it never sounds the same
    twice; ``"model.ts#sample_rate=48000"`` says the rate of a model that does not; ``&`` joins several.

    A codec that ``train_codec`` made is one ``.safetensors`` file; nothing in it is executed.

    ``"music2latent"`` is such a model: its scripted export, where ``music2latent.ts`` is in a folder of models.

    Args:
        source: A built-in name, the name of an entry point in the group ``terrain_widgets.codecs`` (whose object is
            called without arguments and returns a codec), the name of a ``.ts`` or ``.safetensors`` file in one of the
            folders that the environment variable ``TERRAIN_WIDGETS_MODELS`` lists, a path to one, or the recipe of a
            codec. Left out: ``pebble``, the bundled codec.
        sounds: For a codec that is made of sounds (``mosaic``): these, or a ``Material``.

    Returns:
        A codec, freshly loaded.

    Raises:
        CodecError: If nothing is known under that name, the path leads nowhere or to something that cannot be played,
            a plug-in fails, or what a recipe names is no longer what it was.
    """
    material = sounds if sounds is None or isinstance(sounds, Material) else Material(tuple(sounds))
    if isinstance(source, CodecRecipe):
        return _from_recipe(source, material)
    given = os.fspath(DEFAULT_CODEC if source is None else source)
    if not isinstance(given, str) or not given:
        raise CodecError(f"a codec is named by a word or a path, got {source!r}; {known_codecs()}")
    if given in (points := plug_ins()):
        return from_plug_in(points[given])
    named, options = given, ""
    if not Path(given).expanduser().exists():
        named, _, options = given.partition("#")
    path = Path(named).expanduser()
    for loader in LOADERS:
        if _is_for(loader, named, path):
            return loader.load(named, _settings(options), material)
    raise CodecError(_unknown(given, path))


def _from_recipe(recipe: CodecRecipe, material: Material | None) -> Codec:
    if recipe.loader:
        codec = loader_called(recipe.loader).load(recipe.source, recipe.settings, material)
    else:
        codec = load_codec(recipe.source, material)
    if material is not None and codec.info.capabilities.made_of_sounds:
        return codec  # what it is made of was handed in
    if recipe.digest and codec.recipe is not None and codec.recipe.digest != recipe.digest:
        raise CodecError(
            f"the codec {recipe.source!r} changed on disk since it was loaded or its file was written; load it again"
        )
    return codec


def _is_for(loader: Loader, named: str, path: Path) -> bool:
    if not loader.suffixes:
        return named in loader.names()
    if path.exists():
        return loader.probe(path)
    name = path.stem if path.suffix in loader.suffixes else named
    return name in loader.names() and os.sep not in named


def _settings(options: str) -> dict[str, str]:
    chosen = dict(parse_qsl(options, keep_blank_values=True))
    return {options: ""} if options and not chosen else chosen


def _unknown(given: str, path: Path) -> str:
    if path.exists():
        return f"{given} exists, but is not a codec that this version can load; {known_codecs()}"
    if os.sep in given or path.suffix:
        return f"there is no codec file at {given}; check the path, or take a name: {known_codecs()}"
    if given.partition("#")[0] == MUSIC2LATENT:
        return _NO_MUSIC2LATENT
    return f"no codec is called {given!r}; {known_codecs()}"
