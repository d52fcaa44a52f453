"""What is set of a training has its effect, or is refused."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
import torch

from terrain_widgets.cli import main
from terrain_widgets.codecs.trainer.average import RunningAverage
from terrain_widgets.codecs.trainer.latent_use import latent_use
from terrain_widgets.codecs.trainer.plateau import Plateau
from terrain_widgets.codecs.trainer.recipes.registry import recipe_called
from terrain_widgets.codecs.trainer.settings import PRESETS, SettingOptions, Settings, settings_for


def test_a_preset_is_what_all_recipes_share_then_the_recipes_own_then_the_users() -> None:
    own = {"every": {"lr": 5e-4}, "fast": {"batch": 4}}
    fast = settings_for(own, "fast", {"seed": 3})
    assert (fast.minutes, fast.lr, fast.batch, fast.seed) == (5.0, 5e-4, 4, 3)
    assert [settings_for({}, name).minutes for name in PRESETS] == sorted(settings_for({}, n).minutes for n in PRESETS)
    with pytest.raises(ValueError, match="quick.*balanced"):
        settings_for(own, "quick")
    with pytest.raises(TypeError, match="'rate'.*lr"):
        settings_for(own, "fast", {"rate": 1})


def test_all_that_can_be_set_is_spelt_out_for_who_types_it() -> None:
    assert [*SettingOptions.__annotations__] == [field.name for field in dataclasses.fields(Settings)]


@pytest.mark.parametrize("wrong", [{"lr": 0}, {"batch": 0}, {"factor": 2}, {"ema": 1.0}, {"clip": math.nan}])
def test_a_number_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Settings(**wrong)
    with pytest.raises(ValueError, match="minutes or epochs"):
        Settings(minutes=None)


@pytest.mark.parametrize(
    "wrong", [{"batch": "x"}, {"batch": 2.5}, {"batch": None}, {"lr": True}, {"cyclical": 1}, {"device": 0}]
)
def test_a_value_of_another_kind_is_refused_by_what_it_should_be(wrong: dict[str, Any]) -> None:
    (name, value), *_ = wrong.items()
    with pytest.raises(ValueError, match=f"{name} is .*(number|true or false|text).*got {value!r}"):
        Settings(**wrong)


def test_the_command_line_takes_settings_as_they_are_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: dict[str, Any] = {}

    def double(*_given: object, **settings: Any) -> Path:
        asked.update(settings)
        return tmp_path

    monkeypatch.setattr("terrain_widgets.codecs.trainer.train_codec.train_codec", double)
    typed = ("batch=8", "lr=3e-4", "cyclical=True", "device=cuda", "minutes=none")
    assert main(["train-codec", str(tmp_path), *(part for text in typed for part in ("--set", text))]) == 0
    expected = {"batch": 8, "lr": 3e-4, "cyclical": True, "device": "cuda", "minutes": None}
    assert {name: asked[name] for name in expected} == expected
    assert str(tmp_path) in capsys.readouterr().out


def test_the_weight_of_the_divergence_warms_up_and_goes_in_cycles() -> None:
    plain = Settings(beta=0.4, warm_up=10)
    assert [plain.beta_at(epoch) for epoch in (0, 5, 10, 1000)] == pytest.approx([0, 0.2, 0.4, 0.4])
    cyclical = Settings(beta=0.4, warm_up=10, cyclical=True, cycle_epochs=20)
    assert [cyclical.beta_at(epoch) for epoch in (5, 10, 20, 30)] == pytest.approx([0.2, 0.2, 0.4, 0.2])


def test_patience_and_factor_lower_the_rate_and_end_the_training() -> None:
    plateau = Plateau(patience=2, factor=0.5, stop_after=5)
    assert plateau.hear(3.0) and plateau.hear(2.0)
    assert not any(plateau.hear(error) for error in (2.5, math.nan))
    assert plateau.scale == 0.5 and not plateau.over
    assert plateau.hear(1.0) and plateau.scale == 0.5, "a better one does not raise it again"
    assert not any(plateau.hear(2.0) for _ in range(5))
    assert plateau.scale == 0.125 and plateau.over


def test_the_average_is_the_exponential_one_and_of_nothing_else_where_it_is_off() -> None:
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    average, none = RunningAverage(model, 0.9), RunningAverage(model, 0.0)
    torch.nn.init.ones_(model.weight)
    expected = 0.0
    for step in range(1, 200):
        average.follow(model, step)
        none.follow(model, step)
        keep = min(0.9, step / (step + 10))
        expected = keep * expected + (1 - keep)
        assert float(average.model.weight) == pytest.approx(expected)
        assert float(none.model.weight) == 1.0


def test_collapse_is_told_in_words_once_the_model_had_time() -> None:
    assert latent_use((), 100.0) == (None, "")
    assert latent_use((1.0, 0.1, 0.0, 0.0), 1.0) == (1, "")
    active, warning = latent_use((1.0, 0.1, 0.0, 0.0), 50.0)
    assert active == 1 and "1 of 4 latents" in warning and "beta" in warning
    assert latent_use((1.0, 0.5, 0.0, 0.0), 50.0) == (2, "")


def test_a_recipe_says_what_it_is_for_and_an_unknown_one_is_refused() -> None:
    recipe = recipe_called("pebble")
    assert recipe.name == "pebble" and recipe.about
    with pytest.raises(ValueError, match="pebble"):
        recipe_called("marble")
    with pytest.raises(ValueError, match="stream"):
        recipe.build(Settings(capacity=2.0))
