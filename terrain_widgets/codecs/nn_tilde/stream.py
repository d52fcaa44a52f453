"""Decoding with a TorchScript model, block by block: the stream of ``TorchScriptCodec``."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from terrain_widgets.codecs.frame_noise import FrameNoise
from terrain_widgets.codecs.latent_shapes import latent_batch
from terrain_widgets.codecs.nn_tilde.facts import ModelFacts
from terrain_widgets.codecs.nn_tilde.memory import Memory, ModelMemory
from terrain_widgets.codecs.nn_tilde.outputs import axes_of, folded_in, outputs_of
from terrain_widgets.codecs.other_weights import check_weights
from terrain_widgets.core.bending.outputs import LayerOutput, is_output

FloatArray = NDArray[np.float32]

_SEED_STEP = 1_000_003  # a prime, so that seed and frame do not meet again soon


class PlayableModel:
    """A loaded model with all that is known of it.

    Args:
        module: Has ``decode`` and, perhaps, ``encode``.
        facts: What a trial found.
        free_noise: Leave the making up of noise to the model: another sound at every call.
    """

    def __init__(self, module: Any, facts: ModelFacts, free_noise: bool = False) -> None:
        self.module, self.facts, self.free_noise = module, facts, free_noise
        self.memory = ModelMemory(module, facts.state, facts.widths)
        self._asks_for_gradients = False

    def fresh_memory(self, rows: int = 1, weights: Mapping[str, Tensor] | None = None) -> Memory:
        """Silence, for one user of the model, who may play with other weights."""
        return Memory(rows if self.facts.rows else None, weights or {})

    def as_tensors(self, weights: Mapping[str, FloatArray]) -> dict[str, Tensor]:
        """Weights in the place of the model's own, as it takes them; large ones are not copied.

        Args:
            weights: By name, and tables of outputs.

        Raises:
            ValueError: If there is no such weight, or one is of another shape.
        """
        if any(is_output(name) for name in weights):
            weights = folded_in(weights, self.weights(), self._axes, self.outputs)
        own = self.memory.own
        check_weights({name: tuple(value.shape) for name, value in own.items()}, weights)
        with torch.inference_mode(False):
            return {
                name: torch.from_numpy(np.require(value, np.float32, ["C", "W"])).to(own[name].dtype)
                for name, value in weights.items()
            }

    def weights(self) -> dict[str, FloatArray]:
        """All by name, the model's own, to be read only."""
        found = {name: value.float().numpy() for name, value in self.memory.own.items()}
        for array in found.values():
            array.flags.writeable = False
        return found

    @cached_property
    def _axes(self) -> dict[str, int]:
        return axes_of(self.module)

    @cached_property
    def outputs(self) -> dict[str, LayerOutput]:
        """The layers whose output can be changed."""
        return outputs_of(self._axes, self.memory.own)

    @property
    def frames_at_once(self) -> int:
        """How many frames every call of ``decode`` must have; 0 if any number will do."""
        facts = self.facts
        seeded = facts.own_noise and not self.free_noise  # noise that is drawn by call is the same only for equal calls
        return facts.grid if facts.grid > 1 or seeded or not facts.streaming else 0

    def decoded(self, rows: FloatArray) -> FloatArray:
        """Rows ``[B, inputs, T]`` through the model's own ``decode``, ``[B, A, T * ratio]``, with its present memory.

        Raises:
            RuntimeError: If the model fails or gives something of another shape.
        """
        facts, frames = self.facts, rows.shape[2]
        twice = len(rows) == 1 and 0 < facts.double_from <= frames
        # Two equal rows take half the time of one in a large model: for few frames torch leaves the fast convolutions
        # of oneDNN to batches (``use_mkldnn`` in aten/src/ATen/native/Convolution.cpp).
        batch = 2 if twice else len(rows) * facts.fold
        latents = torch.from_numpy(rows)
        tensor = self._sound(latents.expand(batch, -1, -1) if batch != len(rows) else latents)
        if tensor.dtype != torch.float32:
            tensor = tensor.float()
        audio: FloatArray = tensor.numpy()
        wanted = (len(rows), facts.channels, frames * facts.ratio)
        if twice:
            audio = audio[:1]
        if audio.size != wanted[0] * wanted[1] * wanted[2] or audio.shape[-1] != wanted[2]:
            raise RuntimeError(f"the model decoded {frames} frames to {tuple(tensor.shape)}, expected was {wanted}")
        return audio.reshape(wanted).copy()  # some models hand out a buffer of their own

    def _sound(self, latents: Tensor) -> Tensor:
        """``decode`` as fast as it goes.

        Beside a large model's weights nothing stays in the processor's caches, and every step is a slow one: so there
        is no context around the call where none is needed, and all else is numpy's. No weight asks for a gradient; in
        inference_mode a model of RAVE v2's size even takes 4 % longer (torch 2.13).
        """
        if torch.is_inference_mode_enabled():  # what a model keeps of it could not be changed outside
            with torch.inference_mode(False):
                return self._sound(latents)
        if self._asks_for_gradients:
            with torch.no_grad():
                sound: Tensor = self.module.decode(latents)
            return sound
        sound = self.module.decode(latents)
        if sound.requires_grad:  # a tensor that is neither weight nor buffer does: its graph must not grow
            self._asks_for_gradients = True
            for buffer in self.module.buffers():
                buffer.detach_()
            sound = sound.detach()
        return sound


