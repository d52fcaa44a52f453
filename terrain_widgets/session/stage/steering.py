"""Point-by-point steering: the map between labelled points, which is fitted, compared and played."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import traitlets

from terrain_widgets.audio.parameters import POINT_METHODS
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.points.network_config import NetworkOptions
from terrain_widgets.interop.nn_terrain.points import load_points, points_dataset, save_points
from terrain_widgets.session.document import point_commands
from terrain_widgets.session.jobs.cpu_budget import use_one_processor
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.jobs.ticker import Ticker
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.point_editor import PointEditor
from terrain_widgets.session.stage.source_selector import SourceSelector

if TYPE_CHECKING:
    from terrain_widgets.core.points.point_map import PointMap

_CATCH_UP = 0.05  # seconds between two fits while points are dragged


class PointSteering(PointEditor):
    """The points and the map between them. Everything the panel does is a method here.

    Args:
        sounds: As ``PointEditor``.
        sound: As ``PointEditor``.
        sources: Told of every map, as what can play.
        jobs: Comparing methods is a job.
    """

    method = traitlets.Enum(POINT_METHODS, "networks", help="How the next map fills the space between the points.")
    fitted = traitlets.Any(None, allow_none=True, help="The newest PointMap, or None.")
    errors = traitlets.Dict(help="Error at points left out, by method, as ``compare`` found it.")
    follow = traitlets.Bool(False, help="Whether the map is fitted again after every edit while the points play.")

    def __init__(self, sounds: LatentStore, sound: Sound, sources: SourceSelector, jobs: Jobs) -> None:
        super().__init__(sounds, sound)
        self._sources, self._jobs = sources, jobs
        self._ticker = Ticker(_CATCH_UP, self._catch_up, "terrain_widgets points")
        self._document.observe(self._show_method, names="patch")
        self.observe(self._set_method, names="method")
        self.observe(lambda _change: self._ticker.start() if self._behind() else None, names=["follow", "method"])

    def __repr__(self) -> str:
        points = self._document.state.points
        fitted = "not trained yet" if self.fitted is None else repr(self.fitted)
        return f"PointSteering({len(points)} points, {len(points.attached)} with latents, {fitted})"

    def _show_method(self, _change: Any = None) -> None:
        self.method = self._document.patch["points.method"]

    def _set_method(self, change: dict[str, Any]) -> None:
        if change["new"] != self._document.patch["points.method"]:
            self._document.set({"points.method": change["new"]})

    # --- the map

    @property
    def stale(self) -> bool:
        """Whether the map is of other points or another method than there are now."""
        fitted: PointMap | None = self.fitted
        points = self._document.state.points
        if fitted is None or not points.attached:
            return bool(points.attached)
        return fitted.method != self.method or not all(
            np.array_equal(a, b) for a, b in zip(points.tables(), (fitted.places, fitted.latents), strict=True)
        )

    def train(self, method: str | None = None, **settings: Unpack[NetworkOptions]) -> PointMap:
        """Fit the map to the points that have latents: a fraction of a second for some dozens, in the calling thread.

        If the points play, the new map is led over to at once.

        Args:
            method: ``"networks"``, ``"joint"``, ``"rbf"``, ``"idw"`` or ``"nearest"``; see ``core.point_map.Method``.
                It is remembered.
            **settings: As ``PointMap.fit``.

        Raises:
            ValueError: If no point has latents, they are of another codec, or the method cannot be fitted to them.
            TypeError: If there is no such setting.
        """
        import torch

        from terrain_widgets.core.points.point_map import PointMap

        chosen, points = method or self.method, self._document.state.points
        before = torch.get_num_threads()
        torch.set_num_threads(1)  # networks so small that two threads would wait for each other
        try:
            made = PointMap.fit(points, chosen, **settings)
        finally:
            torch.set_num_threads(before)
        self._fitting(made.latents[0])
        with self._document.lock:
            self.method = chosen
            self.fitted = made
            self._sources.publish("points", made, points_dataset(points).latent_range())
        return made

    def play(self) -> None:
        """Play the map between the points, fitted first if need be; ``play_terrain`` goes back.

        Raises:
            ValueError: As ``train``.
        """
        if self.stale or self.fitted is None:
            self.train()
        self._sources.select("points")

    def play_terrain(self) -> None:
        """Play the terrain again.

        Raises:
            ValueError: If there is none.
        """
        self._sources.select("terrain")

    def compare(self, wait: bool = False) -> Job:
        """Find every method's error at points left out, in the background, into ``errors``; ``jobs.cancel()`` stops it.

        A method that cannot be fitted, such as ``rbf`` to two points at one place, gets NaN.

        Args:
            wait: Return only when it is done, and raise what went wrong.

        Raises:
            RuntimeError: If another job runs.
        """
        return self._jobs.start("compare", self._compare, wait)

    def _compare(self, job: Job) -> None:
        from terrain_widgets.core.points.leave_one_out import FEWEST, leave_one_out

        use_one_processor()
        points, found = self._document.state.points, dict[str, float]()
        if len(points.attached) < FEWEST:
            leave_one_out(points, POINT_METHODS[-1])  # says so
        for done, method in enumerate(reversed(POINT_METHODS)):  # the quick ones first
            job.progress(done / len(POINT_METHODS), f"leaving out each point in turn: {method}")
            try:
                found[method] = leave_one_out(points, method, lambda: job.cancelled)
            except ValueError:
                found[method] = float("nan")
            if job.cancelled:
                return
            self.errors = dict(found)
        best = min(found, key=lambda name: np.nan_to_num(found[name], nan=np.inf))
        job.progress(1.0, f"smallest error at points left out: {best}")

    # --- files

    def save(self, path: str | os.PathLike[str], latents_path: str | os.PathLike[str] | None = None) -> None:
        """Write the points that have latents as nn.terrain's JSON; labels and colours are in session files only.

        Args:
            path: Where to.
            latents_path: Where to write the latents instead, as nn.terrain itself keeps them.

        Raises:
            ValueError: If no point has latents.
        """
        save_points(self._document.state.points, path, latents_path)

    def load(self, *paths: str | os.PathLike[str], boundary: Boundary | None = None) -> None:
        """Take points from nn.terrain's JSON in the place of those there are (undo brings these back).

        Args:
            paths: One file with coordinates and latents, or one for each.
            boundary: The plane over there, to be spread over the document's; ``None`` takes the numbers as they are.

        Raises:
            ForeignFileError: If a file cannot be read, or holds more than points; nothing has changed.
            ValueError: If they are of another codec; nothing has changed.
        """
        points = load_points(*paths, boundary=boundary, onto=self._document.boundary)
        self._fitting(points.tables()[1][0])
        self._document.apply(point_commands.replace_points, points)

    # --- a change of codec, and the end

    def forget(self) -> None:
        """The map belongs to points or a codec that are no longer there."""
        self.fitted, self.errors = None, {}
        self._sources.remove("points")

    def forget_codec(self) -> None:
        """Another codec: places and labels stay, latents go (undo brings them back)."""
        self.forget()
        self._document.apply(point_commands.detach_all)

    def close(self) -> None:
        """Fit nothing more by itself."""
        self._ticker.close()

    def _points_changed(self) -> None:
        self.errors = {}
        if self._behind():
            self._ticker.start()

    def _behind(self) -> bool:
        return self.follow and self._sources.source == "points" and self.stale

    def _catch_up(self) -> bool:
        if self._behind():
            try:
                self.train()
            except ValueError as error:
                self._jobs.notices.say("points", Failed.of(error))
        return False
