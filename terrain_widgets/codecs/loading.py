"""``load_codec``: the one registry of codecs, by name, entry point, model or path; and the proof that one is sound."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import numpy as np

from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.search_path import MODEL_SUFFIX, model_files, where_searched

__all__ = ["CodecError", "check_codec", "codec_names", "load_codec"]

DEFAULT_CODEC = "pebble"
ENTRY_POINT_GROUP = "terrain_widgets.codecs"
MUSIC2LATENT = "music2latent"
# Version 0.1.8 of its package fetches its checkpoint from the internet by itself, and reads it with weights_only=False.
_NO_MUSIC2LATENT = (
    "music2latent is played from its TorchScript export for nn~: put music2latent.ts into the folder that "
    "TERRAIN_WIDGETS_MODELS names, or give its path; the checkpoint of its Python package (pip install music2latent) "
    "is a pickle, which may run any code when that package loads it, and so is not loaded here; its licence, "
    "CC BY-NC 4.0, keeps it out of this package"
)


def _load_pebble() -> Codec:
    from terrain_widgets.codecs.pebble.codec import PebbleCodec  # imports torch: only when a codec is wanted

    return PebbleCodec()


_BUILT_IN: dict[str, Callable[[], Codec]] = {DEFAULT_CODEC: _load_pebble}


def _plug_ins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name not in _BUILT_IN}


def codec_names() -> list[str]:
    """Names that ``load_codec`` knows: built-in ones, plug-ins of installed packages, models on the search path."""
    installed = [*_BUILT_IN, *sorted(_plug_ins())]
    return [*installed, *sorted(set(model_files()) - set(installed))]


def load_codec(name_or_path: str | os.PathLike[str] | None = None) -> Codec:
    """The codec of that name. Nothing is downloaded.

    A TorchScript model for nn~ (RAVE, vschaos2, scripted Music2Latent, ...) is tried out in a process of its own when
    it is loaded for the first time, which takes some seconds; the codec then has a ``card``. Options may follow its
    name or path: ``"model.ts#noise=free"`` leaves it to the model to make up noise, so that it never sounds the same
    twice; ``"model.ts#sample_rate=48000"`` says the rate of a model that does not; ``&`` joins several.

    ``"music2latent"`` is such a model: its scripted export, where ``music2latent.ts`` is in a folder of models.

    Args:
        name_or_path: A built-in name, the name of an entry point in the group ``terrain_widgets.codecs`` (whose object
            is called without arguments and returns a codec), the name of a ``.ts`` file in one of the folders that the
            environment variable ``TERRAIN_WIDGETS_MODELS`` lists, or a path to one. Left out: ``pebble``, the bundled
            codec.

    Returns:
        A codec, freshly loaded.

    Raises:
        CodecError: If nothing is known under that name, the path leads nowhere or to something that cannot be played,
            or a plug-in fails.
    """
    if name_or_path is None:
        name_or_path = DEFAULT_CODEC
    given = os.fspath(name_or_path)
    if not isinstance(given, str) or not given:
        raise CodecError(f"a codec is named by a word or a path, got {name_or_path!r}; {_known()}")
    if given in _BUILT_IN:
        return _BUILT_IN[given]()
    plug_ins = _plug_ins()
    if given in plug_ins:
        return _from_plug_in(plug_ins[given])
    named, options = given, ""
    if not Path(given).expanduser().exists():
        named, _, options = given.partition("#")
    path = Path(named).expanduser()
    if not path.exists():
        path = model_files().get(named.removesuffix(MODEL_SUFFIX), path)
    if path.exists():
        if path.suffix == MODEL_SUFFIX and path.is_file():
            from terrain_widgets.codecs.nn_tilde.loading import load_model  # imports torch

            return load_model(path, options)
        raise CodecError(f"{given} exists, but is not a codec that this version can load; {_known()}")
    if os.sep in given or path.suffix:
        raise CodecError(f"there is no codec file at {given}; check the path, or take a name: {_known()}")
    if named == MUSIC2LATENT:
        raise CodecError(_NO_MUSIC2LATENT)
    raise CodecError(f"no codec is called {given!r}; {_known()}")


def _known() -> str:
    names = ", ".join(repr(name) for name in codec_names())
    return (
        f"known names are {names}; packages add more through the entry point group {ENTRY_POINT_GROUP!r}; "
        f"{where_searched()}"
    )


def _from_plug_in(point: EntryPoint) -> Codec:
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


def check_codec(codec: Codec, *, frames: int = 12, tolerance: float = 1e-4) -> None:
    """Prove that a codec keeps its promises: shapes, finite sound, streaming = offline, independent rows, reset.

    Args:
        codec: What to check.
        frames: Latent frames T of the trial, at least 4.
        tolerance: Largest difference of two samples that should be the same, full scale 1.

    Raises:
        CodecError: With the first promise that is broken.
    """
    info = codec.info
    random = np.random.default_rng(0)
    samples = info.ratio * frames - info.ratio // 2
    tone = 0.3 * np.sin(2 * np.pi * 220.0 / info.sample_rate * np.arange(samples))
    latents = codec.encode(np.tile(tone.astype(np.float32), (info.channels, 1)), info.sample_rate)
    if latents.values.shape != (frames, info.latent_dim):
        raise CodecError(
            f"{info.name}: {samples} samples should encode to ({frames}, {info.latent_dim}), got {latents.values.shape}"
        )
    moved = latents.values + random.normal(0, 0.3, latents.values.shape).astype(np.float32)
    whole = np.asarray(codec.decode(moved))
    expected = (info.channels, frames * info.ratio)
    if whole.shape != expected:
        raise CodecError(f"{info.name}: {frames} frames should decode to audio {expected}, got {whole.shape}")
    if not np.isfinite(whole).all():
        raise CodecError(f"{info.name}: decoding finite latents gave NaN or infinity")
    voices = min(2, info.max_voices)
    stream = codec.stream(voices)
    still = np.zeros_like(moved)
    rows = np.stack([moved.T, still.T][:voices])
    for attempt in ("fresh", "reset"):
        for block in (1, 3, frames):
            stream.reset()
            parts = [stream.decode(rows[:, :, i : i + block]) for i in range(0, frames, block)]
            audio = np.concatenate(parts, axis=2)
            if audio.shape != (voices, *expected):
                raise CodecError(
                    f"{info.name}: a stream of {voices} voices should give {(voices, *expected)}, got {audio.shape}"
                )
            difference = float(np.abs(audio[0] - whole).max())
            if not difference <= tolerance:
                raise CodecError(
                    f"{info.name}: streamed in blocks of {block} frames ({attempt}) the sound differs from decoding at "
                    f"once by {difference:.2g}, allowed is {tolerance:.2g}; its blocks or rows are not independent"
                )
