"""Train the pitch network: frames whose pitch the MIDI tells, and noise, of which it must be unsure."""

from __future__ import annotations

import time

import numpy as np
import torch

from terrain_widgets.codecs.bundled.rendered_sounds import RenderedSounds
from terrain_widgets.codecs.pebble.encoder import PebbleEncoder, loudness_latents
from terrain_widgets.codecs.pebble.pitch import candidate_pitches

BLUR_SEMITONES = 0.25  # width of the target around the true pitch


def train_pitch(encoder: PebbleEncoder, sounds: RenderedSounds, *, examples: int, steps: int, seed: int) -> list[float]:
    """Train ``encoder.pitch`` in place.

    Args:
        encoder: Its pitch network is trained, nothing else.
        sounds: Training data.
        examples: Number of frames to learn from.
        steps: Optimiser steps of 256 frames.
        seed: Same seed, same result on one machine.

    Returns:
        Mean loss (nats) of every 100 steps.
    """
    with torch.no_grad():
        features, truth = sounds.pitch_examples(encoder, examples, seed)
        noise = sounds.noise_examples(encoder, examples // 6, seed)
    # No pitch is known for noise: a NaN, which becomes the even target below.
    features = torch.cat([features, noise])
    truth = torch.cat([truth, torch.full((len(noise),), torch.nan)])
    print(f"pitch: {len(truth)} frames", flush=True)
    pitches = torch.from_numpy(candidate_pitches()).float()
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(encoder.pitch.parameters(), lr=3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    curve: list[float] = []
    recent: list[float] = []
    began = time.monotonic()
    for step in range(steps):
        pick = torch.randint(len(truth), (256,), generator=generator)
        target = torch.softmax(-0.5 * ((pitches - truth[pick, None]) / BLUR_SEMITONES) ** 2, dim=1)
        target = target.nan_to_num(1.0 / len(pitches))
        scores = encoder.pitch(features[pick].float())
        loss = torch.nn.functional.cross_entropy(scores, target)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.pitch.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        recent.append(loss.item())
        if len(recent) == 100:
            curve.append(float(np.mean(recent)))
            left = (time.monotonic() - began) / (step + 1) * (steps - step - 1)
            print(f"pitch step {step + 1}/{steps} loss {curve[-1]:.3f}, {left:.0f} s left", flush=True)
            recent.clear()
    return curve


def pitch_accuracy(encoder: PebbleEncoder, sounds: RenderedSounds, cents: float = 50.0) -> dict[str, float]:
    """Share of audible frames whose tracked pitch is within ``cents`` of the truth, per pitched segment."""
    result: dict[str, float] = {}
    with torch.no_grad():
        for segment in sounds.of_kind("pitched"):
            audio = sounds.sound(segment.start, segment.frames)
            truth = sounds.pitch[segment.start : segment.start + segment.frames]
            loudness = loudness_latents(audio)
            found = 60 + 12 * encoder.pitch_latents(audio, loudness).numpy()
            audible = (loudness > -1.0).numpy() & np.isfinite(truth)
            if audible.any():
                result[segment.name] = float((np.abs(found - truth)[audible] * 100 <= cents).mean())
    return result
