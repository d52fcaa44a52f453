"""Every edit of sounds, paths and points is a pure transform: undo brings back what was, byte by byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.io.drawing_tables import pack_drawings, pack_points, unpack_drawings, unpack_points
from terrain_widgets.session.document import commands, path_commands, point_commands
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.session.sounds.arranging import arrange
from terrain_widgets.session.sounds.latent_store import LatentStore
from tests.session.doubles import tones

LINE = SpatialTrajectory([[-0.5, 0.0], [0.1, 0.3], [0.5, 0.2]], times=[0, 0.5, 1.5], pressures=[0.1, 0.5, 0.9])
SOUNDS = tones(4)


def print_of(state: SessionState) -> str:
    """All that a state holds: it tells whether anything was changed in place."""
    clips = "".join(f"{c.id}{c.name}{c.start}{hashlib.sha1(c.sound.audio.tobytes()).hexdigest()}" for c in state.clips)
    return clips + tables_of(state.drawings, state.points)


def tables_of(drawings: Mapping[str, Drawing], points: PointSet) -> str:
    """As they lie in a session file, in one text."""
    packed = (*pack_drawings(drawings), *pack_points(points))
    return json.dumps(packed, default=lambda array: [str(array.dtype), array.tolist()])


def document() -> Document:
    made = Document(Boundary(), 0)
    for sound in SOUNDS[:2]:
        made.add_sound(sound)
    made.forget_history()
    return made


def random_edit(made: Document, random: np.random.Generator) -> str:
    """One command with random arguments; some of them make no sense, and must change nothing."""
    state = made.state
    paths = [str(key) for key in random.permutation(list(state.drawings))] or ["p1"]
    clips = [str(clip.id) for clip in state.clips] or ["c1"]
    points = [point.id for point in state.points] or ["q1"]
    path, other, clip = paths[0], paths[-1], str(random.choice(clips))
    curved = next((key for key in paths if key in state.drawings and state.drawings[key].bezier is not None), path)
    some, point, place = paths[: 1 + int(random.integers(3))], str(random.choice(points)), random.uniform(-1, 1, 2)
    line = SpatialTrajectory(random.uniform(-1, 1, (int(random.integers(2, 9)), 2)), pressures=None)
    edits = {
        "add_clip": (commands.add_clip, f"c{random.integers(10**6, 10**9)}", SOUNDS[int(random.integers(4))]),
        "remove_clip": (commands.remove_clip, clip),
        "rename_clip": (commands.rename_clip, clip, str(random.integers(9))),
        "move_clip": (commands.move_clip, clip, int(random.integers(-2, 3))),
        "trim_clip": (commands.trim_clip, clip, float(random.uniform(0, 0.2)), float(random.uniform(0.1, 0.5))),
        "set_path": (commands.set_path, clip, line),
        "remove_path": (commands.remove_path, clip),
        "clear_paths": (commands.clear_paths,),
        "add_drawing": (commands.add_drawing, LINE, clip),
        "add_loose": (commands.add_drawing, line),
        "delete_drawings": (commands.delete_drawings, some),
        "pair": (commands.pair, path, clip),
        "swap_pairs": (commands.swap_pairs, path, other),
        "assign": (commands.assign, clip, path if random.integers(3) else ""),
        "unpair": (commands.unpair, path),
        "mute": (commands.mute, some, bool(random.integers(2))),
        "label": (commands.label, path, str(random.integers(99))),
        "colour": (commands.colour, some, "teal"),
        "set_rule": (commands.set_rule, some, str(random.choice(["stretch", "speed", "nn.terrain"])), 0.2),
        "move": (path_commands.move, some, place),
        "scale": (path_commands.scale, some, float(random.uniform(0.5, 1.5))),
        "rotate": (path_commands.rotate, some, float(random.uniform(-90, 90)), place),
        "move_vertex": (path_commands.move_vertex, path, 0, place),
        "set_curve": (path_commands.set_curve, clip, BezierPath.through(random.uniform(-1, 1, (3, 2)))),
        "move_anchor": (path_commands.move_anchor, curved, int(random.integers(4)), place),
        "move_handle": (path_commands.move_handle, curved, int(random.integers(4)), int(random.integers(2)), place),
        "extend": (path_commands.extend, path, line),
        "prepend": (path_commands.prepend, path, line),
        "reverse": (path_commands.reverse, some),
        "snap": (path_commands.snap, some, 0.05),
        "smooth": (path_commands.smooth, some, 0.1),
        "duplicate": (path_commands.duplicate, some, place),
        "split": (path_commands.split, path, float(random.uniform(0, 1))),
        "join": (path_commands.join, path, other, bool(random.integers(2))),
        "erase": (path_commands.erase, place, 0.2),
        "place_point": (point_commands.place_point, place, random.normal(size=3), "bright"),
        "place_bare": (point_commands.place_point, place),
        "move_point": (point_commands.move_point, point, place),
        "attach_latent": (point_commands.attach_latent, point, random.normal(size=3)),
        "update_point": (point_commands.update_point, point),
        "delete_point": (point_commands.delete_point, point),
        "clear_points": (point_commands.clear_points,),
        "replace_points": (point_commands.replace_points, PointSet().placed(place, random.normal(size=3))),
        "detach_all": (point_commands.detach_all,),
    }
    rare = {"clear_paths", "clear_points", "replace_points", "detach_all", "remove_clip", "delete_drawings"}
    names = [name for name in edits if name not in rare or random.random() < 0.2]
    name = str(random.choice(names))
    try:
        made.apply(*edits[name])
    except (ValueError, KeyError, IndexError):
        assert made.state is state
        return "refused"
    return name


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_two_hundred_random_edits_are_undone_and_done_again(seed):
    random, made = np.random.default_rng(seed), document()
    states = [(made.state, print_of(made.state))]
    for _ in range(200):
        random_edit(made, random)
        if made.state is not states[-1][0]:
            states.append((made.state, print_of(made.state)))
    assert len(states) > 80  # most of them did something
    for state, before in states[-2::-1]:
        made.undo()
        assert made.state is state and print_of(state) == before
    assert not made.can_undo
    for state, after in states[1:]:
        made.redo()
        assert made.state is state and print_of(state) == after
    assert not made.can_redo


def test_the_random_edits_cover_every_command():
    """The property above says nothing about commands that its sequences never reach."""
    done = set()
    for seed in range(8):
        random, made = np.random.default_rng(seed), document()
        done |= {random_edit(made, random) for _ in range(200)}
    every = {
        name
        for module in (commands, path_commands, point_commands)
        for name, made in vars(module).items()
        if callable(made) and getattr(made, "__module__", "") == module.__name__ and name[0].islower()
    }
    helpers = {"set_paths", "change_drawings", "with_drawings", "transform"}
    assert every - helpers <= done | {"add_loose"}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_paths_and_points_come_back_from_their_tables(seed):
    random, made = np.random.default_rng(seed), document()
    for _ in range(60):
        random_edit(made, random)
    drawings = unpack_drawings(*pack_drawings(made.state.drawings))
    points = unpack_points(*pack_points(made.state.points))
    assert tables_of(drawings, points) == tables_of(made.state.drawings, made.state.points)
    for key, drawing in made.state.drawings.items():
        again = drawings[key]
        assert (again.path.values == drawing.path.values).all() and again.path.values.dtype == np.float32
        assert (again.clip, again.label, again.rule, again.muted) == (
            drawing.clip, drawing.label, drawing.rule, drawing.muted,
        )  # fmt: skip
    assert [p.id for p in points] == [p.id for p in made.state.points]


def test_pairing_is_explicit_and_one_to_one():
    made = document()
    made.apply(commands.add_drawing, LINE, "c1")
    made.apply(commands.add_drawing, LINE)
    assert made.state.paths.keys() == {"c1"} and made.state.drawings["p2"].clip is None
    made.apply(commands.pair, "p2", "c1")  # dragged from one path to the other
    assert made.state.drawings["p1"].clip is None and made.state.drawing_of("c1").id == "p2"
    made.apply(commands.pair, "p1", "c2")
    made.apply(commands.swap_pairs, "p1", "p2")
    assert (made.state.drawings["p1"].clip, made.state.drawings["p2"].clip) == ("c1", "c2")
    made.apply(commands.unpair, "p1")
    assert made.state.paths.keys() == {"c2"}
    made.apply(commands.remove_clip, "c2")
    assert list(made.state.drawings) == ["p1"]


def test_an_untouched_path_is_the_same_object_in_the_table():
    """What plays a path compares by identity."""
    made = document()
    made.draw("c1", LINE)
    made.draw("c2", LINE.values)
    before = made.state.paths
    made.apply(path_commands.move, ["p1"], [0.1, 0])
    made.apply(commands.mute, ["p2"])
    assert made.state.paths["c2"] is before["c2"] and made.state.paths["c1"] is not before["c1"]


def test_parts_keep_the_sound_where_a_user_expects_it():
    made = document()
    made.draw("c1", [[0, 0], [1, 0]])
    made.apply(path_commands.split, "p1", 0.25)
    assert made.state.drawings["p1"].path.length == pytest.approx(0.25) and made.state.drawings["p1"].clip == "c1"
    assert list(made.state.drawings) == ["p1", "p2"] and made.state.drawings["p2"].clip is None
    made.apply(path_commands.join, "p1", "p2")
    assert made.state.paths["c1"].length == pytest.approx(1)
    made.apply(path_commands.erase, [0.2, 0.0], 0.1)
    assert made.state.paths["c1"].length == pytest.approx(0.7) and len(made.state.drawings) == 2  # the longest piece
    made.apply(path_commands.erase, [0.5, 0.0], 5.0)
    assert not made.state.drawings


def test_drawing_anew_keeps_name_colour_and_rule():
    made = document()
    made.draw("c1", LINE)
    made.apply(commands.label, "p1", "bell")
    made.apply(commands.set_rule, ["p1"], "speed")
    made.draw("c1", [[0, 0], [1, 1]])
    assert (made.state.drawings["p1"].label, made.state.drawings["p1"].rule) == ("bell", "speed")


def test_ink_and_handles_follow_what_moves_and_are_let_go_by_what_reshapes():
    made = document()
    bezier = BezierPath.through([[0, 0], [1, 1], [2, 0]])
    made.apply(commands.add_drawing, SpatialTrajectory(bezier.points()), raw=LINE, bezier=bezier)
    made.apply(path_commands.rotate, ["p1"], 90.0, [0, 0])
    drawing = made.state.drawings["p1"]
    assert np.allclose(drawing.bezier.anchors, [[0, 0], [-1, 1], [0, 2]])
    assert np.allclose(drawing.path.values, drawing.bezier.points(), atol=1e-6)
    assert np.allclose(drawing.raw.values[:, 1], LINE.values[:, 0], atol=1e-6)
    made.apply(path_commands.smooth, ["p1"], 0.0)
    assert (made.state.drawings["p1"].path.values == drawing.raw.values).all()
    made.apply(path_commands.move_vertex, "p1", 0, [5, 5])
    assert made.state.drawings["p1"].raw is None


def test_a_drag_is_undone_as_one():
    made = document()
    made.draw("c1", LINE)
    before = made.state
    for _ in range(5):
        made.apply_within("drag-1", path_commands.move, ["p1"], [0.1, 0])
    made.apply_within("drag-2", path_commands.move, ["p1"], [0.1, 0])
    made.undo()
    made.undo()
    assert made.state is before
    made.redo()
    made.apply_within("drag-1", path_commands.move, ["p1"], [0.1, 0])  # after an undo it is a step of its own
    made.undo()
    made.undo()
    assert made.state is before


def test_what_does_nothing_leaves_no_step():
    made = document()
    for command in (commands.clear_paths, point_commands.clear_points):
        made.apply(command)
    made.apply(path_commands.move, [], [0, 0])
    assert not made.can_undo


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((path_commands.move, ["p9"], [0, 0]), "p9"),
        ((path_commands.snap, ["p1"], 50.0), "single place"),
        ((path_commands.join, "p1", "p1"), "itself"),
        ((commands.pair, "p1", "c9"), "c9"),
        ((commands.set_rule, ["p1"], "guess"), "guess"),
        ((point_commands.move_point, "q9", [0, 0]), "q9"),
        ((point_commands.place_point, [0, np.inf]), "finite"),
    ],
)
def test_mistakes_are_sentences_and_change_nothing(command, words):
    made = document()
    made.draw("c1", LINE)
    before = made.state
    with pytest.raises((ValueError, KeyError), match=words):
        made.apply(*command)
    assert made.state is before


def test_paths_can_be_packed_and_similarity_needs_latents():
    made = document()
    sounds = LatentStore(made, lambda: None, lambda: None)
    arrange(sounds, "packed")
    packed = dict(made.state.paths)
    assert packed.keys() == {"c1", "c2"}
    made.undo()
    arrange(sounds)
    assert (made.state.paths["c1"].values[0] != packed["c1"].values[0]).any()
    with pytest.raises(ValueError, match="not encoded"):
        arrange(sounds, "pca")
    with pytest.raises(ValueError, match="magic"):
        arrange(sounds, "magic")


def test_similar_sounds_are_laid_out_by_their_latents():
    made = Document(Boundary(), 0)
    for sound in SOUNDS:
        made.add_sound(sound)
    sounds = LatentStore(made, lambda: None, lambda: None)
    sounds.latents = {clip.id: LatentTrajectory(np.full((20, 3), float(clip.id[1:]))) for clip in made.state.clips}
    arrange(sounds, "pca")
    middles = [path.values[:, 0].mean() for path in made.state.paths.values()]
    assert middles == sorted(middles) or middles == sorted(middles, reverse=True)
