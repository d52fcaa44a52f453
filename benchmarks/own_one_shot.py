"""Drum sounds of Sonic Pi (CC0): sixty and more to learn, and some that are not learnt to judge a codec by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.bundled.render import SONIC_PI_COPYRIGHT, SONIC_PI_SAMPLES, cc0_samples
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.own.file import read_own
from terrain_widgets.codecs.trainer.losses.envelopes import envelope_correlation
from terrain_widgets.codecs.trainer.recipes.one_shot import SECONDS, fitted
from terrain_widgets.codecs.trainer.repairs import without_silence
from terrain_widgets.io.sound_files import Sound, read_sound

RATE = 44100
SAMPLES = round(SECONDS * RATE)
KINDS = ("bd_", "sn_", "drum_", "hat_", "tabla_", "perc_", "elec_")
LONGEST = 4.0  # seconds: what is longer is no hit
HELD_BACK = 8  # one in so many
LEAST_LEARNT = 60
LEAST_ENVELOPE, MOST_DECIBELS, LEAST_ACTIVE = 0.9, 6.0, 6


def _all() -> list[Sound]:
    files = [file for file in cc0_samples(SONIC_PI_SAMPLES, SONIC_PI_COPYRIGHT) if file.stem.startswith(KINDS)]
    if not files:
        raise FileNotFoundError(f"no drum sounds in {SONIC_PI_SAMPLES}; apt-get install sonic-pi-samples")
    read = [read_sound(file) for file in files]
    return [Sound(s.name, s.audio, s.sample_rate, s.source, "CC0-1.0") for s in read if s.duration <= LONGEST]


def learnt(material: str) -> list[Sound]:
    """All but one in eight.

    Raises:
        ValueError: If there are too few.
    """
    sounds = [sound for k, sound in enumerate(_all()) if k % HELD_BACK]
    if len(sounds) < LEAST_LEARNT:
        raise ValueError(f"there are {len(sounds)} drum sounds to learn, {LEAST_LEARNT} are needed")
    return sounds


def judged(codec: Codec, material: str) -> list[tuple[str, str, str, bool]]:
    """The codec's copies of those, morphs between them, and random latents."""
    held = [sound for k, sound in enumerate(_all()) if not k % HELD_BACK]
    audios = [0.9 * fitted(without_silence(sound.audio.mean(axis=0)), SAMPLES) for sound in held]
    latents = [codec.encode(audio, RATE).values for audio in audios]
    copies = [codec.decode(values)[0][:SAMPLES] for values in latents]
    pairs = list(zip(audios, copies, strict=True))
    distances = [log_mel_distance(*pair) for pair in pairs]
    envelopes = [envelope_correlation(*pair, RATE) for pair in pairs]
    vectors = np.stack([values[0] for values in latents])
    active = round(_figures(codec).get("active latents", 0.0))
    far, click = _random_latents(codec), _morph(codec, vectors)
    decibels, envelope = float(np.mean(distances)), float(np.mean(envelopes))
    return [
        (f"log-mel on {len(held)} drum sounds held back, dB", f"{decibels:.3f}", f"{MOST_DECIBELS:g}",
         decibels <= MOST_DECIBELS),
        ("median and worst of them", f"{np.median(distances):.2f}, {max(distances):.2f}", "", True),
        ("correlation of envelopes, mean", f"{envelope:.3f}", f"{LEAST_ENVELOPE:g}", envelope >= LEAST_ENVELOPE),
        ("median and worst of them", f"{np.median(envelopes):.3f}, {min(envelopes):.3f}", "", True),
        ("latents that tell 0.25 nats of a sound or more", f"{active}", f"{LEAST_ACTIVE}", active >= LEAST_ACTIVE),
        ("largest sample of twenty random sounds", f"{far:.3f}", "1.2", far <= 1.2),
        ("morphs: largest step where one gives way, of what sounds", f"{click:.2f}", "1", click <= 1.0),
    ]  # fmt: skip


def _figures(codec: Codec) -> Mapping[str, float]:
    """What its training has measured: only that knows how far a latent is certain."""
    assert codec.recipe is not None
    return read_own(Path(codec.recipe.source)).card.figures


def _random_latents(codec: Codec) -> float:
    random, frames = np.random.default_rng(5), round(SECONDS * codec.info.frame_rate)
    vectors = random.normal(0.0, 1.0, (20, codec.info.latent_dim)).astype(np.float32)
    sound = codec.decode(np.repeat(vectors, frames, axis=0))
    return float(np.abs(sound).max()) if np.isfinite(sound).all() else float("inf")


def _morph(codec: Codec, vectors: NDArray[np.float32]) -> float:
    """The largest step between two samples at any retrigger of some morphs, relative to the largest within sounds.

    A click would be a step that no sound of the way has by itself.
    """
    worst, ratio, frames = 0.0, codec.info.ratio, 120
    for a, b in zip(vectors[:-1:2], vectors[1::2], strict=False):
        way = np.linspace(a, b, frames).astype(np.float32)
        sound = codec.decode(way)[0]
        own = max(float(np.abs(np.diff(codec.decode(np.repeat(v[None], 44, axis=0))[0])).max()) for v in way[::8])
        edges = np.abs(np.diff(sound))[ratio - 1 :: ratio]
        worst = max(worst, float(edges.max()) / max(own, 1e-6))
    return worst
