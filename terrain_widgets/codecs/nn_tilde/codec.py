"""Models for nn~ as codecs: RAVE in all its versions, vschaos2, scripted Music2Latent and what else keeps the contract.

TorchScript is deprecated in torch, and says so whenever it is used; it is used here and nowhere else.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecError, CodecInfo
from terrain_widgets.codecs.frame_accounting import at_rate, blocks, checked_audio, whole_frames, with_channels
from terrain_widgets.codecs.latent_shapes import latent_table
from terrain_widgets.codecs.nn_tilde.facts import CodecCard, ModelFacts
from terrain_widgets.codecs.nn_tilde.layers import about
from terrain_widgets.codecs.nn_tilde.stream import PlayableModel, TorchScriptStream
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.bending.outputs import LayerOutput
from terrain_widgets.core.paths.trajectory import LatentTrajectory

FloatArray = NDArray[np.float32]

NOISE = ("fixed", "free")
_DECODED_AT_ONCE = 1 << 16  # samples, offline: bounds memory
_ENCODED_AT_ONCE = 1 << 17  # samples
_MARGIN = 8  # frames that a model without caches is shown beside a block


def open_model(path: str | os.PathLike[str]) -> Any:
    """The model in a file, ready to run on the processor.

    Raises:
        CodecError: If the file is no TorchScript model, or a broken one.
    """
    if not Path(path).is_file():
        raise CodecError(f"there is no file at {os.fspath(path)}; check the path")
    # A tensor that is made in inference mode cannot be changed outside it, and a model's caches change all the time.
    with warnings.catch_warnings(), torch.inference_mode(False):
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        try:
            return _settled(torch.jit.load(os.fspath(path), map_location="cpu").eval())
        except Exception as error:  # of a dozen kinds: RuntimeError, ValueError, UnpicklingError, ...
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise CodecError(
                "it is no TorchScript model, or a damaged one "
                f"({reason[0][:160]}); download or copy the file again, or export the model with torch.jit"
            ) from error


def _settled(module: Any) -> Any:
    """A model that is played and not trained, and whose caches hold numbers.

    They heard silence when it was exported; one that divides by its loudness has saved NaN, for ever.
    """
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            tensor.requires_grad_(False)
        for buffer in module.buffers():
            if buffer.is_floating_point():
                buffer[buffer.isnan()] = 0.0
    return module


def tell_rate(module: Any, facts: ModelFacts) -> None:
    """Set the rate of a model that wants to be told (nn_tilde from 1.6 on)."""
    if facts.settable_rate:
        module.set_sample_rate(facts.sample_rate)


class TorchScriptCodec:
    """A model for nn~ as a codec. ``load_codec`` makes one, with the facts that a trial in a process of its own found.

    Args:
        path: The ``.ts`` file.
        facts: What is known about the model.
        digest: SHA-256 of the file.
        settings: As its loader takes them. ``noise`` says what RAVE's missing dimensions and a model's own noise are:
            ``"fixed"``, the same at every frame each time it is decoded, or ``"free"``, as the model makes it up.

    Raises:
        CodecError: If the file cannot be loaded.
    """

    def __init__(
        self, path: str | os.PathLike[str], facts: ModelFacts, digest: str, settings: Mapping[str, Any] | None = None
    ) -> None:
        noise = (settings or {}).get("noise", NOISE[0])
        if noise not in NOISE:
            raise CodecError(f"noise is 'fixed' (the same each time) or 'free' (the model's own), got {noise!r}")
        self._path, self._facts, self.noise = Path(path), facts, noise
        module = open_model(path)
        tell_rate(module, facts)
        self._model = PlayableModel(module, facts, noise == "free")
        self._recipe = CodecRecipe(str(self._path.resolve()), digest, "nn_tilde", dict(settings or {}))
        self._warm = False

    def __repr__(self) -> str:
        facts = self._facts
        return (
            f"TorchScriptCodec({self._path.stem!r}, {facts.latents} latents, {facts.sample_rate} Hz, "
            f"{facts.sample_rate / facts.ratio:.2f} frames/s)"
        )

    @property
    def card(self) -> CodecCard:
        """What there is to know, to be shown."""
        return self._facts.card(self._path.stem)

    @property
    def info(self) -> CodecInfo:
        """See ``Codec``."""
        return self._facts.info(self._path.stem)

    @property
    def recipe(self) -> CodecRecipe | None:
        """The file's path and digest."""
        return self._recipe

    def tensors(self) -> Mapping[str, FloatArray]:
        """The model's own weights by name, to be read only."""
        return self._model.weights()

    def about_layers(self) -> Mapping[str, str]:
        """What layers do, where their names are RAVE's."""
        return about([*self._model.memory.own, *self._model.outputs])

    def outputs(self) -> Mapping[str, LayerOutput]:
        """The layers whose output can be changed: their gain and offset."""
        return self._model.outputs

    def scripted_decoder(self) -> torch.nn.Module:
        """The file's decoder once more, as ``torch.jit.script`` can compile it: for exports.

        It makes up its own noise, and nothing can reset it.

        Raises:
            CodecError: If the file is gone, or another one now.
        """
        from terrain_widgets.codecs.nn_tilde.scripted import model_rows

        return model_rows(self._path, self.info, self._recipe.digest)

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        """Audio ``[A, S]`` or ``[S]`` at any rate to ``ceil(S' / ratio)`` frames, S' samples at the model's own rate.

        Each sound begins from silence, and its last frame is filled up with silence.

        Raises:
            ValueError: If the audio is empty, not finite or not of one or two dimensions, or the rate is not positive.
            CodecError: If the model does not encode, or gives something else than it promised.
        """
        return self.encode_with({}, audio, sample_rate)

    def encode_with(self, weights: Mapping[str, FloatArray], audio: Any, sample_rate: int) -> LatentTrajectory:
        """As ``encode``, with some weights other than the model's own: see ``BendableEncoder``.

        Raises:
            ValueError: As ``encode``, or if there is no such weight, or one is of another shape.
            CodecError: As ``encode``.
        """
        latents = list(self._in_blocks(audio, sample_rate, weights))
        return LatentTrajectory(np.concatenate(latents), frame_rate=self.info.frame_rate)

    def encode_in_blocks(self, audio: Any, sample_rate: int) -> Iterator[FloatArray]:
        """As ``encode``, but some frames at a time, ``[t, D]``: to show how far it is, or to stop.

        Raises:
            ValueError: As ``encode``.
            CodecError: As ``encode``.
        """
        return self._in_blocks(audio, sample_rate, {})

    def _in_blocks(self, audio: Any, sample_rate: int, weights: Mapping[str, FloatArray]) -> Iterator[FloatArray]:
        facts = self._facts
        if not facts.encode_channels:
            raise CodecError(
                f"{self._path.stem} only decodes: sounds cannot be encoded with it; take a model that was exported "
                "with its encoder"
            )
        samples = at_rate(checked_audio(audio, sample_rate), sample_rate, facts.sample_rate)
        samples = whole_frames(with_channels(samples, facts.encode_channels), facts.ratio)
        frames = samples.shape[1] // facts.ratio
        size = max(facts.grid, _ENCODED_AT_ONCE // facts.ratio // facts.grid * facts.grid)
        memory = self._model.fresh_memory(weights=self._model.as_tensors(weights))
        last = np.zeros(facts.latents, dtype=np.float32)
        for covered, added in blocks(frames, size, 0 if facts.encode_streaming else _MARGIN):
            if not facts.encode_streaming:
                self._model.memory.clear(memory)
            part = samples[:, covered.start * facts.ratio : covered.stop * facts.ratio]
            with self._model.memory.lend(memory):
                latents = self._encoded(part, covered.start)
            if not np.isfinite(latents).all():
                latents = self._filled(latents, last, bool(part.any()))
            last = latents[added][-1]
            yield latents[added]

    def _filled(self, latents: FloatArray, last: FloatArray, audible: bool) -> FloatArray:
        """Frames that are no numbers, like those before them: silence has no angles in RAVE's spherical latents."""
        good = np.asarray(np.isfinite(latents).all(axis=1))
        if audible and not good.any():
            raise CodecError(f"{self._path.stem} encoded this sound to NaN or infinity; it cannot be used with it")
        before = np.maximum.accumulate(np.where(good, np.arange(1, len(good) + 1), 0))
        return np.concatenate([last[None], latents])[before]

    def _encoded(self, audio: FloatArray, first_frame: int) -> FloatArray:
        """Whole frames ``[A, T * ratio]`` to latents ``[T, D]``, with the model's present memory."""
        facts = self._facts
        wanted = audio.shape[1] // facts.ratio
        frames = -(-wanted // facts.grid) * facts.grid
        padded = np.pad(audio, ((0, 0), (0, (frames - wanted) * facts.ratio)))[None]
        # RAVE draws a sample of what it encodes to; drawn by frame, it is the same each time.
        with torch.inference_mode(False), torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(first_frame)
            latents = self._model.module.encode(torch.from_numpy(padded)).float()
        if latents.ndim != 3 or latents.shape[1:] != (facts.latents, frames):
            raise CodecError(
                f"{self._path.stem} encoded {frames} frames to {tuple(latents.shape)}, expected was "
                f"(1, {facts.latents}, {frames}); export it again"
            )
        mean = latents[0] if len(latents) == 1 else latents.mean(dim=0)
        return np.ascontiguousarray(mean[:, :wanted].T.numpy())

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[T, D]`` (or a ``LatentTrajectory``) to audio ``[A, T * ratio]``, from a fresh state.

        Raises:
            ValueError: If the shape is not ``[T, D]`` with T of at least 1.
            RuntimeError: If the model fails.
        """
        values = latent_table(latents, self._facts.latents)
        stream = TorchScriptStream(self._model, 1)
        size = max(1, _DECODED_AT_ONCE // self._facts.ratio)
        parts = [stream.decode(values[i : i + size].T[None])[0] for i in range(0, len(values), size)]
        return np.concatenate(parts, axis=1)

    def stream(self, voices: int = 1) -> TorchScriptStream:
        """A streaming decoder with ``voices`` independent rows; before the first, the model is warmed up.

        Raises:
            ValueError: If there are too many voices or none.
        """
        stream = TorchScriptStream(self._model, voices)
        self.warm_up()
        return stream

    def warm_up(self) -> None:
        """Let torch compile the model, outside the sound: its first calls take some tenths of a second each."""
        if self._warm:
            return
        self._warm = True
        for voices in (1, min(2, self._facts.max_voices)):
            stream = TorchScriptStream(self._model, voices)
            for frames in (1, 1, 2, 2):
                stream.decode(np.zeros((voices, self._facts.latents, frames), dtype=np.float32))
