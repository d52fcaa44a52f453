"""The modulators as moving curves. The page computes them from what is set, so that moving costs no message."""

from __future__ import annotations

import traitlets

from terrain_widgets.audio.patch import Patch, jsonable
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC

_GROUPS = ("modulators.", "clock.")


class ModulatorCurves(PageWidget):
    """A lane with the last four seconds of each latent that moves.

    Where an engine plays the session in the same page, the curves are where that engine is; else they run by
    themselves.

    Attributes:
        values: What is set of the modulators and the clock, by address.
        dim: How many latents there are.
        key: The session's, by which the page finds its engine.
        words: What moves, in a sentence.
    """

    part = True
    _esm = STATIC / "modulator_curves.js"
    _css = STATIC / "modulator_curves.css"
    values = traitlets.Dict().tag(sync=True)
    dim = traitlets.Int(0).tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)

    def show(self, patch: Patch, dim: int) -> None:
        """Show how a patch has so many latents move."""
        values = {address: jsonable(value) for address, value in patch.values.items() if address.startswith(_GROUPS)}
        moving = [k + 1 for k in range(dim) if _moves(patch, k)]
        with self.hold_sync():
            self.values, self.dim = values, dim
            if not moving:
                self.words = "Nothing moves: raise the energy."
            elif len(moving) == dim:
                self.words = f"All {dim} latents move."
            else:
                self.words = f"{'Latents' if len(moving) > 1 else 'Latent'} {', '.join(map(str, moving))} of {dim}."


def _moves(patch: Patch, latent: int) -> bool:
    def at(word: str) -> float:
        value = patch[f"modulators.{word}"]
        return float(value[latent % len(value)]) if isinstance(value, tuple) else float(value)

    return bool(at("on")) and (at("energy") != 0.0 or at("deviation") != 0.0)
