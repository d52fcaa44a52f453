"""The recipes by name."""

from __future__ import annotations

from importlib import import_module

from terrain_widgets.codecs.trainer.recipe import TrainingRecipe

#: Module by name; each has a ``RECIPE``.
RECIPES: dict[str, str] = {
    "pebble": "terrain_widgets.codecs.trainer.recipes.pebble",
    "stream": "terrain_widgets.codecs.trainer.recipes.stream",
    "one-shot": "terrain_widgets.codecs.trainer.recipes.one_shot",
}


def recipe_called(name: str) -> TrainingRecipe:
    """The recipe of that name.

    Raises:
        ValueError: If there is none.
    """
    if name not in RECIPES:
        raise ValueError(f"no recipe is called {name!r}; known are {', '.join(RECIPES)}")
    recipe: TrainingRecipe = import_module(RECIPES[name]).RECIPE
    return recipe
