"""The proof of a TorchScript model: it is tried out, and what it does counts, not what it says.

This runs in a worker process (``worker.py``), because a model may do anything, ending its process included.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.nn_tilde.codec import open_model, tell_rate
from terrain_widgets.codecs.nn_tilde.contract import ASSUMED_RATE, Contract, read_contract
from terrain_widgets.codecs.nn_tilde.facts import ModelFacts
from terrain_widgets.codecs.nn_tilde.measurements import best_batch, measured_delay
from terrain_widgets.codecs.nn_tilde.memory import Memory, ModelMemory
from terrain_widgets.codecs.nn_tilde.stream import PlayableModel, TorchScriptStream
from terrain_widgets.codecs.nn_tilde.trial_calls import (
    FRAMES,
    decoded_once,
    differ,
    remembers,
    shaped,
    trial_encode,
    trial_latents,
)

_ROWS_TRIED = (64, 16, 8, 4, 2)


def prove(path: str, sample_rate: int | None = None) -> ModelFacts:
    """Load a model and find out what it does.

    Args:
        path: The ``.ts`` file.
        sample_rate: Hz, for a model that does not say; if it does, that counts.

    Raises:
        CodecError: With one sentence that says what is wrong and what to do.
    """
    module = open_model(path)
    contract = read_contract(module)
    facts = _promised(contract, sample_rate)
    tell_rate(module, facts)
    with torch.no_grad():
        facts = shaped(module, facts)
        facts = _noisy(module, facts, contract.full_latents)
        facts = _rows(module, facts)
        facts = _streaming(module, facts)
        if facts.encode_channels:
            facts = _encoding(module, facts)
        model = PlayableModel(module, facts)
        lag = measured_delay(model) if facts.encode_channels else None
        held = (facts.grid - 1) * facts.ratio
        double_from, factor = best_batch(model)
    notes = list(facts.notes)
    if not facts.streaming:
        notes.append("exported without caches, so it clicks between blocks; export it again with --streaming")
    if not facts.encode_channels:
        notes.append("it only decodes; to encode sounds, take a model exported with its encoder")
    if factor > 0.9:
        notes.append("too slow to be played live on this machine; take a smaller model, or render")
    return replace(
        facts,
        delay=held if lag is None else lag,
        double_from=double_from,
        parameters=sum(weight.numel() for weight in module.parameters()),
        real_time_factor=factor,
        licence=_licence(module),
        notes=tuple(notes),
    )


def _promised(contract: Contract, sample_rate: int | None) -> ModelFacts:
    rate, notes = contract.sample_rate or sample_rate, []
    if rate is None:
        rate = ASSUMED_RATE
        if not contract.settable_rate:
            notes.append(
                f"it does not say its sample rate: {ASSUMED_RATE} Hz is assumed; if it sounds too high or too low, "
                "load it as 'model.ts#sample_rate=48000'"
            )
    return ModelFacts(
        latents=contract.latents,
        labels=contract.labels,
        ratio=contract.ratio,
        channels=contract.channels,
        encode_channels=contract.encode_channels,
        sample_rate=rate,
        settable_rate=contract.settable_rate and contract.sample_rate is None,
        notes=tuple(notes),
    )


def _noisy(module: Any, facts: ModelFacts, full: int) -> ModelFacts:
    """Whether what it decodes to is a matter of chance, and whether handing in all latents helps."""
    latents = trial_latents(facts.inputs)
    first = decoded_once(module, facts, latents, 1)
    if differ(first, decoded_once(module, facts, latents, 1)):
        raise CodecError(
            "it remembers earlier sounds outside its buffers, where they cannot be erased; export it again with its "
            "caches registered as buffers"
        )
    if not differ(first, decoded_once(module, facts, latents, 2)):
        return facts
    if full:
        whole = torch.cat([latents, trial_latents(full - facts.inputs, seed=2)], dim=1)
        try:
            filled = decoded_once(module, facts, whole, 1)
            other = torch.cat([latents, trial_latents(full - facts.inputs, seed=3)], dim=1)
            # it must really use them: a model that cuts them off and draws its own has gained nothing
            used = filled.shape == first.shape and differ(filled, decoded_once(module, facts, other, 1))
            if used and not (_apart(first) and not _apart(filled)):
                chance = differ(filled, decoded_once(module, facts, whole, 2))
                return replace(facts, full_latents=full, own_noise=chance)
        except Exception:  # some models with that attribute have no missing dimensions
            return replace(facts, own_noise=True)
    return replace(facts, own_noise=True)


def _apart(audio: Tensor) -> bool:
    """Whether channels of ``[B, A, S]`` differ; in old stereo exports only what is made up for each is different."""
    return differ(audio[:, :1].expand_as(audio), audio)


def _played(module: Any, facts: ModelFacts, latents: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """Latents ``[B, D, T]`` through a stream, in blocks of these sizes."""
    stream = TorchScriptStream(PlayableModel(module, facts), len(latents))
    parts = [stream.decode(block.numpy()) for block in latents.split(list(sizes), dim=2)]
    return torch.from_numpy(np.concatenate(parts, axis=2))


def _rows(module: Any, facts: ModelFacts) -> ModelFacts:
    """Whether rows of a batch are voices that do not hear each other, and how many there may be."""
    if facts.fold != 1:
        return facts
    widths, most = _row_widths(module, facts)
    if most < 2:
        return facts
    trial = replace(facts, rows=most, widths=widths)
    both = trial_latents(facts.latents, rows=2, seed=3)
    sizes = (FRAMES // 2, FRAMES // 2) if facts.grid < FRAMES else (FRAMES,)
    try:
        together = _played(module, trial, both, sizes)
        if differ(together[:1], _played(module, facts, both[:1], sizes)):
            return facts
        # the second row has another noise than a voice alone: compared with itself beside another neighbour
        other = torch.cat([trial_latents(facts.latents, seed=4), both[1:]])
        if differ(together[1:], _played(module, trial, other, sizes)[1:]):
            return facts
    except Exception:  # a stranger's code, which may raise anything: then it plays no rows together
        return facts
    for rows in (most, *(n for n in _ROWS_TRIED if n < most)):
        try:
            audio = module.decode(trial_latents(facts.inputs, rows=rows, frames=facts.grid))
        except Exception:  # likewise: too many rows for its buffers
            continue
        if audio.shape == (rows, facts.channels, facts.grid * facts.ratio):
            return replace(facts, rows=rows, widths=widths)
    return facts


def _row_widths(module: Any, facts: ModelFacts) -> tuple[tuple[int, ...], int]:
    """Rows of each buffer that one row of the batch changes (stereo's filters have two), and how many fit in all."""
    memory = ModelMemory(module, facts.state)
    widths, most = [], _ROWS_TRIED[0]
    with memory.lend(Memory(None)):
        before = {name: value.clone() for name, value in module.named_buffers()}
        module.decode(trial_latents(facts.inputs, frames=facts.grid))
        if facts.encode_channels:
            trial_encode(module, facts, facts.grid)
        after = dict(module.named_buffers())
        for name in facts.state:
            if after[name].ndim == 0 or after[name].shape != before[name].shape:
                return (), 0
            moved = (after[name] != before[name]).flatten(1).any(dim=1).nonzero()
            widths.append(int(moved.max()) + 1 if len(moved) else 1)
            most = min(most, len(after[name]) // widths[-1])
    return tuple(widths), most


def _streaming(module: Any, facts: ModelFacts) -> ModelFacts:
    """Whether decoding in blocks is decoding at once."""
    inputs = trial_latents(facts.inputs, frames=2 * FRAMES, seed=5)
    model = PlayableModel(module, facts)
    if facts.own_noise:  # chance differs with the blocks, seams or not
        return replace(facts, streaming=remembers(model, lambda: model.decoded(inputs.numpy())))

    def decoded(size: int) -> Tensor:
        with model.memory.lend(model.fresh_memory()):
            blocks = [model.decoded(block.numpy()) for block in inputs.split(size, dim=2)]
            return torch.from_numpy(np.concatenate(blocks, axis=2))

    return replace(facts, streaming=not differ(decoded(2 * FRAMES), decoded(facts.grid)))


def _encoding(module: Any, facts: ModelFacts) -> ModelFacts:
    """Whether encoding in blocks is encoding at once."""
    noise = np.random.default_rng(6).normal(0, 0.1, (1, facts.encode_channels, 2 * FRAMES * facts.ratio))
    sound = torch.from_numpy(noise.astype(np.float32))
    model = PlayableModel(module, facts)

    def encoded(size: int, seed: int = 0) -> Tensor:
        with model.memory.lend(model.fresh_memory()), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            parts = [module.encode(block).float()[:1] for block in sound.split(size * facts.ratio, dim=2)]
        return torch.cat(parts, dim=2).nan_to_num()

    whole = encoded(2 * FRAMES)
    if differ(whole, encoded(2 * FRAMES, seed=1)):  # RAVE draws a sample: another one in other blocks
        return replace(facts, encode_streaming=remembers(model, lambda: module.encode(sound)))
    return replace(facts, encode_streaming=not differ(whole, encoded(FRAMES)))


def _licence(module: Any) -> str:
    """What the model says of its licence."""
    for name in ("licence", "license"):
        value = getattr(module, name, None)
        if isinstance(value, str) and value.strip():
            return value.strip()[:80]
    return "unknown"
