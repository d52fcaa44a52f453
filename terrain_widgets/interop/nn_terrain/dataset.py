"""nn.terrain's dataset dictionaries as JSON: what ``nn.terrain.gui``, ``.encode`` and ``.record`` put out.

Trajectories are numbered from 1, dimensions from 0, and each dimension is a list over time::

    {"coordinates": {"1": {"0": [x…], "1": [y…]}, "2": …},
     "latents":     {"1": {"0": [z0…], "1": [z1…], …}, "2": …},
     "anchors":     {"1": {"anchor_x": [x…], "anchor_y": [y…]}, …}}

In nn.terrain coordinates and latents come from two objects, hence often in two files. Only ``anchors``, the corners a
hand has drawn, can be edited again over there; only ``coordinates`` are trained on.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.indexed_dataset import IndexedDataset
from terrain_widgets.interop.nn_terrain.json_table import column, listed, numbered, read_json, write_json

FloatArray = NDArray[np.float32]

_KEYS = ("coordinates", "latents", "anchors")
_MOST_TRAJECTORIES = 65536
_MOST_DIMENSIONS = 4096


def load_dataset(*paths: str | os.PathLike[str]) -> IndexedDataset:
    """Pairs that were collected in nn.terrain, exactly as nn.terrain would train on them.

    Trajectory i of ``coordinates`` belongs to trajectory i of ``latents``, whatever their lengths: surplus
    trajectories are dropped, and within a pair the longer one is cut. The dataset's ``notes`` say where that happened.

    Args:
        paths: One file that holds both, or one for each; further keys are passed over.

    Returns:
        A dataset in nn.terrain's control units, to be trained on as any other.

    Raises:
        ForeignFileError: If a file is missing, too large or damaged, a key comes twice or not at all, or tables of one
            kind have different dimensions.
    """
    found: dict[str, Any] = {}
    for path in paths:
        content = read_json(path)
        for key in _KEYS:
            if key in content and key in found:
                raise ForeignFileError(f"two of these files hold {key!r}; load one pair of files at a time")
        found |= {key: content[key] for key in _KEYS if key in content}
    for key in _KEYS[:2]:
        if key not in found:
            raise ForeignFileError(
                f"no {key!r} in {', '.join(os.path.basename(os.fspath(path)) for path in paths) or 'no file'}; "
                "nn.terrain keeps coordinates and latents apart, so give both files"
            )
    places, sounds = _tables(found["coordinates"], "coordinates"), _tables(found["latents"], "latents")
    dataset = IndexedDataset(_anchors(found.get("anchors", {})))
    if len(places) != len(sounds):
        dataset.notes.append(
            f"there are {len(places)} trajectories of coordinates and {len(sounds)} of latents: "
            f"the last {abs(len(places) - len(sounds))} were dropped"
        )
    for k, (points, frames) in enumerate(zip(places, sounds, strict=False), start=1):
        if min(len(points), len(frames)) == 0:
            dataset.notes.append(f"trajectory {k} is empty and was dropped")
            continue
        try:
            dataset.add_indexed(points, frames, f"trajectory {k}")
        except ValueError as error:
            raise ForeignFileError(str(error)) from error
    return dataset


def save_dataset(
    dataset: TerrainDataset,
    path: str | os.PathLike[str],
    latents_path: str | os.PathLike[str] | None = None,
) -> None:
    """Write pairs for nn.terrain's ``dictionary`` message; both directions are exact to the last bit of float32.

    Args:
        dataset: At least one pair. Where it has ``anchors``, they are written beside the coordinates.
        path: Where to.
        latents_path: Where to write the latents instead, as nn.terrain itself keeps them.

    Raises:
        ValueError: If there are no pairs.
    """
    if len(dataset) == 0:
        raise ValueError("there are no pairs to write yet: draw a path for at least one encoded sound")
    coordinates = {str(k): _columns(pair.spatial.values) for k, pair in enumerate(dataset, start=1)}
    latents = {str(k): _columns(pair.latent.values) for k, pair in enumerate(dataset, start=1)}
    content: dict[str, Any] = {"coordinates": coordinates}
    anchors = dataset.anchors if isinstance(dataset, IndexedDataset) else ()
    if anchors:
        content["anchors"] = {
            str(k): {"anchor_x": listed(a.values[:, 0]), "anchor_y": listed(a.values[:, 1])}
            for k, a in enumerate(anchors, start=1)
        }
    if latents_path is None:
        write_json(path, content | {"latents": latents})
    else:
        write_json(path, content)
        write_json(latents_path, {"latents": latents})


def _columns(values: FloatArray) -> dict[str, list[float]]:
    return {str(d): listed(values[:, d]) for d in range(values.shape[1])}


def _tables(content: Any, kind: str) -> list[FloatArray]:
    """Trajectories ``[T, dimensions]``, T of 0 where one is empty."""
    trajectories = numbered(content, 1, kind)
    if len(trajectories) > _MOST_TRAJECTORIES:
        raise ForeignFileError(f"{kind} holds more than {_MOST_TRAJECTORIES} trajectories")
    tables = []
    for k, trajectory in enumerate(trajectories, start=1):
        what = f"trajectory {k} of {kind}"
        dimensions = numbered(trajectory, 0, what)
        if not 0 < len(dimensions) <= _MOST_DIMENSIONS:
            raise ForeignFileError(f"{what} has {len(dimensions)} dimensions; 1 to {_MOST_DIMENSIONS} can be read")
        tables.append(_stacked([column(values, what) for values in dimensions], what))
    return tables


def _anchors(content: Any) -> list[SpatialTrajectory]:
    anchors = []
    for k, anchor in enumerate(numbered(content, 1, "anchors"), start=1):
        what = f"trajectory {k} of anchors"
        if not isinstance(anchor, dict) or not {"anchor_x", "anchor_y"} <= set(anchor):
            raise ForeignFileError(f"{what} should hold anchor_x and anchor_y")
        table = _stacked([column(anchor[key], what) for key in ("anchor_x", "anchor_y")], what)
        if len(table):
            anchors.append(SpatialTrajectory(table))
    return anchors


def _stacked(columns: list[FloatArray], what: str) -> FloatArray:
    lengths = {len(values) for values in columns}
    if len(lengths) > 1:
        raise ForeignFileError(f"the dimensions of {what} have different lengths: {sorted(lengths)}")
    return np.stack(columns, axis=1)
