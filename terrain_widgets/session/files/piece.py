"""What plays as a piece: one HTML file that plays by itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from terrain_widgets.audio.preset import pads_of
from terrain_widgets.session.stage.plane_content import plane_content
from terrain_widgets.session.stage.stage import Stage
from terrain_widgets.session.training.training import Training

if TYPE_CHECKING:
    from terrain_widgets.interop.piece.piece_file import Piece

_PICTURE = 96  # cells each way; the page draws it smooth


class PieceTexts(TypedDict, total=False):
    """What a piece says of itself, plain text: title, author, licence of the sounds, words for whoever plays it."""

    title: str
    author: str
    licence: str
    words: str


def piece_of(stage: Stage, training: Training, **texts: Unpack[PieceTexts]) -> Piece:
    """What plays, with the drawn paths and points on a picture of the terrain.

    Args:
        stage: What plays.
        training: Whose sounds and paths; the picture is coloured by them.
        **texts: What it says of itself.
    """
    from terrain_widgets.core.pictures.heatmap import sample_grid, shade_all
    from terrain_widgets.core.pictures.territory import territory
    from terrain_widgets.interop.piece.piece_file import Piece
    from terrain_widgets.io.picture_files import jpeg_bytes

    mapping, document = stage.sources.shown, training.sounds.document
    picture = b""
    if mapping is not None and mapping.control_dim == 2:
        grid = sample_grid(mapping, document.boundary, _PICTURE, _PICTURE)
        stage.territory.learn(mapping, document.boundary, wait=True)
        marks = stage.territory.landmarks
        picture = jpeg_bytes(shade_all(grid, None) if marks is None else territory(grid, marks).picture)
    content = plane_content(document.state, document.boundary)
    codec = training.sounds.codec
    pads = pads_of(document.state.presets, codec.info.name)
    return Piece(stage.setup, codec, content, picture, presets=pads, **texts)


def export_piece(stage: Stage, training: Training, path: str | os.PathLike[str], **texts: Unpack[PieceTexts]) -> None:
    """Write what plays as a piece: see ``piece_of``.

    Args:
        stage: What plays.
        training: Whose sounds and paths.
        path: Of the file.
        **texts: The title is the file's name if left out.

    Raises:
        ValueError: If nothing is trained yet, or the codec or the mapping cannot go into a page.
    """
    from terrain_widgets.interop.piece.piece_file import write_piece

    named = PieceTexts(title=Path(path).stem) | texts
    write_piece(path, piece_of(stage, training, **named))
