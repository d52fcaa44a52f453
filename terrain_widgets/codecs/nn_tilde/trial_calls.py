"""The calls that a trial makes of a model, and how what they give is compared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.nn_tilde.facts import ModelFacts
from terrain_widgets.codecs.nn_tilde.memory import Memory, ModelMemory
from terrain_widgets.codecs.nn_tilde.stream import PlayableModel

FRAMES = 8  # of every trial; also the most that a model may need at once
TOLERANCE = 1e-5  # of the loudest sample: below what float32 sums in another order differ by


def trial_latents(channels: int, rows: int = 1, frames: int = FRAMES, seed: int = 0) -> Tensor:
    """Trial latents ``[rows, channels, frames]`` that a codebook can also look up: 0.25 to 3."""
    values = np.random.default_rng(seed).uniform(0.25, 3.0, (rows, channels, frames))
    return torch.from_numpy(values.astype(np.float32))


def sentence(error: Exception) -> str:
    """What an exception says, in one line; of TorchScript's long reports, the last line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line or "error" in line]
    text = (told or lines or [type(error).__name__])[-1]
    return re.sub(r"\s+", " ", text)[:200].rstrip(".").replace(". ", "; ")


def shaped(module: Any, facts: ModelFacts) -> ModelFacts:
    """Which calls of ``decode`` give the promised shape, and which buffers change."""
    before = {name: value.clone() for name, value in module.named_buffers()}
    wanted = facts.channels * FRAMES * facts.ratio
    problem = ""
    for fold in (1, 2):
        try:
            audio = module.decode(trial_latents(facts.inputs).expand(fold, -1, -1))
        except Exception as error:
            problem = problem or f"its decode fails: {sentence(error)}; export it again, or take another model"
            continue
        if isinstance(audio, Tensor) and audio.ndim == 3 and len(audio) <= fold and audio.numel() == wanted:
            break
        shape = tuple(audio.shape) if isinstance(audio, Tensor) else type(audio).__name__
        problem = problem or (
            f"its decode makes {shape} of {FRAMES} frames, where its decode_params promise "
            f"{(1, facts.channels, FRAMES * facts.ratio)}; export it again with the right ratio and channels"
        )
    else:
        raise CodecError(problem)
    if not bool(torch.isfinite(audio).all()):
        raise CodecError(
            "its decode gives NaN or infinity for ordinary latents; its weights are broken, take another checkpoint"
        )
    if facts.encode_channels:
        trial_encode(module, facts, FRAMES)
    changed = [name for name, value in module.named_buffers() if not same(value, before[name])]
    facts = replace(facts, fold=fold, state=tuple(changed))
    for grid in (1, 2, 4):
        if _works(module, facts, grid):
            return replace(facts, grid=grid)
    return replace(facts, grid=FRAMES)


def same(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors are equal to the bit, NaN counting as 0."""
    return one.shape == other.shape and torch.equal(one.nan_to_num(), other.nan_to_num())


def _works(module: Any, facts: ModelFacts, frames: int) -> bool:
    """Whether ``decode``, and ``encode`` if there is one, take so few frames."""
    try:
        audio = module.decode(trial_latents(facts.inputs, frames=frames).expand(facts.fold, -1, -1))
        if facts.encode_channels:
            trial_encode(module, facts, frames)
    except Exception:  # a stranger's code, which may raise anything: then it does not take them
        return False
    return bool(audio.numel() == facts.channels * frames * facts.ratio)


def trial_encode(module: Any, facts: ModelFacts, frames: int) -> Tensor:
    """Latents ``[1, D, frames]`` of noise.

    Raises:
        CodecError: If the model fails or gives something else.
    """
    noise = np.random.default_rng(1).normal(0, 0.1, (1, facts.encode_channels, frames * facts.ratio))
    try:
        latents = module.encode(torch.from_numpy(noise.astype(np.float32)))
    except Exception as error:
        raise CodecError(f"its encode fails: {sentence(error)}; export it again, or take another model") from error
    wanted = (facts.latents, frames)
    if not isinstance(latents, Tensor) or latents.ndim != 3 or tuple(latents.shape[1:]) != wanted:
        shape = tuple(latents.shape) if isinstance(latents, Tensor) else type(latents).__name__
        raise CodecError(
            f"its encode makes {shape} of {frames} frames of sound, where its encode_params promise {(1, *wanted)}; "
            "export it again with the right ratio and channels"
        )
    # a first frame, still silent inside the model, may have no latents
    if frames == FRAMES and not bool(torch.isfinite(latents.float()).all(dim=1).any()):
        raise CodecError("its encode gives NaN or infinity for noise; its weights are broken, take another checkpoint")
    return latents


def decoded_once(module: Any, facts: ModelFacts, latents: Tensor, seed: int) -> Tensor:
    """One call from silence, all buffers of the state whole."""
    memory = ModelMemory(module, facts.state)
    with memory.lend(Memory(None)), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        audio: Tensor = module.decode(latents.expand(facts.fold, -1, -1)).clone()
    return audio


def differ(one: Tensor, other: Tensor) -> bool:
    """Whether two sounds differ by more than rounding."""
    loudest = max(1e-3, float(one.abs().max()))
    return one.shape != other.shape or float((one - other).abs().max()) > TOLERANCE * loudest


def remembers(model: PlayableModel, run: Callable[[], object]) -> bool:
    """Whether running it leaves anything in the buffers."""
    with model.memory.lend(model.fresh_memory()):
        before = {name: value.clone() for name, value in model.module.named_buffers()}
        run()
        return any(not same(value, before[name]) for name, value in model.module.named_buffers())
