"""Train ``pebble``: pitch network first, then timbre encoder and decoder together.

Run ``python -m terrain_widgets.codecs.bundled.train_pebble --data build/pebble/data --out build/pebble/run``.
Stopped or killed, and started again with the same ``--out``, it goes on where it was at most ``--save-seconds`` before.
One thread is enough; a GPU is not used.

The decoder always gets the pitch from outside (MIDI for rendered phrases, the tracker for percussion): a pitch that
must be inferred through a spectral loss is not found (measured: right in one frame of ten).
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from terrain_widgets.codecs.bundled.rendered_sounds import RenderedSounds, percussion_pitch
from terrain_widgets.codecs.bundled.train_pitch import train_pitch
from terrain_widgets.codecs.pebble.codec import save_weights
from terrain_widgets.codecs.pebble.decoder import pitch_to_latent
from terrain_widgets.codecs.pebble.lost_pitch import any_pitch
from terrain_widgets.codecs.pebble.model import CROP, LATENT_NOISE, Pebble, reconstruct
from terrain_widgets.codecs.pebble.synth import RATIO
from terrain_widgets.codecs.trainer.losses.log_spectra import SpectralLoss

BATCH = 16
PERCUSSION_SHARE = 0.3
LEARNING_RATE = 2e-3
LAST_LEARNING_RATE = 5e-5
EMA = 0.998


class Crops:
    """Random training crops: audio ``[BATCH, CROP * RATIO]`` and latent 0 ``[BATCH, CROP]``."""

    def __init__(self, sounds: RenderedSounds, seed: int) -> None:
        self.sounds = sounds
        self.random = np.random.default_rng(seed)
        self.segments = {kind: sounds.of_kind(kind) for kind in ("pitched", "percussion")}
        # Every program weighs the same; percussion by the root of its length, so that single hits are heard often.
        lengths = np.sqrt([segment.frames for segment in self.segments["percussion"]])
        self.weights = lengths / lengths.sum()

    def one(self) -> tuple[Tensor, Tensor]:
        """One crop, not silent, at a random level."""
        while True:
            percussion = self.random.random() < PERCUSSION_SHARE
            segments = self.segments["percussion" if percussion else "pitched"]
            index = self.random.choice(len(segments), p=self.weights if percussion else None)
            segment = segments[index]
            first = int(self.random.integers(-6, max(segment.frames - 10, -5)))
            low, high = max(first, 0), min(first + CROP, segment.frames)
            audio = self.sounds.sound(segment.start + low, high - low)
            curve = self.sounds.pitch[segment.start + low : segment.start + high]
            pitch = torch.from_numpy(any_pitch(curve, self.random))
            before, after = low - first, first + CROP - high
            if float(audio.abs().max()) < 0.01:
                continue
            audio = torch.nn.functional.pad(audio, (before * RATIO, after * RATIO))
            pitch = torch.cat([pitch[:1].expand(before), pitch, pitch[-1:].expand(after)])
            return audio * 10 ** (self.random.uniform(-20, -1) / 20), pitch_to_latent(pitch)

    def batch(self) -> tuple[Tensor, Tensor]:
        """A batch of independent crops."""
        rows = [self.one() for _ in range(BATCH)]
        return torch.stack([row[0] for row in rows]), torch.stack([row[1] for row in rows])


def learned_pitch(model: Pebble, sounds: RenderedSounds, out: Path, steps: int, examples: int, seed: int) -> None:
    """Train the pitch network and track percussion with it, or take from ``out`` what an earlier run has done of it."""
    pitch_file, track_file = out / "pitch.pt", out / "track.npy"
    if pitch_file.exists():
        model.encoder.pitch.load_state_dict(torch.load(pitch_file, weights_only=True))
    else:
        curve = train_pitch(model.encoder, sounds, examples=examples, steps=steps, seed=seed)
        (out / "pitch_curve.json").write_text(json.dumps(curve))
        torch.save(model.encoder.pitch.state_dict(), pitch_file.with_suffix(".new"))
        pitch_file.with_suffix(".new").replace(pitch_file)  # whole or not at all
    if track_file.exists():
        sounds.pitch = np.load(track_file)
    else:
        print("tracking the pitch of percussion", flush=True)
        percussion_pitch(sounds, model.encoder)
        np.save(out / "track.new.npy", sounds.pitch)
        (out / "track.new.npy").replace(track_file)
    model.encoder.pitch.requires_grad_(False)


def train(
    data: Path, out: Path, minutes: float, seed: int, pitch_steps: int, pitch_examples: int, save_seconds: float
) -> None:
    """Train until ``minutes`` of training time (over all runs) have passed.

    Args:
        data: What ``render.py`` wrote.
        out: Checkpoints, curve and the exported ``pebble.safetensors``.
        minutes: Training time of encoder and decoder; the learning rate falls to its end over this time.
        seed: Of initial weights and crops.
        pitch_steps: Optimiser steps of the pitch network.
        pitch_examples: Frames that the pitch network learns from.
        save_seconds: Time between two checkpoints.
    """
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise ImportError(
            'training shows progress with tqdm, not installed; pip install "terrain_widgets[train]"'
        ) from error
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    model = Pebble()
    sounds = RenderedSounds(data / "train")
    learned_pitch(model, sounds, out, pitch_steps, pitch_examples, seed)
    checkpoint = out / "checkpoint.pt"
    parameters = [*model.encoder.timbre.parameters(), *model.decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, betas=(0.9, 0.99))
    average = copy.deepcopy(model)
    state: dict[str, Any] = {"step": 0, "seconds": 0.0, "curve": []}
    if checkpoint.exists():
        stored = torch.load(checkpoint, weights_only=True)
        learned = copy.deepcopy(model.encoder.pitch.state_dict())  # has a file of its own
        for part, name in ((model, "model"), (average, "average")):
            part.load_state_dict(stored[name])
            part.encoder.pitch.load_state_dict(learned)
        optimizer.load_state_dict(stored["optimizer"])
        state = stored["state"]
    crops = Crops(sounds, seed + 7919 * (1 + state["step"]))
    spectral = SpectralLoss()
    total = minutes * 60
    look = "{percentage:3.0f} %|{bar:20}| {n:.0f} of {total:.0f} s, {remaining} left{postfix}"
    bar = tqdm(total=total, initial=state["seconds"], mininterval=5, bar_format=look)
    recent: list[float] = []
    saved = time.monotonic()

    def save() -> None:
        temporary = checkpoint.with_suffix(".new")
        stored = {"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**stored, "state": state}, temporary)
        temporary.replace(checkpoint)
        (out / "curve.json").write_text(json.dumps(state["curve"]))
        save_weights(out / "pebble.safetensors", average.encoder, average.decoder, {"steps": str(state["step"])})

    model.train()
    while state["seconds"] < total:
        began = time.monotonic()
        done = state["seconds"] / total
        rate = LAST_LEARNING_RATE + (LEARNING_RATE - LAST_LEARNING_RATE) * 0.5 * (1 + math.cos(math.pi * done))
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (state["step"] + 1) / 50)
        audio, pitch = crops.batch()
        output, _ = reconstruct(model, audio, pitch, LATENT_NOISE)
        loss = spectral(output[:, RATIO:], audio[:, RATIO:])
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        if torch.isfinite(norm):  # a broken batch must not break the weights
            optimizer.step()
        state["step"] += 1
        with torch.no_grad():
            decay = min(EMA, state["step"] / (state["step"] + 10))
            for old, new in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
                if old.dtype.is_floating_point:
                    old.lerp_(new, 1 - decay)
                else:
                    old.copy_(new)
        recent.append(loss.item())
        if len(recent) == 100:
            state["curve"].append([state["step"], round(float(np.mean(recent)), 4)])
            bar.set_postfix(step=state["step"], loss=f"{np.mean(recent):.3f}", refresh=False)
            recent.clear()
        if time.monotonic() - saved > save_seconds:
            save()
            saved = time.monotonic()
        spent = time.monotonic() - began
        state["seconds"] += spent
        bar.update(min(spent, total - bar.n))
    save()
    bar.close()
    print(f"{state['step']} steps, last losses {state['curve'][-3:]}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("build/pebble/data"))
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    parser.add_argument("--minutes", type=float, default=45.0, help="training time of encoder and decoder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--pitch-steps", type=int, default=1500)
    parser.add_argument("--pitch-examples", type=int, default=18000)
    parser.add_argument("--save-seconds", type=float, default=60.0, help="time between two checkpoints")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    train(
        arguments.data,
        arguments.out,
        arguments.minutes,
        arguments.seed,
        arguments.pitch_steps,
        arguments.pitch_examples,
        arguments.save_seconds,
    )


if __name__ == "__main__":
    main()
