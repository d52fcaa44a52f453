"""Session files hold every path and point; those of earlier programs load, and those programs read the new ones."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.io.session_file import SessionContent, SessionFileError, read_session, write_session
from tests.session.doubles import tones

LINE = SpatialTrajectory([[0, 0], [1, 0.5], [2, 0]], times=[0, 1.25, 2], pressures=[0, 0.5, 1])


def content():
    bezier = BezierPath.through([[0, 0], [1, 1]])
    curve = SpatialTrajectory(bezier.points())
    drawings = {
        "p1": Drawing("p1", LINE, "c1", "bell", "#ff0000", True, PairingRule.NN_TERRAIN, 0.25),
        "p3": Drawing("p3", SpatialTrajectory(LINE.values + 1), rule=PairingRule.SPEED, raw=LINE),
        "p2": Drawing("p2", curve, bezier=bezier),
    }
    points = PointSet().placed([0.1, 0.2], [1, 2, 3], "bright", "teal").placed([0.3, 0.4])
    paths = {"c1": LINE.values}
    return SessionContent(
        {"c1": tones(1)[0]}, paths, {}, Boundary(), 1.6, 0, {"source": "x"}, drawings=drawings, points=points
    )


def rewritten(file, change):
    with zipfile.ZipFile(file) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(entries["session.json"])
    change(manifest)
    entries["session.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as new:
        for name, data in entries.items():
            new.writestr(name, data)


def test_drawings_and_points_come_back_whole(tmp_path):
    made = content()
    write_session(tmp_path / "s.zip", made)
    again = read_session(tmp_path / "s.zip")
    assert list(again.drawings) == ["p1", "p3", "p2"]  # in their order
    for key, drawing in made.drawings.items():
        other = again.drawings[key]
        for name in ("id", "clip", "label", "colour", "muted", "rule", "density"):
            assert getattr(other, name) == getattr(drawing, name)
        assert (other.path.values == drawing.path.values).all()
    assert (again.drawings["p1"].path.times == LINE.times).all()
    assert (again.drawings["p3"].raw.pressures == LINE.pressures).all() and again.drawings["p1"].raw is None
    assert (again.drawings["p2"].bezier.handles == made.drawings["p2"].bezier.handles).all()
    bright, bare = again.points
    assert (bright.id, bright.label, bright.colour) == ("q1", "bright", "teal") and bright.latent.tolist() == [1, 2, 3]
    assert np.allclose(bare.control, [0.3, 0.4]) and bare.latent is None


def test_an_older_file_still_loads_and_an_older_program_reads_a_new_one(tmp_path):
    file = tmp_path / "s.zip"
    write_session(file, content())
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("session.json"))
    # All that programs before paths had ids of their own look for is there still, and says the same.
    assert manifest["version"] == 1 and {"boundary", "gauss_scale", "seed", "codec", "clips"} <= manifest.keys()
    rewritten(file, lambda m: [m.pop("drawings"), m.pop("points")])
    again = read_session(file)
    assert (again.paths["c1"] == LINE.values).all() and again.drawings == {} and len(again.points) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["drawings"].append({"id": "p9"}),
        lambda m: m["drawings"].append(m["drawings"][0]),
        lambda m: m["drawings"][1].update(clip="c1"),
        lambda m: m["drawings"][1].update(clip="c9"),
        lambda m: m["drawings"][0].update(rule="guess"),
        lambda m: m["drawings"][0].update(density=-1),
        lambda m: m["drawings"].append("p1"),
        lambda m: m["points"][0].pop("id"),
        lambda m: m["points"].append(m["points"][0]),
        lambda m: m.update(points=7),
    ],
)
def test_a_damaged_drawing_is_refused_in_words(change, tmp_path):
    write_session(tmp_path / "s.zip", content())
    rewritten(tmp_path / "s.zip", change)
    with pytest.raises(SessionFileError, match=r"s\.zip"):
        read_session(tmp_path / "s.zip")
