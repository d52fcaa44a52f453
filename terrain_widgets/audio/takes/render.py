"""Playing without a loudspeaker: the engine over a whole path, or over a recorded take."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.sources.hand import HandBlock
from terrain_widgets.audio.takes.automation import Automation
from terrain_widgets.audio.takes.heard_live import part as live_part
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.update import Setup
from terrain_widgets.codecs.base import Codec, CodecError
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]

_BLOCK = 16  # frames
NOTHING_CHANGES = Automation()

#: Told after each block which share is done, 0…1; what it raises ends the rendering.
Told = Callable[[float], None]


def nobody(_share: float) -> None:
    """Where nobody wants to know how far it is."""


def render(
    mapping: Mapping | None,
    codec: Codec,
    coordinates: Any,
    *,
    gain: float = 1.0,
    fade_seconds: float = 0.02,
    seed: int = 0,
    latents: LatentSettings | None = None,
    told: Told = nobody,
) -> FloatArray:
    """Play a path offline: the engine that plays live, over one coordinate per latent frame.

    Args:
        mapping: What turns coordinates into latents.
        codec: What decodes.
        coordinates: ``[T, C]`` in control units, or a ``SpatialTrajectory``.
        gain: Linear gain before the limiter.
        fade_seconds: Fade at both ends.
        seed: As for ``Engine``.
        latents: How latents are shaped before they are decoded; unset, they are kept within -4..4.
        told: Told how far it is.

    Returns:
        Audio ``[A, T * ratio]`` at the codec's rate, at most -1 dBFS, the limiter's delay taken out.

    Raises:
        ValueError: If shapes disagree.
        RuntimeError: If the codec or the mapping fails; live, that would be a muted block.
    """
    engine = Engine(codec, mapping, seed=seed, ramp_seconds=fade_seconds)
    if latents is not None:
        engine.set_latents(latents)
    table = np.asarray(getattr(coordinates, "values", coordinates), dtype=np.float32)
    engine.jump_gain(float(gain))  # the gate's ramp is the fade in
    parts, frames = [], max(1, len(table))
    for i in range(0, frames, _BLOCK):
        parts.append(engine.render(table[i : i + _BLOCK], 1.0, gain))
        if engine.error:
            raise RuntimeError(f"rendering failed at frame {i}: {engine.error}")
        told(min(1.0, (i + _BLOCK) / frames))
    audio = np.concatenate([*parts, engine.flush()], axis=1)[:, engine.delay :]
    length = min(audio.shape[1], round(fade_seconds * codec.info.sample_rate))
    if length > 0:
        place = np.arange(length, 0, -1) / length - 1.0 / length  # ends on zero
        audio[:, -length:] *= (place * place * (3.0 - 2.0 * place)).astype(np.float32)
    return audio


def render_patch(
    setup: Setup,
    codec: Codec,
    seconds: float,
    *,
    gain: float = 1.0,
    seed: int = 0,
    automation: Automation = NOTHING_CHANGES,
    told: Told = nobody,
) -> FloatArray:
    """What a patch plays by itself, from the beginning of its playheads and clip, with the hand up.

    Args:
        setup: The patch with its assets.
        codec: What decodes.
        seconds: How long, rounded up to a latent frame.
        gain: Linear gain before the limiter.
        seed: As for ``Engine``.
        automation: What changes meanwhile, each with the frame nearest to its time.
        told: Told how far it is.

    Returns:
        Audio ``[A, S]`` at the codec's rate, the limiter's delay taken out.

    Raises:
        ValueError: If the time is not above 0, or a change does not fit the codec.
        RuntimeError: If the codec or the mapping fails.
    """
    if not seconds > 0.0:
        raise ValueError(f"rendering takes a time above 0 seconds, got {seconds!r}")
    engine = Engine(codec, None, seed=seed)
    engine.update(setup.since(Setup()))
    engine.restart()
    engine.jump_gain(float(gain))
    frames = int(np.ceil(seconds * codec.info.frame_rate))
    places = np.zeros((_BLOCK, engine.mapping.control_dim), dtype=np.float32)
    parts, updates = [], automation.frames(codec.info.frame_rate)
    edges = {frames, *range(0, frames, _BLOCK), *(frame for frame, _ in updates if frame < frames)}
    for start, end in itertools.pairwise(sorted(edges)):
        while updates and updates[0][0] <= start:
            engine.update(updates.pop(0)[1])
        parts.append(engine.render(places[: end - start], 0.0, gain))
        if engine.error:
            raise RuntimeError(f"rendering failed at frame {start}: {engine.error}")
        told(end / frames)
    return np.concatenate([*parts, engine.flush()], axis=1)[:, engine.delay :]


def replay(take: Take, codec: Codec | None = None, *, block: int = _BLOCK, told: Told = nobody) -> FloatArray:
    """What a take recorded, from its gestures alone: the same samples as its sound file, to float precision.

    Args:
        take: The gestures and settings by frame.
        codec: The codec that it was played with; left out, it is built from the take's recipe.
        block: Most frames rendered at once; changes no sample.
        told: Told how far it is.

    Returns:
        Audio ``[A, T * ratio]`` as recorded, the limiter's delay included.

    Raises:
        ValueError: If the take is of another codec, or names none that can be built.
        CodecError: If its codec cannot be built here.
        RuntimeError: If the codec or a mapping fails.
    """
    if codec is None:
        if take.recipe is None:
            raise ValueError(f"this take does not say how its codec {take.codec!r} is built; hand in that codec")
        codec = load_codec(take.recipe)
    if take.codec != codec.info.name or take.ratio != codec.info.ratio:
        raise ValueError(
            f"this take was played with the codec {take.codec!r} (ratio {take.ratio}), not with {codec.info.name!r} "
            f"(ratio {codec.info.ratio})"
        )
    # What is made of sounds is another codec with every sound that is added; its latents say whether it can play this.
    # As long as the sounds of the take are on this machine, it is played with just those.
    if take.recipe is not None and codec.recipe is not None and take.recipe.digest != codec.recipe.digest:
        with contextlib.suppress(CodecError):
            codec = load_codec(take.recipe) if take.recipe.space == codec.recipe.space else codec
    if take.recipe is not None and codec.recipe is not None and take.recipe.space != codec.recipe.space:
        raise ValueError(
            f"this take was played with another version of the codec {take.codec!r} than this one; hand in that "
            "version, or leave the codec out to have it built from the take's recipe"
        )
    if not take.complete:
        raise ValueError(
            "this take outgrew its memory limit while it was recorded: its sound is whole, its gestures are not"
        )
    engine = Engine(codec, None, seed=take.seed)
    engine.update(take.settings)
    engine.restart()
    if take.strokes:
        engine.jump_gain(take.strokes[0].gain)
    heard = (edge for at, part in take.live for edge in (at, at + len(part.latents)))
    edges = sorted({0, len(take), *(s.frame for s in take.strokes), *(frame for frame, _ in take.updates), *heard})
    parts = [np.zeros((codec.info.channels, 0), dtype=np.float32)]
    updates, strokes = list(take.updates), list(take.strokes)
    gates, gain = dict.fromkeys((0, *take.fingers), 0.0), 1.0
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        while updates and updates[0][0] <= start:
            engine.update(updates.pop(0)[1])
        while strokes and strokes[0].frame <= start:
            stroke = strokes.pop(0)
            gates[stroke.hand], gain = stroke.gate, stroke.gain
            if stroke.panic:
                engine.panic()
            elif stroke.onset:
                engine.retrigger(stroke.hand)
        for at in range(start, end, block):
            part, dim = slice(at, min(end, at + block)), engine.mapping.control_dim
            fingers = {hand: HandBlock(places[part, :dim], gates[hand]) for hand, places in take.fingers.items()}
            live = live_part(take.live, part.start, part.stop)
            parts.append(engine.render(take.coordinates[part, :dim], gates[0], gain, fingers=fingers, live=live))
            if engine.error:
                raise RuntimeError(f"rendering failed at frame {at}: {engine.error}")
            told(part.stop / len(take))
    return np.concatenate(parts, axis=1)
