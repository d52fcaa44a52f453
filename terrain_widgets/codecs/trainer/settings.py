"""What can be set of a training, and the presets: how long, how large, how careful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any, Literal, TypedDict

Preset = Literal["test", "fast", "balanced", "quality"]
PRESETS: tuple[Preset, ...] = ("test", "fast", "balanced", "quality")

#: What a preset means for every recipe; a recipe may put values of its own over these.
_COMMON: Mapping[Preset, Mapping[str, Any]] = {
    "test": {"minutes": 0.2, "validate_steps": 20},
    "fast": {"minutes": 5.0},
    "balanced": {"minutes": 15.0},
    "quality": {"minutes": 90.0, "patience": 10, "stop_after": 50},
}


class SettingOptions(TypedDict, total=False):
    """What ``train_codec`` takes besides; ``Settings`` describes each."""

    minutes: float | None
    processor_time: bool
    epochs: int | None
    batch: int
    lr: float
    weight_decay: float
    clip: float
    accumulation: int
    beta: float
    warm_up: float
    cyclical: bool
    cycle_epochs: float
    stft_interval: int
    patience: int
    factor: float
    stop_after: int
    augmentation: float
    ema: float
    seed: int
    capacity: float
    latents: int
    ratio: int
    seconds: float
    validate_steps: int
    validation_share: float
    most_minutes: float
    threads: int
    device: str


@dataclass(frozen=True)
class Settings:
    """All that can be set of a training.

    Args:
        minutes: Training time over all runs of it, validation included; ``None``: epochs alone end it.
        processor_time: Whether these minutes are the processor's, all threads together, instead of the clock's: on a
            machine that is busy otherwise, training then learns as much.
        epochs: Passes over the sounds; ``None``: minutes alone end it. With both, whichever ends first.
        batch: Excerpts in a batch, 1 to 512.
        lr: Learning rate of AdamW, above 0.
        weight_decay: Of AdamW, 0 or more.
        clip: Largest norm of the gradient, above 0.
        accumulation: Batches whose gradients make one step of the optimizer, 1 to 64.
        beta: Weight of the divergence from a standard normal distribution (KL), 0 or more, for recipes that have it.
        warm_up: Epochs in which that weight rises from 0.
        cyclical: Whether it then goes from half to whole and back to half again and again.
        cycle_epochs: Length of such a cycle, above 0.
        stft_interval: Spectral losses are computed for one in so many batches, 1 to 20; others go by the rest.
        patience: Validations without a better one after which the learning rate falls, 1 or more.
        factor: By which it falls, 0.05 to 1; 1 keeps it.
        stop_after: Validations without a better one after which training ends; 0: never.
        augmentation: How much excerpts are varied, 0 (not at all) to 1.
        ema: Share of the old in the running average of the weights, which is what is validated and kept, 0 to 0.9999.
        seed: Where randomness starts.
        capacity: Size of the model relative to the recipe's own, 0.1 to 10.
        latents: Number of latents, 0: the recipe's own.
        ratio: Samples per latent frame, 0: the recipe's own.
        seconds: Length of an excerpt, or of a whole one-shot sound; 0: the recipe's own.
        validate_steps: Optimizer steps from one validation to the next, 1 or more.
        validation_share: Share of the sounds that are held back for it, 0.02 to 0.5.
        most_minutes: Of sound that is kept in memory, 0.1 to 600, 11 MB each at 44.1 kHz; of what is longer, stretches.
        threads: Threads of the processor, 1 to 64.
        device: As torch names it: ``"cpu"``, ``"cuda"``.

    Raises:
        ValueError: If a value is of another kind or out of its range, or neither minutes nor epochs end the training.
    """

    minutes: float | None = 15.0
    processor_time: bool = False
    epochs: int | None = None
    batch: int = 16
    lr: float = 1e-3
    weight_decay: float = 0.0
    clip: float = 1.0
    accumulation: int = 1
    beta: float = 0.0
    warm_up: float = 0.0
    cyclical: bool = False
    cycle_epochs: float = 100.0
    stft_interval: int = 1
    patience: int = 5
    factor: float = 0.5
    stop_after: int = 20
    augmentation: float = 0.0
    ema: float = 0.998
    seed: int = 0
    capacity: float = 1.0
    latents: int = 0
    ratio: int = 0
    seconds: float = 0.0
    validate_steps: int = 200
    validation_share: float = 0.15
    most_minutes: float = 20.0
    threads: int = 1
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.minutes is None and self.epochs is None:
            raise ValueError("a training needs an end: give minutes or epochs")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in _RANGES:
                kind = type(field.default)
                if not isinstance(value, kind):
                    raise ValueError(f"{field.name} is {'true or false' if kind is bool else 'a text'}, got {value!r}")
            elif value is not None or field.name not in _ENDS:
                whole = field.name == "epochs" or isinstance(field.default, int)
                low, high = _RANGES[field.name]
                if not isinstance(value, Integral if whole else Real) or isinstance(value, bool):
                    raise ValueError(
                        f"{field.name} is a {'whole ' if whole else ''}number, {low:g} to {high:g}, got {value!r}"
                    )
                if not low <= float(value) <= high:  # NaN is not
                    raise ValueError(f"{field.name} is {low:g} to {high:g}, got {value!r}")

    def beta_at(self, epoch: float) -> float:
        """Weight of the KL term after so many epochs: the warm-up, then cycles where they are asked for."""
        if epoch < self.warm_up:
            return self.beta * epoch / self.warm_up
        if not self.cyclical:
            return self.beta
        phase = ((epoch - self.warm_up) / self.cycle_epochs) % 1.0
        return self.beta * (1.0 - abs(phase - 0.5))  # half, whole in the middle, half

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def learns_as(self, other: Settings) -> bool:
        """Whether the other may go on where this stopped: all is equal but how long, where and on how many threads."""
        free = {"minutes", "processor_time", "epochs", "threads", "device", "stop_after"}
        return all(getattr(self, f.name) == getattr(other, f.name) for f in fields(self) if f.name not in free)


_ENDS = ("minutes", "epochs")  # of which one may be None
_MANY = 1e9
_RANGES: dict[str, tuple[float, float]] = {
    "minutes": (0.001, _MANY),
    "epochs": (1, _MANY),
    "batch": (1, 512),
    "lr": (1e-8, 1.0),
    "weight_decay": (0.0, 1.0),
    "clip": (1e-4, _MANY),
    "accumulation": (1, 64),
    "beta": (0.0, 100.0),
    "warm_up": (0.0, _MANY),
    "cycle_epochs": (0.01, _MANY),
    "stft_interval": (1, 20),
    "patience": (1, _MANY),
    "factor": (0.05, 1.0),
    "stop_after": (0, _MANY),
    "augmentation": (0.0, 1.0),
    "ema": (0.0, 0.9999),
    "seed": (0, 2**31 - 1),
    "capacity": (0.1, 10.0),
    "latents": (0, 1024),
    "ratio": (0, 2048),
    "seconds": (0.0, 60.0),
    "validate_steps": (1, _MANY),
    "validation_share": (0.02, 0.5),
    "most_minutes": (0.1, 600.0),
    "threads": (1, 64),
}


def settings_for(
    presets: Mapping[str, Mapping[str, Any]], preset: str = "balanced", changes: Mapping[str, Any] | None = None
) -> Settings:
    """A preset's settings, with some changed.

    Args:
        presets: A recipe's own values by preset, over those that all recipes share.
        preset: ``"test"`` (seconds, to see whether it works), ``"fast"``, ``"balanced"`` or ``"quality"``.
        changes: Fields of ``Settings`` with values of the user's.

    Raises:
        ValueError: If there is no such preset, or a value is out of range.
        TypeError: If there is no such field.
    """
    if preset not in PRESETS:
        raise ValueError(f"no preset is called {preset!r}; known are {', '.join(PRESETS)}")
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(changes or {}) - known)
    if unknown:
        raise TypeError(f"a training has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}")
    common = next(values for name, values in _COMMON.items() if name == preset)
    return Settings(**{**common, **presets.get("every", {}), **presets.get(preset, {}), **(changes or {})})
