"""The sounds of several ways in one zip file: each counts by its length, and half a file is none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from terrain_widgets.session.explore.way_files import write_zip


def saved(name: str, file: Path, told) -> None:
    told(0.5)
    told(1.0)
    file.write_bytes(name.encode())


def test_each_way_counts_by_its_length(tmp_path: Path) -> None:
    shares: list[float] = []
    write_zip(tmp_path / "ways.zip", {"morph 1": 10, "walk 1": 30}, saved, shares.append)
    assert shares == [0.125, 0.25, 0.625, 1.0]
    with zipfile.ZipFile(tmp_path / "ways.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "morph 1.wav": b"morph 1",
            "walk 1.wav": b"walk 1",
        }


def test_what_fails_on_its_way_leaves_no_file(tmp_path: Path) -> None:
    def fails(name: str, file: Path, told) -> None:
        if name == "walk 1":
            raise ValueError("no")
        saved(name, file, told)

    with pytest.raises(ValueError, match="no"):
        write_zip(tmp_path / "ways.zip", {"morph 1": 10, "walk 1": 30}, fails, lambda _share: None)
    assert not list(tmp_path.iterdir())
