"""``one-shot``: a vector is a whole sound, for drums and other hits of up to two seconds.

A convolutional variational autoencoder with what keeps its latents alive: heads of their own for means and variances,
a floor for the latter, free bits, and a divergence that is weighted in slowly (see ``free_bits``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.one_shot.model import PEAK, SAMPLE_RATE, OneShotConfig, OneShotModel
from terrain_widgets.codecs.one_shot.pieces import hits
from terrain_widgets.codecs.one_shot.struck import RATIO
from terrain_widgets.codecs.trainer.augmentation import varied
from terrain_widgets.codecs.trainer.dataset import Dataset, TrainingSound
from terrain_widgets.codecs.trainer.losses.envelopes import envelope_correlation, envelope_loss
from terrain_widgets.codecs.trainer.losses.free_bits import divergence, drawn, limited, paid, told_by
from terrain_widgets.codecs.trainer.losses.mr_stft import MultiResolutionSTFT
from terrain_widgets.codecs.trainer.recipe import Batch, Example, Moment, Validation
from terrain_widgets.codecs.trainer.repairs import at_peak, upright
from terrain_widgets.codecs.trainer.settings import Settings

FloatArray = NDArray[np.float32]

SECONDS = 0.5
LATENTS = 16
_WAVE_WEIGHT, _ENVELOPE_WEIGHT = 1.0, 4.0
_LONGER = 1.3  # of the sounds that are kept, so that faster ones are whole
_FADE = 220  # samples over which what is cut off dies away
_LAYERED = 0.3  # share of the sounds that are mixed with another, at full strength
_LATER = 0.1  # seconds by which the other may come later
_TRIED = 3  # sounds to hear
_ENOUGH = 32  # learnt sounds that, with those held back, show what the latents tell


@dataclass(frozen=True, eq=False)
class OneShotMaterial:
    """Hits ``[S']``, a third longer than they are learned where there is as much; those held back are ``[S]``."""

    learnt: tuple[FloatArray, ...]
    judged: tuple[TrainingSound, ...]
    samples: int


class OneShotRecipe:
    """See ``TrainingRecipe``."""

    name = "one-shot"
    family = "one-shot"
    about = "a place is a whole sound of up to 2 s: drums and hits, struck as you come to them"
    sample_rate = SAMPLE_RATE
    presets: Mapping[str, Mapping[str, Any]] = {
        "every": {
            "lr": 2e-3,
            "batch": 8,
            "ema": 0.995,
            "weight_decay": 1e-3,
            "beta": 2e-3,
            "warm_up": 30.0,
            "augmentation": 0.5,
            "seconds": SECONDS,
            "latents": LATENTS,
            "patience": 4,
            "stop_after": 40,
        },
    }

    def __init__(self) -> None:
        self._spectral = MultiResolutionSTFT(at_once=2)

    def build(self, settings: Settings) -> nn.Module:
        """A model with weights by chance.

        Raises:
            ValueError: If it cannot be of that size.
        """
        if settings.ratio not in (0, RATIO):
            raise ValueError(f"a one-shot codec strikes every {RATIO} samples, so its ratio is that, or 0")
        latents, seconds = settings.latents or LATENTS, settings.seconds or SECONDS
        return OneShotModel(OneShotConfig.of(seconds, latents, settings.capacity))

    def prepare(self, model: nn.Module, dataset: Dataset, settings: Settings) -> OneShotMaterial:
        """The hits of all sounds; a sound of more than twice a hit's length is taken apart."""
        samples = cast(OneShotModel, model).config.samples
        learnt = [hit for sound in dataset.train for hit in whole_hits(sound.audio, samples, _LONGER)]
        judged = [
            TrainingSound(sound.name, fitted(hit, samples))
            for sound in dataset.validation
            for hit in whole_hits(sound.audio, samples, 1.0)
        ]
        return OneShotMaterial(tuple(learnt), tuple(judged), samples)

    def begin(self, model: nn.Module, dataset: Dataset) -> None:
        """It begins with weights by chance."""

    def steps_per_epoch(self, material: OneShotMaterial, settings: Settings) -> int:
        """Batches in which every hit is heard once."""
        return max(1, -(-len(material.learnt) // settings.batch))

    def batch(self, material: OneShotMaterial, settings: Settings, number: int, random: np.random.Generator) -> Batch:
        """Hits ``audio [B, S]``, varied; every epoch in another order."""
        epoch, at = divmod(number, self.steps_per_epoch(material, settings))
        order = np.random.default_rng([settings.seed, epoch]).permutation(len(material.learnt))
        chosen = [int(order[(at * settings.batch + k) % len(order)]) for k in range(settings.batch)]
        rows = [self._one(material, index, settings.augmentation, random) for index in chosen]
        return {"audio": torch.from_numpy(np.stack(rows))}

    def _one(self, material: OneShotMaterial, index: int, strength: float, random: np.random.Generator) -> FloatArray:
        hit = fitted(varied(material.learnt[index], SAMPLE_RATE, strength, random), material.samples)
        other, layered, share = random.integers(len(material.learnt)), random.random(), random.uniform(0.1, 0.6)
        if layered < _LAYERED * strength:
            more = fitted(varied(material.learnt[other], SAMPLE_RATE, strength, random), material.samples)
            later = int(max(0.0, random.uniform(-1, 1)) * _LATER * SAMPLE_RATE)  # half of them at once
            hit = np.asarray(hit + share * np.pad(more, (later, 0))[: len(hit)], np.float32)
        return PEAK * at_peak(hit, 0.0)

    def losses(self, model: nn.Module, batch: Batch, moment: Moment) -> dict[str, Tensor]:
        """The waveform's, the spectrum's where it is due, and the divergence's."""
        audio, own = batch["audio"], cast(OneShotModel, model)
        mean, log_variance = limited(*own.encoder(audio))
        own.notice(mean)
        output = own.decoder(drawn(mean, log_variance))
        terms = {"waveform": _WAVE_WEIGHT * (output - audio).square().mean()}
        if moment.spectral:
            terms["spectrum"] = self._spectral.to(audio.device)(output, audio)
        terms["envelope"] = _ENVELOPE_WEIGHT * envelope_loss(output, audio)
        terms["kl"] = moment.beta * paid(divergence(mean, log_variance))
        return terms

    def validate(self, model: nn.Module, material: OneShotMaterial) -> Validation:
        """The hits that were held back, by their means."""
        own = cast(OneShotModel, model)
        device = next(own.parameters()).device
        audio = torch.from_numpy(np.stack([sound.audio for sound in material.judged]))
        known = np.stack([fitted(hit, material.samples) for hit in material.learnt[:_ENOUGH]])
        mean, log_variance = limited(*own.encoder(torch.cat([audio, torch.from_numpy(known)]).to(device)))
        copies = own.decoder(mean[: len(audio)]).cpu().numpy()
        pairs = [(sound.audio, copy) for sound, copy in zip(material.judged, copies, strict=True)]
        return Validation(
            float(np.mean([log_mel_distance(*pair) for pair in pairs])),
            {"envelope": float(np.mean([envelope_correlation(*pair, SAMPLE_RATE) for pair in pairs]))},
            told_by(mean, log_variance),
        )

    def examples(self, model: nn.Module, material: OneShotMaterial, random: np.random.Generator) -> list[Example]:
        """Some hits that were held back, and some random ones in a row."""
        own, heard = cast(OneShotModel, model), material.judged[:_TRIED]
        device = next(own.parameters()).device
        audio = torch.from_numpy(np.stack([sound.audio for sound in heard])).to(device)
        copies = own.decoder(limited(*own.encoder(audio))[0]).cpu().numpy()
        vectors = torch.from_numpy(random.normal(0.0, 1.0, (4, own.config.latents)).astype(np.float32)).to(device)
        row = own.decoder(own.gathered(vectors)).cpu().numpy().ravel()
        return [
            *(Example(s.name, copy, s.audio, SAMPLE_RATE) for s, copy in zip(heard, copies, strict=True)),
            Example("random latents", row, None, SAMPLE_RATE),
        ]

    def finished(self, model: nn.Module) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """All weights as float16."""
        return cast(OneShotModel, model).config.to_json(), {k: v.half() for k, v in model.state_dict().items()}


def fitted(audio: FloatArray, samples: int) -> FloatArray:
    """A hit cut or filled up to ``[samples]``, the right way up, at the peak that models learn."""
    cut = upright(audio[:samples]).copy()
    if len(audio) > samples:
        cut[-_FADE:] *= np.linspace(1.0, 0.0, min(_FADE, len(cut)), dtype=np.float32)
    return PEAK * at_peak(np.pad(cut, (0, samples - len(cut))), 0.0)


def whole_hits(audio: FloatArray, samples: int, longer: float) -> list[FloatArray]:
    """A sound as one hit, or a longer one taken apart, each up to ``longer`` times ``samples`` long."""
    most = round(longer * samples)
    if len(audio) <= 2 * samples:
        return [audio[:most]]
    return [sound for _, sound, peak in hits(audio, SAMPLE_RATE, RATIO, most) if peak > 0.0]


RECIPE = OneShotRecipe()
