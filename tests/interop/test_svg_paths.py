"""Drawn paths through SVG: exactly back, fitted where it is another's, and refused where it means harm."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.svg.paths import SvgPath, read_svg, write_svg
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.document.svg_exchange import add_svg, drawing_as_svg
from tests.session.doubles import tones

SQUARE = Boundary()


def svg(body: str, attributes: str = 'viewBox="0 0 200 200"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'.encode()


def only(body: str, attributes: str = 'viewBox="0 0 200 200"') -> SvgPath:
    (path,) = read_svg(svg(body, attributes), SQUARE)
    return path


@pytest.mark.parametrize("boundary", [SQUARE, Boundary(-16, -4, 16, 4)])
def test_what_is_written_comes_back_where_it_was(boundary):
    random = np.random.default_rng(1)
    line = SpatialTrajectory(random.uniform(-3, 3, (50, 2)))
    curve = BezierPath(random.uniform(-1, 1, (4, 2)), random.uniform(-1, 1, (4, 2, 2)))
    drawn = [
        SvgPath(line, None, "a <b> & “c”", "#12ab34"),
        SvgPath(SpatialTrajectory(curve.points()), curve, "", "teal"),
    ]
    text = write_svg(drawn, boundary)
    one, two = read_svg(text.encode(), SQUARE)  # the file knows its own plane
    np.testing.assert_allclose(one.path.values, line.values, atol=1e-6)
    assert (one.bezier, one.label, one.colour) == (None, "a <b> & “c”", "#12ab34")
    np.testing.assert_allclose(two.bezier.anchors, curve.anchors, atol=1e-6)
    np.testing.assert_allclose(two.bezier.handles[1:-1], curve.handles[1:-1], atol=1e-6)
    np.testing.assert_allclose(two.path.values, curve.points(), atol=1e-6)


def test_another_program_s_paths_are_fitted_and_y_is_turned():
    path = only('<path d="M 0 0 l 200 0 v 100" stroke="none"/>').path.values
    np.testing.assert_allclose(path, [[-1, 1], [1, 1], [1, 0]], atol=1e-6)
    path = only('<path d="M 0 0 H 200 V 100"/>', 'viewBox="0 0 200 100"').path.values  # in the middle, at one scale
    np.testing.assert_allclose(path, [[-1, 0.5], [1, 0.5], [1, -0.5]], atol=1e-6)
    path = only('<path d="M 10 10 H 30 V 20"/>', "").path.values  # no view box: what is drawn
    np.testing.assert_allclose(path, [[-1, 0.5], [1, 0.5], [1, -0.5]], atol=1e-6)


def test_groups_transforms_and_other_shapes():
    body = '<g transform="translate(100 0)"><g transform="rotate(90)"><polyline points="0,0 50,0"/></g></g>'
    np.testing.assert_allclose(only(body).path.values, [[0, 1], [0, 0.5]], atol=1e-6)
    body = '<line x1="0" y1="0" x2="1" y2="1" transform="scale(100) translate(1, 1)" id="diagonal"/>'
    found = only(body)
    np.testing.assert_allclose(found.path.values, [[0, 0], [1, -1]], atol=1e-6)
    assert found.label == "diagonal"
    body = '<polygon points="0 0 200 0 200 200"/>'
    assert only(body).path.values[-1].tolist() == [-1, 1]
    assert only('<defs><path d="M0 0 L9 9"/></defs><path d="M0 0 L200 0"/>').path.length == pytest.approx(2)


def test_quadratic_curves_and_arcs_become_cubic_ones():
    curve = only('<path d="M 0 100 Q 100 -100 200 100"/>').bezier
    half = BezierPath(curve.anchors, curve.handles).points(2)[1]
    np.testing.assert_allclose(half, [0, 1], atol=1e-6)  # (p₀ + 2c + p₁) / 4 is the top of the view box
    circle = only('<path d="M 200 100 A 100 100 0 1 1 0 100"/>').path.values
    np.testing.assert_allclose(np.linalg.norm(circle, axis=1), 1.0, atol=1e-3)


def test_a_path_of_several_strokes_is_several_paths():
    assert len(read_svg(svg('<path d="M0 0 L9 9 M 20 20 L 30 30 z M 5 5"/>'), SQUARE)) == 2


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no SVG"),
        (b"not xml", "no SVG"),
        (b"<html><path d='M0 0 L1 1'/></html>", "begins with <html>"),
        (svg(""), "no path"),
        (svg("<path d='M 0 0'/>"), "no path"),
        (svg("<path d='M 0 0 L nonsense'/>"), "no path|cannot be read"),
        ((BOMB + "<svg><title>&b;</title><path d='M0 0 L1 1'/></svg>").encode(), "entities"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><title>&x;</title></svg>', "entities"),
        (svg("<g>" * 100 + "</g>" * 100), "deep"),
        (svg("<path d='M0 0 L1 1'/>" * 1001), "more than 1000 paths"),
        (svg("<path d='M0 0 " + "L1 1 2 2 " * 110_000 + "'/>"), "200000 points"),
        (b" " * (5 * 10**6 + 1), "5 MB"),
    ],
)
def test_harm_and_nonsense_are_refused_in_words(data, words):
    with pytest.raises(ForeignFileError, match=words):
        read_svg(data, SQUARE)


def test_a_drawing_goes_out_and_comes_in_as_one_step():
    document = Document(SQUARE, 0)
    for sound in tones(3):
        document.add_sound(sound)
    document.draw("c1", [[-0.5, 0.0], [0.5, 0.25]])
    document.draw("c2", [[0, -1], [0, 1], [0.5, 1]])
    other = Document(SQUARE, 0)
    other.add_sound(tones(1)[0])
    other.forget_history()
    assert add_svg(other, drawing_as_svg(document).encode()) == 2
    assert [d.clip for d in other.state.drawings.values()] == ["c1", None]
    assert [d.label for d in other.state.drawings.values()] == ["tone 0", "tone 1"]
    np.testing.assert_allclose(other.state.paths["c1"].values, [[-0.5, 0.0], [0.5, 0.25]], atol=1e-6)
    other.undo()
    assert not other.state.drawings and not other.can_undo
