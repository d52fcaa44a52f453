"""``stream``: a small causal model for any sound: voices, chords, textures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.quality import baseline_distance
from terrain_widgets.codecs.stream.decoder import LEVEL_AT_ZERO_DB, LEVEL_DB
from terrain_widgets.codecs.stream.grid import NOISES, SAMPLE_RATE
from terrain_widgets.codecs.stream.model import StreamConfig, StreamModel
from terrain_widgets.codecs.trainer.augmentation import at_speed
from terrain_widgets.codecs.trainer.dataset import Dataset, TrainingSound
from terrain_widgets.codecs.trainer.losses.free_bits import divergence, drawn, limited, paid, told_by
from terrain_widgets.codecs.trainer.losses.mr_stft import MultiResolutionSTFT
from terrain_widgets.codecs.trainer.losses.note_levels import NoteLevels
from terrain_widgets.codecs.trainer.recipe import Batch, Example, Moment, Validation
from terrain_widgets.codecs.trainer.recipes.stream_start import begin_linear
from terrain_widgets.codecs.trainer.settings import Settings

FloatArray = NDArray[np.float32]

LATENTS = 32
RATIO = 1024
FRAMES = 48  # of an excerpt: 1.1 s
_SEMITONES = 4.0  # either way, at full strength
_QUIETEST_DB = -24.0  # to which excerpts are turned down, by chance
_SETTLING = 3  # first frames of an excerpt, which lack those before them
_JUDGED_SECONDS = 20.0  # of each sound that is held back
_RANDOM_FRAMES = 86
_PLACES = 5


@dataclass(frozen=True, eq=False)
class StreamMaterial:
    """Sounds to learn, those that are held back, cut to whole frames, and the error of their mean spectrum, dB."""

    learnt: tuple[FloatArray, ...]
    judged: tuple[TrainingSound, ...]
    baseline: float
    samples: int


class StreamRecipe:
    """See ``TrainingRecipe``."""

    name = "stream"
    family = "stream"
    about = "a small codec of your own for any sound: voices, chords, textures"
    sample_rate = SAMPLE_RATE
    presets: Mapping[str, Mapping[str, Any]] = {
        "every": {"lr": 1e-3, "batch": 8, "beta": 1e-4, "warm_up": 5.0, "patience": 8, "stop_after": 40},
        "quality": {"latents": 64, "capacity": 2.0},
    }

    def __init__(self) -> None:
        self._spectral = MultiResolutionSTFT((256, 512, 1024, 2048, 4096), complex_weight=0.0, pre_emphasis=0.0)
        self._notes = NoteLevels()

    def build(self, settings: Settings) -> nn.Module:
        """A model with weights by chance.

        Raises:
            ValueError: If it cannot be of that size.
        """
        return StreamModel(StreamConfig.of(settings.latents or LATENTS, settings.capacity, settings.ratio or RATIO))

    def prepare(self, model: nn.Module, dataset: Dataset, settings: Settings) -> StreamMaterial:
        """The sounds, padded to an excerpt's length where they are shorter."""
        ratio = cast(StreamModel, model).config.ratio
        frames = round(settings.seconds * SAMPLE_RATE / ratio) if settings.seconds else FRAMES
        samples = max(8, frames) * ratio
        learnt = [np.pad(sound.audio, (0, max(0, samples - len(sound.audio)))) for sound in dataset.train]
        judged = []
        for sound in dataset.validation:
            cut = sound.audio[: round(_JUDGED_SECONDS * SAMPLE_RATE)]
            judged.append(TrainingSound(sound.name, np.pad(cut, (0, -len(cut) % ratio))))
        baseline = float(np.mean([baseline_distance(sound.audio) for sound in judged]))
        return StreamMaterial(tuple(learnt), tuple(judged), baseline, samples)

    def begin(self, model: nn.Module, dataset: Dataset) -> None:
        """It begins with the principal components of the sounds, see ``stream_start``."""
        begin_linear(cast(StreamModel, model), dataset.train)

    def steps_per_epoch(self, material: StreamMaterial, settings: Settings) -> int:
        """Batches that hold as much sound as there is."""
        return max(1, -(-sum(map(len, material.learnt)) // (settings.batch * material.samples)))

    def batch(self, material: StreamMaterial, settings: Settings, number: int, random: np.random.Generator) -> Batch:
        """Excerpts ``audio [B, S]`` from anywhere, at any level."""
        lengths = np.array([len(sound) for sound in material.learnt], np.float64)
        rows = []
        for _ in range(settings.batch):
            sound = material.learnt[int(random.choice(len(lengths), p=lengths / lengths.sum()))]
            speed = 2 ** (_SEMITONES * settings.augmentation * random.uniform(-1, 1) / 12)
            taken = min(len(sound), int(np.ceil(material.samples * speed)) + 1)
            start = int(random.integers(0, len(sound) - taken + 1))
            cut = sound[start : start + taken]
            cut = cut if settings.augmentation == 0.0 else at_speed(cut, speed)
            cut = np.pad(cut, (0, max(0, material.samples - len(cut))))[: material.samples]
            rows.append(cut * np.float32(10 ** (random.uniform(_QUIETEST_DB, 0.0) / 20)))
        return {"audio": torch.from_numpy(np.stack(rows))}

    def losses(self, model: nn.Module, batch: Batch, moment: Moment) -> dict[str, Tensor]:
        """The spectrum's and the notes', where they are due, else that of the levels alone; and the divergence's."""
        audio, own = batch["audio"], cast(StreamModel, model)
        level, mean, log_variance = own.encode(audio)
        mean, log_variance = limited(mean, log_variance)
        hops = int(torch.randint(0, 8 * NOISES, ()))  # never the same phases and noise twice
        latents = torch.cat([level, drawn(mean, log_variance)], 1)
        output, _ = own.decoder(latents, own.decoder.fresh(len(audio), hops))
        first = _SETTLING * own.config.ratio
        given, wanted = output[:, first:], audio[:, first:]
        terms = {}
        if moment.spectral:
            terms["spectrum"] = self._spectral.to(audio.device)(given, wanted)
            terms["notes"] = self._notes.to(audio.device)(given, wanted)
        else:
            powers = [part.unflatten(1, (-1, own.config.ratio)).square().mean(2) + 1e-8 for part in (given, wanted)]
            terms["level"] = 0.1 * (powers[0].log() - powers[1].log()).abs().mean()
        terms["kl"] = moment.beta * paid(divergence(mean, log_variance))
        return terms

    def validate(self, model: nn.Module, material: StreamMaterial) -> Validation:
        """Encode and decode what is held back, as the finished codec will."""
        own, errors, found = cast(StreamModel, model), [], []
        for sound in material.judged:
            copy, mean, log_variance = _copy(own, sound.audio)
            errors.append(log_mel_distance(sound.audio, copy))
            found.append((mean, log_variance))
        figures = {"mean spectrum": material.baseline}
        mean, log_variance = (torch.cat(parts, 2) for parts in zip(*found, strict=True))
        return Validation(float(np.mean(errors)), figures, told_by(mean, log_variance))

    def examples(self, model: nn.Module, material: StreamMaterial, random: np.random.Generator) -> list[Example]:
        """Two sounds that were held back, and a way through random latents."""
        own = cast(StreamModel, model)
        found = []
        for sound in material.judged[:2]:
            cut = sound.audio[: 4 * SAMPLE_RATE // own.config.ratio * own.config.ratio]
            found.append(Example(sound.name, _copy(own, cut)[0], cut, SAMPLE_RATE))
        places = random.normal(0.0, 1.0, (_PLACES, own.config.latents))
        places[:, 0] = (-20.0 - LEVEL_AT_ZERO_DB) / LEVEL_DB
        at = np.linspace(0, _PLACES - 1, _RANDOM_FRAMES)
        way = np.stack([np.interp(at, np.arange(_PLACES), column) for column in places.T]).astype(np.float32)
        device = next(own.parameters()).device
        audio, _ = own.decoder(torch.from_numpy(way)[None].to(device), own.decoder.fresh(1))
        return [*found, Example("random latents", audio[0].cpu().numpy(), None, SAMPLE_RATE)]

    def finished(self, model: nn.Module) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """All weights as float16."""
        return cast(StreamModel, model).config.to_json(), {k: v.half() for k, v in model.state_dict().items()}


def _copy(model: StreamModel, audio: FloatArray) -> tuple[FloatArray, Tensor, Tensor]:
    """A sound encoded and decoded, and the means and log variances of its latents ``[1, D - 1, T]``."""
    heard = torch.from_numpy(audio)[None].to(next(model.parameters()).device)
    level, mean, log_variance = model.encode(heard)
    mean, log_variance = limited(mean, log_variance)
    copy, _ = model.decoder(torch.cat([level, mean], 1), model.decoder.fresh(1))
    return np.asarray(copy[0].cpu().numpy(), np.float32), mean.cpu(), log_variance.cpu()


RECIPE = StreamRecipe()