class TorchScriptStream:
    """A decoder in motion: see ``CodecStream``. Rows are independent; row k sounds the same alone or among others.

    Args:
        model: Shared with other streams; each keeps its own memory.
        voices: Number of rows B.
        seed: Chooses the noise.
    """

    def __init__(self, model: PlayableModel, voices: int, seed: int = 0) -> None:
        self._model, self._facts, self._voices = model, model.facts, self._checked(model.facts, voices)
        self._weights: Mapping[str, Tensor] = {}  # in the place of the model's own
        self._full = 0 if model.free_noise else model.facts.full_latents
        self._step = model.frames_at_once
        self.seed(seed)
        self.reset()

    def __repr__(self) -> str:
        return f"TorchScriptStream({self._voices} voices, at frame {self.frame})"

    @staticmethod
    def _checked(facts: ModelFacts, voices: int) -> int:
        if not 1 <= voices <= facts.max_voices:
            raise ValueError(f"this model streams 1 to {facts.max_voices} voices, got {voices}; ask for fewer")
        return voices

    def seed(self, seed: int) -> None:
        """Choose the noise that stands in for what the model would make up."""
        self._seed = seed
        known = self._facts.latents + self._facts.labels
        self._noise = FrameNoise(self._full - known, seed) if self._full else None

    def reset(self, frame: int = 0) -> None:
        """Back to the state of a fresh stream.

        Args:
            frame: Absolute index of the next frame: a stream that begins in the middle has the noise of that moment.
        """
        facts, model = self._facts, self._model
        users = 1 if facts.rows else self._voices
        self._memories = [model.fresh_memory(self._voices, self._weights) for _ in range(users)]
        self.frame = self._reached = frame
        inputs = self._full or facts.latents + facts.labels
        self._waiting = np.zeros((self._voices, inputs, 0), dtype=np.float32)
        self._ready = np.zeros((self._voices, facts.channels, (facts.grid - 1) * facts.ratio), dtype=np.float32)

    def bent(self, weights: Mapping[str, FloatArray]) -> TorchScriptStream:
        """A second stream that goes on from here with some weights other than the model's own: ``BendableStream``.

        Raises:
            ValueError: If there is no such weight, or one is of another shape.
        """
        stream = copy.copy(self)
        stream._weights = self._model.as_tensors(weights)
        stream._memories = [self._model.memory.copied(memory, stream._weights) for memory in self._memories]
        return stream

    def resize(self, voices: int) -> None:
        """Another number of rows from the next block on: the first ones go on, new ones start from silence.

        Raises:
            ValueError: If there are too many voices or none.
        """
        self._checked(self._facts, voices)
        if self._facts.rows:
            self._model.memory.resize(self._memories[0], voices)
        else:
            more = [self._model.fresh_memory(weights=self._weights) for _ in range(voices - self._voices)]
            self._memories = self._memories[:voices] + more
        self._waiting, self._ready = _with_rows(self._waiting, voices), _with_rows(self._ready, voices)
        self._voices = voices

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * ratio]``; blocks of any size give the same samples.

        Raises:
            ValueError: If the shape is not ``[voices, D, T]`` with T of at least 1.
            RuntimeError: If the model fails.
        """
        frames = self._inputs(latent_batch(latents, self._voices, self._facts.latents))
        return self._on_grid(frames) if self._facts.grid > 1 else self._run(frames)

    def _inputs(self, latents: FloatArray) -> FloatArray:
        """Latents with all else that ``decode`` takes, ``[B, inputs, T]``; a new array, which a model may change."""
        rows, given, count = latents.shape
        known = given + self._facts.labels
        inputs = np.zeros((rows, self._full or known, count), dtype=np.float32)
        inputs[:, :given] = latents
        if self._noise is not None:
            self._noise.fill(inputs[:, known:], self.frame)
        self.frame += count
        return inputs

    def _on_grid(self, frames: FloatArray) -> FloatArray:
        """For a model that needs several frames at once: decode when they are there, and be late by all but one."""
        count = frames.shape[2] * self._facts.ratio
        self._waiting = np.concatenate([self._waiting, frames], axis=2)
        whole = self._waiting.shape[2] // self._step * self._step
        if whole:
            self._ready = np.concatenate([self._ready, self._run(self._waiting[:, :, :whole])], axis=2)
            self._waiting = self._waiting[:, :, whole:]
        audio, self._ready = self._ready[:, :, :count], self._ready[:, :, count:]
        return audio

    def _run(self, frames: FloatArray) -> FloatArray:
        """Inputs ``[B, inputs, T]`` to audio, in calls of the size that the model needs."""
        count = frames.shape[2]
        step = self._step or count
        parts = []
        for start in range(0, count, step):
            parts.append(self._called(frames[:, :, start : start + step]))
            self._reached += step
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)

    def _called(self, frames: FloatArray) -> FloatArray:
        if self._facts.rows:
            return self._as(0, frames)
        return np.concatenate([self._as(k, frames[k : k + 1]) for k in range(self._voices)])

    def _as(self, user: int, frames: FloatArray) -> FloatArray:
        """One call with the memory of one user: of all rows, or of one voice."""
        model = self._model
        with model.memory.lend(self._memories[user]):
            if not self._facts.own_noise or model.free_noise:
                return model.decoded(frames)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed((self._seed + user) * _SEED_STEP + self._reached)
                return model.decoded(frames)


def _with_rows(array: FloatArray, rows: int) -> FloatArray:
    fresh = np.zeros((rows, *array.shape[1:]), dtype=np.float32)
    kept = min(rows, len(array))
    fresh[:kept] = array[:kept]
    return fresh
