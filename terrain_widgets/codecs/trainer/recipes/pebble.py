"""``pebble``, tuned: the bundled codec learns one to ten minutes of a user's sounds, and plays wherever pebble does.

What is learnt are the timbre encoder and the decoder. Pitch and loudness stay measured, so the first two latents mean
what they meant; the timbre latents begin with their old meaning, as the statistics that normalise them are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from terrain_widgets.codecs.pebble.codec import bundled_weights
from terrain_widgets.codecs.pebble.decoder import LATENT_DIM, TIMBRE_DIM
from terrain_widgets.codecs.pebble.model import CROP, LATENT_NOISE, Pebble, reconstruct
from terrain_widgets.codecs.pebble.synth import RATIO, SAMPLE_RATE
from terrain_widgets.codecs.trainer.dataset import Dataset
from terrain_widgets.codecs.trainer.losses.log_spectra import SpectralLoss
from terrain_widgets.codecs.trainer.recipe import Batch, Example, Moment, Validation
from terrain_widgets.codecs.trainer.recipes.pebble_material import PebbleMaterial, excerpt, judged, pitched
from terrain_widgets.codecs.trainer.settings import Settings
from terrain_widgets.io.reading import tensors_of

RANDOM_FRAMES = 86  # 2 s
RANDOM_PLACES = 5
_BLOCK = 64  # frames decoded at once: bounds memory, changes no sample


class PebbleRecipe:
    """See ``TrainingRecipe``."""

    name = "pebble"
    family = "pebble"
    about = "the bundled codec, tuned to one instrument, voice or kit; plays in the page"
    sample_rate = SAMPLE_RATE
    presets: Mapping[str, Mapping[str, Any]] = {"every": {"lr": 5e-4}}

    def __init__(self) -> None:
        self._spectral = SpectralLoss()

    def build(self, settings: Settings) -> nn.Module:
        """The bundled codec.

        Raises:
            ValueError: If another size is asked for, or another device.
        """
        if settings.device != "cpu":
            raise ValueError(f"pebble is tuned on the processor, not on {settings.device!r}; leave device out")
        if settings.capacity != 1.0 or settings.latents not in (0, LATENT_DIM) or settings.ratio not in (0, RATIO):
            raise ValueError(
                f"pebble is tuned as it is, with {LATENT_DIM} latents and capacity 1; for another size take the recipe "
                "stream"
            )
        model = Pebble()
        arrays, _ = tensors_of(bundled_weights())
        model.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in arrays.items()})
        model.encoder.pitch.requires_grad_(False)
        return model

    def prepare(self, model: nn.Module, dataset: Dataset, settings: Settings) -> PebbleMaterial:
        """The pitch of all sounds."""
        encoder = cast(Pebble, model).encoder
        return PebbleMaterial(
            tuple(pitched(sound, encoder) for sound in dataset.train), judged(dataset.validation, encoder)
        )

    def begin(self, model: nn.Module, dataset: Dataset) -> None:
        """It begins as the bundled codec."""

    def steps_per_epoch(self, material: PebbleMaterial, settings: Settings) -> int:
        """Batches that hold as many frames as there are."""
        return -(-material.frames // (settings.batch * _frames(settings)))

    def batch(self, material: PebbleMaterial, settings: Settings, number: int, random: np.random.Generator) -> Batch:
        """Independent excerpts: ``audio`` ``[B, S]`` and ``pitch`` ``[B, T]``."""
        frames = _frames(settings)
        rows = [excerpt(material.learnt, frames, settings.augmentation, random) for _ in range(settings.batch)]
        return {"audio": torch.stack([row[0] for row in rows]), "pitch": torch.stack([row[1] for row in rows])}

    def losses(self, model: nn.Module, batch: Batch, moment: Moment) -> dict[str, Tensor]:
        """Spectral ones; between those that are due, the mel bands alone, at one resolution."""
        pebble = cast(Pebble, model)
        pebble.encoder.timbre.norm.eval()  # the latents keep their scale, so that they go on meaning what they meant
        output, timbre = reconstruct(pebble, batch["audio"], batch["pitch"], LATENT_NOISE)
        given, wanted = output[:, RATIO:], batch["audio"][:, RATIO:]  # the first frame has none before it
        terms = self._spectral.terms(given, wanted) if moment.spectral else self._spectral.bands(given, wanted)
        if moment.beta > 0:
            mean, variance = timbre.mean((0, 2)), timbre.var((0, 2)).clamp(min=1e-6)
            terms["kl"] = moment.beta * 0.5 * (mean.square() + variance - variance.log() - 1).sum()
        return terms

    def validate(self, model: nn.Module, material: PebbleMaterial) -> Validation:
        """Encode and decode what is held back, as the finished codec will."""
        errors = [sound.error(copy) for sound, copy in zip(material.judged, _copies(model, material), strict=True)]
        return Validation(float(np.mean(errors)), {"worst": float(np.max(errors))})

    def examples(self, model: nn.Module, material: PebbleMaterial, random: np.random.Generator) -> list[Example]:
        """Two sounds that were held back, and a way through random latents."""
        few = PebbleMaterial((), material.judged[:2])
        copies = _copies(model, few)
        found = [Example(s.name, copy, s.audio, SAMPLE_RATE) for s, copy in zip(few.judged, copies, strict=True)]
        places = random.normal(0, 1, (RANDOM_PLACES, LATENT_DIM))
        heard = torch.cat([sound.pitch for sound in material.judged]).numpy()
        places[:, 0] = random.choice(heard, RANDOM_PLACES)
        places[:, 1] = random.uniform(0.5, 1.5, RANDOM_PLACES)
        at = np.linspace(0, RANDOM_PLACES - 1, RANDOM_FRAMES)
        way = np.stack([np.interp(at, np.arange(RANDOM_PLACES), column) for column in places.T])
        latents = torch.from_numpy(way.astype(np.float32))
        return [*found, Example("random latents", _decoded(cast(Pebble, model), latents), None, SAMPLE_RATE)]

    def finished(self, model: nn.Module) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """All weights as float16, as the bundled ones are."""
        state = model.state_dict()
        return {}, {k: value.half() if value.is_floating_point() else value for k, value in state.items()}


def _frames(settings: Settings) -> int:
    """Length of an excerpt in latent frames."""
    return max(CROP // 2, round(settings.seconds * SAMPLE_RATE / RATIO)) if settings.seconds else CROP


def _copies(model: nn.Module, material: PebbleMaterial) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    pebble = cast(Pebble, model)
    copies = []
    for sound in material.judged:
        audio = torch.from_numpy(np.pad(sound.audio, (0, len(sound.pitch) * RATIO - len(sound.audio))))
        timbre = pebble.encoder.timbre(audio[None], sound.pitch[None])[0]
        assert len(timbre) == TIMBRE_DIM
        copies.append(
            _decoded(pebble, torch.cat([sound.pitch[None], sound.loudness[None], timbre]))[: len(sound.audio)]
        )
    return copies


def _decoded(model: Pebble, latents: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Latents ``[D, T]`` to audio ``[T * RATIO]``."""
    state, parts = model.decoder.fresh_state(1), []
    for part in latents[None].split(_BLOCK, dim=2):
        audio, state = model.decoder(part, state)
        parts.append(audio[0])
    return np.asarray(torch.cat(parts).numpy(), np.float32)


RECIPE = PebbleRecipe()
