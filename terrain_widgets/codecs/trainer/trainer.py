"""The training loop, the same for every recipe, to be read from top to bottom."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from terrain_widgets.codecs.own.card import Card
from terrain_widgets.codecs.own.file import write_own
from terrain_widgets.codecs.trainer.average import RunningAverage
from terrain_widgets.codecs.trainer.checkpoint import (
    CheckpointRefused,
    TrainingCheckpoint,
    read_checkpoint,
    write_checkpoint,
)
from terrain_widgets.codecs.trainer.dataset import Dataset
from terrain_widgets.codecs.trainer.events import Event, Examples, Finished, Progress, Started, Validated
from terrain_widgets.codecs.trainer.latent_use import latent_use
from terrain_widgets.codecs.trainer.plateau import Plateau
from terrain_widgets.codecs.trainer.recipe import Moment, TrainingRecipe
from terrain_widgets.codecs.trainer.settings import Settings
from terrain_widgets.core.training.moments import Moments
from terrain_widgets.io.reading import reading

Wish = Literal["go", "pause", "stop"]
BETAS = (0.9, 0.99)
RISE_STEPS = 50  # over which the learning rate rises at the beginning
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Rhythm:
    """How often a training tells and is kept, in seconds of the clock; nothing that is learnt depends on it.

    Args:
        report: From one ``Progress`` to the next.
        examples: Likewise, of ``Examples``.
        save: From one checkpoint to the next: so much is lost at most.
    """

    report: float = 0.5
    examples: float = 20.0
    save: float = 20.0


class Trainer:
    """Trains one codec.

    What is random in a batch follows from the seed and the batch's number alone. So a checkpoint needs to hold no
    state of a generator and no order of the sounds, and a training that was killed goes on as if it had not been.

    Args:
        recipe: What is trained.
        dataset: On which sounds.
        settings: How.
        out: Where the codec goes.
        checkpoint: Where the training is kept, to go on.
        told: Called with each event.
        wish: Asked between two batches whether to go on, wait or end.
        resume: Whether to go on from the checkpoint; otherwise it is deleted.
        licence: Of the codec, as its card will say it.
        rhythm: How often it tells and is kept.

    Raises:
        CheckpointRefused: If there is a checkpoint, but of another training.
    """

    def __init__(
        self,
        recipe: TrainingRecipe,
        dataset: Dataset,
        settings: Settings,
        out: Path,
        checkpoint: Path,
        *,
        told: Callable[[Event], None] = lambda event: None,
        wish: Callable[[], Wish] = lambda: "go",
        licence: str = "unknown",
        resume: bool = True,
        rhythm: Rhythm = Rhythm(),
    ) -> None:
        self._rhythm = rhythm
        self._recipe, self._dataset, self._settings = recipe, dataset, settings
        self._out, self._checkpoint, self._licence = out, checkpoint, licence
        self._told, self._wish = told, wish
        self._clock = time.process_time if settings.processor_time else time.monotonic
        self._digest = _digest_of(dataset)
        self._device = torch.device(settings.device)
        with _seeded(settings.seed, 0):
            self._model = recipe.build(settings).to(self._device)
        self._average = RunningAverage(self._model, settings.ema)
        self._learnt = [value for value in self._model.parameters() if value.requires_grad]
        self._moments = Moments(self._learnt, BETAS)
        self._plateau = Plateau(settings.patience, settings.factor, settings.stop_after)
        self._best: dict[str, Tensor] = {}
        self._new_best = self._improved = False
        self._step, self._seconds, self._counted, self._validated = 0, 0.0, 0.0, -1
        self._curve: list[list[float]] = []
        self._figures: dict[str, float] = {}
        if not resume:
            checkpoint.unlink(missing_ok=True)
        if checkpoint.exists():
            kept = read_checkpoint(checkpoint)
            with reading(CheckpointRefused, f"{checkpoint} is damaged; begin anew with resume=False (--anew)"):
                self._go_on_from(kept)

    def run(self) -> Finished:
        """Train to the end, and write the codec: the best by validation."""
        settings, recipe = self._settings, self._recipe
        threads = torch.get_num_threads()
        torch.set_num_threads(settings.threads)
        self._counted = self._clock()
        try:
            with torch.no_grad(), _seeded(settings.seed, 0):
                if self._step == 0:
                    recipe.begin(self._model, self._dataset)
                    self._average.follow(self._model, 0)
                material = recipe.prepare(self._average.model, self._dataset, settings)
            self._steps_per_epoch = max(
                1, math.ceil(recipe.steps_per_epoch(material, settings) / settings.accumulation)
            )
            parameters = sum(value.numel() for value in self._learnt)
            self._told(Started(recipe.name, self._step, parameters, self._dataset.report))
            why = self._loop(material)
            if self._validated != self._step:
                self._validate(material, regular=False)
            self._new_best = self._improved or not self._out.exists()  # its card tells of the whole training
            self._save()
        finally:
            torch.set_num_threads(threads)
        path = str(self._out) if self._best else ""
        finished = Finished(self._step, path, self._plateau.best, why)
        self._told(finished)
        return finished

    def _loop(self, material: Any) -> str:
        """Until its end; returns why it has come."""
        settings, rhythm = self._settings, self._rhythm
        recent: list[dict[str, float]] = []
        reported = saved = time.monotonic()
        heard = -math.inf
        while True:
            if self._step % settings.validate_steps == 0 and self._validated != self._step:
                self._validate(material)
                if time.monotonic() - heard > rhythm.examples:
                    heard = self._play(material)
            self._count()
            if why := self._over():
                return why
            while (wish := self._wish()) == "pause":
                if saved != math.inf:
                    self._save()
                    saved = math.inf  # once is enough
                time.sleep(_PAUSE_SECONDS)
                self._counted = self._clock()
            if wish == "stop":
                return "it was stopped"
            saved = min(saved, time.monotonic())
            recent.append(self._learn(material))
            now = time.monotonic()
            if now - reported > rhythm.report:
                self._told(self._progress(recent))
                recent, reported = [], now
            if now - heard > rhythm.examples:
                heard = self._play(material)
            if now - saved > rhythm.save:
                self._save()
                saved = now

    def _count(self) -> None:
        """Add to the training time what has passed since it was counted last."""
        now = self._clock()
        self._seconds += now - self._counted
        self._counted = now

    def _learn(self, material: Any) -> dict[str, float]:
        """One step of the optimizer; returns the terms of the loss."""
        settings, recipe = self._settings, self._recipe
        self._model.train()
        for parameter in self._learnt:
            parameter.grad = None
        said: dict[str, float] = {}
        for part in range(settings.accumulation):
            number = self._step * settings.accumulation + part
            epoch = number / (self._steps_per_epoch * settings.accumulation)
            moment = Moment(number, epoch, settings.beta_at(epoch), number % settings.stft_interval == 0)
            with _seeded(settings.seed, number) as random:
                batch = recipe.batch(material, settings, number, random)
                batch = {name: value.to(self._device) for name, value in batch.items()}
                terms = recipe.losses(self._model, batch, moment)
            loss = torch.stack([*terms.values()]).sum() / settings.accumulation
            loss.backward()
            for name, value in terms.items():
                said[name] = said.get(name, 0.0) + float(value.detach()) / settings.accumulation
        norm = torch.nn.utils.clip_grad_norm_(self._learnt, settings.clip)
        if bool(torch.isfinite(norm)):  # a broken batch must not break the weights
            self._move(self._rate)
        self._step += 1
        self._average.follow(self._model, self._step)
        return said

    @torch.no_grad()
    def _move(self, rate: float) -> None:
        """AdamW (Loshchilov and Hutter 2019, algorithm 2)."""
        if self._settings.weight_decay:
            for value in self._learnt:
                value.mul_(1 - rate * self._settings.weight_decay)
        gradients = [torch.zeros_like(value) if value.grad is None else value.grad for value in self._learnt]
        self._moments.step(gradients, [rate] * len(gradients))

    @property
    def _rate(self) -> float:
        return self._settings.lr * self._plateau.scale * min(1.0, (self._step + 1) / RISE_STEPS)

    def _validate(self, material: Any, regular: bool = True) -> None:
        """Judge the average; one beside the regular steps leaves the learning rate alone, unless it is the best."""
        with torch.no_grad(), _seeded(self._settings.seed, 0):
            found = self._recipe.validate(self._average.model, material)
        active, warning = latent_use(found.latent_nats, self._step / self._steps_per_epoch)
        best = (regular or found.error < self._plateau.best) and self._plateau.hear(found.error)
        if best:
            self._best = {name: value.clone() for name, value in self._average.model.state_dict().items()}
            self._figures = {**found.figures, **({} if active is None else {"active latents": float(active)})}
            self._improved = True
            self._new_best = self._step > 0 or not self._out.exists()  # a model that learnt nothing replaces no other
        self._validated = self._step
        self._curve.append([self._step, round(found.error, 4)])
        self._told(Validated(self._step, found.error, best, found.figures, active, len(found.latent_nats), warning))

    def _play(self, material: Any) -> float:
        """Examples to hear; returns when."""
        with torch.no_grad(), _seeded(self._settings.seed, 0) as random:
            self._told(Examples(self._step, tuple(self._recipe.examples(self._average.model, material, random))))
        return time.monotonic()

    def _progress(self, recent: list[dict[str, float]]) -> Progress:
        losses = {name: float(np.mean([said[name] for said in recent if name in said])) for name in recent[-1]}
        epoch, settings = self._step / self._steps_per_epoch, self._settings
        share = max(
            self._seconds / (60 * settings.minutes) if settings.minutes else 0.0,
            epoch / settings.epochs if settings.epochs else 0.0,
        )
        left = self._seconds * (1 - share) / share if share > 0 else None
        beta = settings.beta_at(epoch)
        return Progress(self._step, epoch, self._seconds, min(1.0, share), left, losses, self._rate, beta)

    def _over(self) -> str:
        settings = self._settings
        if settings.minutes is not None and self._seconds >= 60 * settings.minutes:
            return f"its time of {settings.minutes:g} min is over"
        if settings.epochs is not None and self._step >= settings.epochs * self._steps_per_epoch:
            return f"its last epoch of {settings.epochs} is over"
        return "it no longer gets better" if self._plateau.over else ""

    # --- going on

    def _save(self) -> None:
        """The checkpoint, and the best codec so far."""
        state = {
            "recipe": self._recipe.name,
            "settings": self._settings.to_json(),
            "sounds": self._digest,
            "step": self._step,
            "seconds": self._seconds,
            "validated": self._validated,
            "plateau": asdict(self._plateau),
            "curve": self._curve,
            "figures": self._figures,
        }
        moments = self._moments.state()
        parts = {
            "model": self._model.state_dict(),
            "average": self._average.model.state_dict(),
            "best": self._best,
            **{name: {str(k): value for k, value in enumerate(moments[name])} for name in ("means", "squares")},
        }
        if self._best and self._new_best:  # first: once the checkpoint is there, it would not be written again
            self._write()
            self._new_best = False
        write_checkpoint(self._checkpoint, TrainingCheckpoint(parts, {**state, "turn": moments["turn"]}))

    def _go_on_from(self, kept: TrainingCheckpoint) -> None:
        state = kept.state
        was = Settings(**state["settings"])
        same = (
            state["recipe"] == self._recipe.name and state["sounds"] == self._digest and was.learns_as(self._settings)
        )
        if not same:
            raise CheckpointRefused(
                f"{self._checkpoint} is of another training: its recipe, sounds or settings differ; give another file "
                "name, or begin anew with resume=False"
            )
        self._model.load_state_dict(kept.parts["model"])
        self._average.model.load_state_dict(kept.parts["average"])
        self._best = {name: value.to(self._device) for name, value in kept.parts.get("best", {}).items()}
        moments = {name: [kept.parts[name][str(k)] for k in range(len(self._learnt))] for name in ("means", "squares")}
        self._moments.resume({**moments, "turn": state["turn"]})
        self._step, self._seconds, self._validated = state["step"], state["seconds"], state["validated"]
        self._curve, self._figures = state["curve"], state["figures"]
        self._plateau = Plateau(**{**state["plateau"], "stop_after": self._settings.stop_after})

    def _write(self) -> None:
        """The codec's file, of the best weights."""
        best = RunningAverage(self._model, 0.0).model.cpu()
        best.load_state_dict(self._best)
        model, tensors = self._recipe.finished(best)
        seconds = sum(len(sound.audio) for sound in self._dataset.train) / self._recipe.sample_rate
        card = Card(
            recipe=self._recipe.name,
            licence=self._licence,
            data=f"{len(self._dataset.train)} sounds, {seconds / 60:.1f} minutes",
            data_licences=self._dataset.licences,
            steps=self._step,
            minutes=round(self._seconds / 60, 2),
            error=round(self._plateau.best, 4),
            curve=tuple((int(step), float(error)) for step, error in self._curve),
            figures=self._figures,
            settings=self._settings.to_json(),
        )
        write_own(self._out, self._recipe.family, model, tensors, card)


@contextmanager
def _seeded(seed: int, number: int) -> Iterator[np.random.Generator]:
    """Randomness of one batch: a generator of its own, and torch's, which is as it was afterwards."""
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(int(np.random.SeedSequence([seed, number]).generate_state(1)[0]))
        yield np.random.default_rng([seed, number])


def _digest_of(dataset: Dataset) -> str:
    digest = hashlib.sha256()
    for part in (dataset.train, dataset.validation):
        digest.update(len(part).to_bytes(8, "little"))
        for sound in part:
            digest.update(np.ascontiguousarray(sound.audio).tobytes())
    return digest.hexdigest()
