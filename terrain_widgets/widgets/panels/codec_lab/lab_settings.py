"""What is trained, how long, and for those who want to know, everything else."""

from __future__ import annotations

from typing import Any

from terrain_widgets.widgets.controls.boxes import Column, Disclosure, Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import NumberField
from terrain_widgets.widgets.controls.words import TextField, Words

_PRESETS = (
    ("Test: some seconds", "test"),
    ("Fast: 5 minutes", "fast"),
    ("Balanced: 15 minutes", "balanced"),
    ("Quality: 90 minutes", "quality"),
)
#: Name, words, lowest, highest, step, and whether it is whole; 0 in all of them, or -1 where 0 says something.
_NUMBERS = (
    ("minutes", "Minutes", "how long it trains", 0.0, 1440.0, 1.0, False),
    ("epochs", "Epochs", "passes over the sounds", 0.0, 100000.0, 1.0, True),
    ("latents", "Latents", "numbers in each latent frame", 0.0, 128.0, 1.0, True),
    ("ratio", "Ratio", "samples per latent frame: 512, 1024 or 2048", 0.0, 2048.0, 512.0, True),
    ("seconds", "Seconds", "length of an excerpt, or of a one-shot", 0.0, 60.0, 0.1, False),
    ("capacity", "Capacity", "size of the model, 1 as the recipe has it", 0.0, 10.0, 0.1, False),
    ("batch", "Batch", "excerpts that are learned at once", 0.0, 512.0, 1.0, True),
    ("lr", "Rate", "learning rate (lr)", 0.0, 1.0, 0.0001, False),
    ("weight_decay", "Decay", "weight decay of AdamW", -1.0, 1.0, 0.0001, False),
    ("clip", "Clip", "largest norm of the gradient", 0.0, 1000.0, 0.1, False),
    ("accumulation", "Accumulation", "batches that make one step", 0.0, 64.0, 1.0, True),
    ("beta", "Beta", "weight of the latents' divergence (KL)", -1.0, 100.0, 0.0001, False),
    ("warm_up", "Warm-up", "epochs until beta has its full value", -1.0, 10000.0, 1.0, False),
    ("cycle_epochs", "Cycle", "epochs of a cycle of beta", 0.0, 10000.0, 1.0, False),
    ("stft_interval", "STFT interval", "one batch in this many has spectral losses", 0.0, 20.0, 1.0, True),
    ("patience", "Patience", "validations without a better one before the rate falls", 0.0, 1000.0, 1.0, True),
    ("factor", "Factor", "the rate is multiplied by it when it falls", 0.0, 1.0, 0.05, False),
    ("stop_after", "Stop after", "validations without a better one before it ends", -1.0, 10000.0, 1.0, True),
    ("augmentation", "Variation", "how much excerpts are varied, 0 to 1", -1.0, 1.0, 0.1, False),
    ("ema", "Average", "share of the old in the running average of weights", -1.0, 0.9999, 0.001, False),
    ("validation_share", "Held back", "share of the sounds that it is judged by", 0.0, 0.5, 0.05, False),
    ("most_minutes", "Most sound", "minutes of sound kept in memory; of more, excerpts", 0.0, 600.0, 5.0, False),
    ("validate_steps", "Validate every", "steps from one validation to the next", 0.0, 100000.0, 10.0, True),
    ("threads", "Threads", "of the processor", 0.0, 64.0, 1.0, True),
    ("seed", "Seed", "where chance begins", -1.0, 2**31 - 1, 1.0, True),
)


class LabSettings(Column):
    """Recipe, length and sounds; a closed drawer has all fields of a training's settings."""

    def __init__(self) -> None:
        from terrain_widgets.codecs.trainer.recipes.registry import RECIPES

        self._about = Words(tone="quiet")
        self.recipe = Dropdown(tuple(RECIPES), description="Recipe", tooltip="What kind of codec is trained")
        self.preset = Dropdown(_PRESETS, value="balanced", description="Length", tooltip="Values of all settings below")
        self.out = TextField(
            value="mine.safetensors",
            description="File",
            tooltip="Where the codec goes, on the notebook's computer; a training that was stopped goes on",
        )
        self.folder = TextField(
            placeholder="the session's sounds",
            description="Folder",
            tooltip="Of sounds to learn from, on the computer where the notebook runs; empty: the session's sounds",
        )
        self.licence = TextField(
            placeholder="unknown", description="Licence", tooltip="Of the codec, as its file will say: CC0-1.0, …"
        )
        self.anew = Checkbox(
            description="Start over", tooltip="Ignore what an earlier training of this file has reached"
        )
        self.cyclical = Checkbox(
            description="Cyclical beta",
            tooltip="After the warm-up beta goes from half to full and back, again and again",
        )
        self.fields = {
            name: NumberField(
                min=low,
                max=high,
                step=step,
                integer=whole,
                value=low,
                description=words,
                tooltip=f"{hint[0].upper()}{hint[1:]}; {low:g} is the preset's own ({name})",
            )
            for name, words, hint, low, high, step, whole in _NUMBERS
        }
        drawer = Disclosure(
            [self.licence, self.anew, *self.fields.values(), self.cyclical], title="All settings of the training"
        )
        super().__init__([Row([self.recipe, self.preset]), self._about, Row([self.out, self.folder]), drawer])
        self.recipe.observe(lambda _change: self._tell(), names="value")
        self._tell()

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from the preset, by the settings' names."""
        chosen: dict[str, Any] = {}
        for name, field in self.fields.items():
            if field.value != field.min:
                chosen[name] = int(field.value) if field.integer else field.value
        return chosen | ({"cyclical": True} if self.cyclical.value else {})

    def _tell(self) -> None:
        from terrain_widgets.codecs.trainer.recipes.registry import recipe_called

        about = recipe_called(self.recipe.value).about
        self._about.value = f"{about[0].upper()}{about[1:]}."
