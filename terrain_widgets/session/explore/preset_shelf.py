"""Latent presets: vectors with a name, a description and tags; to find, recall, read and write."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.core.exploration.explored import LatentPreset
from terrain_widgets.interop.latent_audio.presets import load_presets, save_presets
from terrain_widgets.session.document import exploration_commands
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.slider_bank import SliderBank


class PresetShelf(traitlets.HasTraits):
    """The document's latent presets; every change is a step of undo.

    Args:
        sounds: Whose codec the latents are of, and whose document keeps them.
        sliders: Where they come from and go to.
    """

    now = traitlets.Dict(help="LatentPreset by name; replaced whole.")

    def __init__(self, sounds: LatentStore, sliders: SliderBank) -> None:
        super().__init__()
        self._sounds, self._document, self._sliders = sounds, sounds.document, sliders
        self._document.observe(self._follow, names="state")

    def __repr__(self) -> str:
        return f"PresetShelf({', '.join(self.now) or 'none'})"

    def keep(
        self, name: str, latent: ArrayLike | None = None, description: str = "", tags: Iterable[str] = ()
    ) -> LatentPreset:
        """Keep latents ``[D]`` under a name (one of that name is replaced), or where the sliders stand if left out.

        Raises:
            ValueError: If it has no name, or the latents are no finite vector of the codec's length.
        """
        info = self._sounds.codec.info
        values = np.asarray(self._sliders.prepare().values if latent is None else latent, dtype=np.float32)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        made = LatentPreset(" ".join(str(name).split()), values, description, tuple(tags), now, info.name)
        if len(made.latent) != info.latent_dim:
            raise ValueError(f"{info.name} has {info.latent_dim} latents, got {len(made.latent)}")
        self._document.apply(exploration_commands.add_presets, [made])
        return made

    def recall(self, name: str) -> LatentPreset:
        """Set the sliders to a preset.

        Raises:
            KeyError: If there is no such preset.
            ValueError: If it is of a codec with another number of latents.
        """
        preset = self._named(name)
        self._sliders.take(preset.latent)
        return preset

    def search(self, words: str) -> tuple[LatentPreset, ...]:
        """The presets in whose name, tags or description all words are."""
        return tuple(preset for preset in self._document.state.explored.presets.values() if preset.says(words))

    def remove(self, name: str) -> None:
        """Take a preset away.

        Raises:
            KeyError: If there is no such preset.
        """
        self._document.apply(exploration_commands.remove_preset, name)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all presets as LatentAudio's ``presets.json``."""
        save_presets(self._document.state.explored.presets.values(), path)

    def load(self, path: str | os.PathLike[str]) -> int:
        """Add the presets of a LatentAudio ``presets.json``, and say how many; those of the same names are replaced.

        Raises:
            ForeignFileError: If the file cannot be read; nothing has changed.
            ValueError: If they are of another number of latents; nothing has changed.
        """
        info = self._sounds.codec.info
        found = load_presets(path, info.name)
        if found and len(found[0].latent) != info.latent_dim:
            raise ValueError(
                f"those presets have {len(found[0].latent)} latents, and {info.name} has {info.latent_dim}"
            )
        self._document.apply(exploration_commands.add_presets, found)
        return len(found)

    def _named(self, name: str) -> LatentPreset:
        presets = self._document.state.explored.presets
        if name not in presets:
            raise KeyError(f"there is no preset {name!r}; there are: {', '.join(presets) or 'none'}")
        return presets[name]

    def _follow(self, _change: Any) -> None:
        self.now = dict(self._document.state.explored.presets)
