"""Damaged and hostile files, whatever reads them: an error of ours or a whole thing, soon, and in little memory."""

from __future__ import annotations

import gc
import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from terrain_widgets.io.checkpoint import CheckpointError, load_checkpoint
from terrain_widgets.io.session_file import SessionFileError, read_session
from tests.io.foreign_files import READERS, Reader, write_whole_session
from tests.io.mutations import MUTATIONS, Mutation, within_a_zip

_SEEDS = 3  # in every run; ``--mutations 10000`` spreads so many files over all readers instead
_SLOW_SEEDS = 1
_SECONDS = 5.0  # of this thread's own work on one file
_MOST_MEMORY = 300 << 20  # bytes on top of what the process had


def _memory(name: str) -> int:
    """Bytes of this process: ``VmRSS`` now, ``VmHWM`` at most since the last call of ``_forget_most``."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name))) << 10


def _forget_most() -> None:
    Path("/proc/self/clear_refs").write_text("5")


@pytest.fixture(scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter()
    yield counts
    if counts:
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\n{counts.total()} damaged files: {counts['refused']} refused in words, {counts['read']} read")


def _mutations(reader: Reader) -> list[Mutation]:
    return [*MUTATIONS, *(within_a_zip(mutation) for mutation in MUTATIONS)] if reader.a_zip else [*MUTATIONS]


def _seeds(reader: Reader, wanted: int | None) -> int:
    if wanted is None:
        return _SLOW_SEEDS if reader.slow else _SEEDS
    rounds = sum(len(_mutations(each)) for each in READERS if not each.slow)
    seeds = -(-wanted // rounds)
    return -(-seeds // 10) if reader.slow else seeds


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_damaged_file_ends_in_our_own_error_soon_and_in_little_memory(
    reader: Reader, tmp_path: Path, counted: Counter[str], request: pytest.FixtureRequest
) -> None:
    whole = tmp_path / f"whole{reader.suffix}"
    reader.make(whole)
    content = whole.read_bytes()
    reader.read(whole)  # it is whole, and whatever is imported on first use has been by now
    file = whole.rename(tmp_path / f"harmed{reader.suffix}")
    for beside in tmp_path.glob("whole.*"):
        beside.rename(beside.with_stem("harmed"))
    reader.read(file)
    for seed in range(_seeds(reader, request.config.getoption("--mutations"))):
        for number, mutation in enumerate(_mutations(reader)):
            file.write_bytes(mutation(content, np.random.default_rng([seed, number])))
            gc.collect(0)
            _forget_most()
            before, began = _memory("VmRSS"), time.thread_time()
            which = f"{mutation.__name__}, seed {seed}"
            try:
                reader.read(file)
                counted["read"] += 1
            except reader.errors as error:
                assert len(str(error)) < 1000, which
                counted["refused"] += 1
            except Exception as error:
                pytest.fail(f"{which}: {type(error).__name__}: {error}")
            assert time.thread_time() - began < _SECONDS, which
            assert _memory("VmHWM") - before < _MOST_MEMORY, which


def test_random_bytes_in_a_compressed_part_of_a_session_are_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "s.zip"
    write_whole_session(file)
    with zipfile.ZipFile(file) as archive:
        entry = archive.getinfo("session.json")
    assert entry.compress_type == zipfile.ZIP_DEFLATED
    whole = file.read_bytes()
    middle = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    for seed in range(20):
        file.write_bytes(whole[:middle] + np.random.default_rng(seed).bytes(16) + whole[middle + 16 :])
        with pytest.raises(SessionFileError, match=r"s\.zip is no session file, or it is damaged"):
            read_session(file)


def test_an_entry_that_unpacks_to_more_than_it_says_takes_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "s.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.json", bytes(800 << 20))
    content = file.read_bytes()
    said = (800 << 20).to_bytes(4, "little")
    assert content.count(said) == 2  # beside the entry, and in the list of entries
    file.write_bytes(content.replace(said, (1000).to_bytes(4, "little")))
    _forget_most()
    before = _memory("VmRSS")
    with pytest.raises(SessionFileError):
        read_session(file)
    assert _memory("VmHWM") - before < 20 << 20


def test_a_terrain_whose_header_asks_for_gigabytes_is_refused_first(tmp_path: Path) -> None:
    file = tmp_path / "t.safetensors"
    header = {
        "format": "terrain_widgets/terrain",
        "version": 1,
        "config": {"control_dim": 2, "latent_dim": 4096, "network_channel": 8192, "feature_size": 16384},
        "boundary": {},
    }
    file.write_bytes(save({"fc_out.bias": np.zeros(3, np.float32)}, metadata={"terrain": json.dumps(header)}))
    _forget_most()
    before = _memory("VmRSS")
    with pytest.raises(CheckpointError, match="should be of shape"):
        load_checkpoint(file)
    assert _memory("VmHWM") - before < 20 << 20
