"""The pairs of a session, each made once: training tells by identity which of them are new."""

from __future__ import annotations

from collections.abc import Mapping

from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.training.dataset import Pair, TerrainDataset
from terrain_widgets.session.document.state import SessionState


class Pairs:
    """Makes a dataset of a state and of latents; the same object as long as it would hold the same pairs."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Drawing, LatentTrajectory, str, Pair]] = {}
        self._dataset = TerrainDataset()
        self._asked: tuple[object, object] = (None, None)

    def dataset(self, state: SessionState, latents: Mapping[str, LatentTrajectory]) -> TerrainDataset:
        """Every clip that has latents and lies on a path that is not muted, in the order of the clips."""
        if self._asked == (state, latents) and self._asked[1] is latents:
            return self._dataset
        made, dataset = {}, TerrainDataset()
        for clip in state.clips:
            drawing, latent = state.drawing_of(clip.id), latents.get(clip.id)
            if drawing is None or drawing.muted or latent is None:
                continue
            known, name = self._made.get(clip.id), drawing.label or clip.name
            if known is not None and known[0] is drawing and known[1] is latent and known[2] == name:
                dataset.include(known[3])
            else:
                dataset.add(drawing.path, latent, name, drawing.rule, drawing.density)
            made[clip.id] = (drawing, latent, name, dataset.pairs[-1])
        if dataset.pairs != self._dataset.pairs:
            self._dataset = dataset
        self._made, self._asked = made, (state, latents)
        return self._dataset
