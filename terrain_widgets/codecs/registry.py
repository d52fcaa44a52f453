"""The one list of loaders, and of codecs that other packages bring through an entry point."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.built_in import BUILT_IN
from terrain_widgets.codecs.loader import Loader
from terrain_widgets.codecs.nn_tilde.loader import LOADER as NN_TILDE
from terrain_widgets.codecs.own.loader import LOADER as OWN
from terrain_widgets.codecs.search_path import where_searched

ENTRY_POINT_GROUP = "terrain_widgets.codecs"
# The built-in ones come first: a file in a folder of models cannot take the name of one of them.
LOADERS: tuple[Loader, ...] = (*BUILT_IN, NN_TILDE, OWN)


def loader_called(name: str) -> Loader:
    """The loader of that name.

    Raises:
        CodecError: If there is none.
    """
    for loader in LOADERS:
        if loader.name == name:
            return loader
    known = ", ".join(repr(loader.name) for loader in LOADERS)
    raise CodecError(
        f"no family of codecs is called {name!r}, known are {known}; the file may be from a newer version: update "
        "terrain_widgets"
    )


def built_in_names() -> list[str]:
    """Names of codecs that need no file."""
    return [codec.name for codec in BUILT_IN]


def plug_ins() -> dict[str, EntryPoint]:
    """Entry points by name; none can take the name of a built-in codec."""
    taken = built_in_names()
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name not in taken}


def codec_names() -> list[str]:
    """Names that ``load_codec`` knows: built-in ones, plug-ins of installed packages, models on the search path."""
    files = [name for loader in LOADERS if loader.suffixes for name in loader.names()]
    return list(dict.fromkeys([*built_in_names(), *sorted(plug_ins()), *files]))


def known_codecs() -> str:
    """For an error: the names that are known, and how there come to be more."""
    names = ", ".join(repr(name) for name in codec_names())
    return (
        f"known names are {names}; packages add more through the entry point group {ENTRY_POINT_GROUP!r}; "
        f"{where_searched()}"
    )


def from_plug_in(point: EntryPoint) -> Codec:
    """The codec that another package brings.

    Raises:
        CodecError: If it cannot be loaded, or is not a codec.
    """
    try:
        codec = point.load()()
    except Exception as error:
        raise CodecError(
            f"the codec plug-in {point.name!r} ({point.value}) could not be loaded: {type(error).__name__}: {error}; "
            "update or remove the package that brings it"
        ) from error
    if not isinstance(codec, Codec):
        raise CodecError(
            f"the codec plug-in {point.name!r} ({point.value}) returned {type(codec).__name__}, which lacks part of "
            "the codec protocol (info, recipe, encode, decode, stream); tell its author"
        )
    return codec
