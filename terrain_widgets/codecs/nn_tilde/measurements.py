"""What is measured of a model: by how much its sound is late, and how long decoding takes."""

from __future__ import annotations

import time

import numpy as np
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.nn_tilde.stream import PlayableModel, TorchScriptStream

Audio = NDArray[np.float32]

_DELAY_FRAMES = 24
_BURST = 3  # bursts per two frames, so that an envelope has something to align
_HOP = 32  # samples of an envelope
_SURE = 0.6  # correlation from which an alignment is believed
_SIZES = (1, 2, 4, 8, 16)
_LONGEST_BLOCK = 8192  # samples
_PUBLISHED_BLOCK = 4096
_COMPILING, _TRIALS = 2, 5
_GAIN = 0.95  # a doubled batch must be clearly faster: ties are noise


def measured_delay(model: PlayableModel) -> int | None:
    """Samples by which a decoded sound lags behind the one that was encoded; ``None`` if the two are not alike.

    Noise that comes in bursts is encoded and decoded; the lag is where both correlate best, as waveforms if the model
    keeps them, else by their envelopes.
    """
    facts = model.facts
    count = _DELAY_FRAMES * facts.ratio
    random = np.random.default_rng(7)
    gates = random.integers(0, 2, _DELAY_FRAMES * _BURST // 2 + 1)
    gate = np.repeat(gates, -(-count // len(gates)))[:count]
    sound = (0.3 * gate * random.standard_normal(count)).astype(np.float32)
    with model.memory.lend(model.fresh_memory()), torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        wave = torch.from_numpy(np.repeat(sound[None, None], facts.encode_channels, axis=1))
        latents = model.module.encode(wave).float()[:1].nan_to_num().numpy()
    decoded = TorchScriptStream(model, 1).decode(latents)[0].mean(axis=0)
    lag = _lag(sound, decoded, count // 2)
    if lag is None:
        coarse = _lag(_envelope(sound), _envelope(decoded), count // 2 // _HOP)
        lag = None if coarse is None else coarse * _HOP
    return lag


def _envelope(audio: Audio) -> Audio:
    whole = audio[: len(audio) // _HOP * _HOP].reshape(-1, _HOP)
    level = np.sqrt(np.mean(whole**2, axis=1))
    return np.asarray(level - level.mean(), dtype=np.float32)


def _lag(before: Audio, after: Audio, most: int) -> int | None:
    power = float(np.sum(before**2) * np.sum(after**2))
    if power < 1e-12:
        return None
    length = 2 * max(len(before), len(after))  # so that nothing comes round
    spectrum = np.fft.rfft(after, length) * np.conj(np.fft.rfft(before, length))
    likeness = np.fft.irfft(spectrum, length)[:most] / np.sqrt(power)
    best = int(np.argmax(np.abs(likeness)))
    return best if abs(likeness[best]) > _SURE else None


def best_batch(model: PlayableModel) -> tuple[int, float]:
    """From how many frames on decoding a row twice is faster than once, and the real-time factor that is reached.

    One row and two are timed in turn, in processor time of this thread (others may be using the processors, too), and
    the fastest of five counts.

    Returns:
        The frames, 0 if it never is; and decoding time over sound time for blocks of about 4096 samples.
    """
    facts = model.facts
    step = model.frames_at_once  # if there is one, no other size is ever called
    sizes = [n for n in _SIZES if n * facts.ratio <= _LONGEST_BLOCK and not step] or [step or 1]
    faster, factor = [], 0.0
    for frames in sizes:
        once, twice = _seconds(model, frames)
        faster.append(twice < _GAIN * once)
        if frames == sizes[0] or frames * facts.ratio <= _PUBLISHED_BLOCK:
            factor = min(once, twice) / (frames * facts.ratio / facts.sample_rate)
    doubling = 0
    for frames, gain in zip(reversed(sizes), reversed(faster), strict=True):
        if not gain:
            break
        doubling = frames
    return doubling, factor


def _seconds(model: PlayableModel, frames: int) -> tuple[float, float]:
    """The shortest time of a call with one row, and with two if the model has rows."""
    facts, random = model.facts, np.random.default_rng(8)
    latents = torch.from_numpy(random.uniform(0.25, 3.0, (1, facts.inputs, frames)).astype(np.float32))
    batches = (1, 2) if facts.rows else (facts.fold,)
    taken: dict[int, list[float]] = {batch: [] for batch in batches}
    with model.memory.lend(model.fresh_memory(2)):
        for _ in range(_COMPILING + _TRIALS):
            for batch in batches:
                began = time.thread_time()
                model.module.decode(latents.expand(batch, -1, -1))
                taken[batch].append(time.thread_time() - began)
    fastest = [min(times[_COMPILING:]) for times in taken.values()]
    return fastest[0], fastest[1] if len(fastest) > 1 else np.inf
