"""Files that were damaged or made to harm: each ends in our error or a whole terrain, and nothing in it is run."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain import torch_archive
from terrain_widgets.interop.nn_terrain.terrain import load_terrain
from tests.interop.archives import entries_of, outcome, text, write_zip
from tests.interop.doubles import DEMO

ROOT = Path(__file__).parents[2]


class Calls:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


class Watch:
    """Hears what Python itself reports before it runs something; a hook stays for good, so it can be told to rest."""

    def __init__(self):
        self.active, self.heard = False, []
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if self.active and event in ("os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen"):
            self.heard.append((event, arguments))
        elif self.active and event == "pickle.find_class":  # pickle's own, which imports; ours never asks it
            self.heard.append((event, arguments))
        elif self.active and event == "exec" and getattr(arguments[0], "co_filename", "") == "<string>":
            self.heard.append((event, arguments))


@pytest.fixture(scope="module")
def watch():
    watch = Watch()
    watch.active = True
    with pytest.raises(ZeroDivisionError):
        pickle.loads(pickle.dumps(Calls(eval, "1 / 0"), 2))
    watch.active = False
    assert {event for event, _ in watch.heard} == {"pickle.find_class", "exec"}  # it does hear
    return watch


@pytest.fixture
def watched(watch, small):
    """``outcome``, while nothing may run."""
    outcome(small)  # whatever is imported on first use has been by now
    watch.heard.clear()

    def read(path):
        watch.active = True
        try:
            return outcome(path)
        finally:
            watch.active = False

    yield read
    assert not watch.heard


def mutated_bytes(whole, random):
    broken = bytearray(whole)
    kind = random.integers(4)
    if kind == 0:
        return bytes(broken[: random.integers(len(broken))])
    if kind == 1:
        at = int(random.integers(len(broken)))
        del broken[at : at + int(random.integers(1, 64))]
        return bytes(broken)
    # Mostly where structure is: the pickle and the central directory, which begin at their signatures.
    places = [whole.find(b"\x80\x02c"), whole.find(b"PK\x01\x02"), 0, len(whole) - 64]
    for _ in range(int(random.integers(1, 6))):
        start = places[int(random.integers(4))]
        broken[min(start + int(random.integers(2000 if start else len(whole))), len(whole) - 1)] = random.integers(256)
    return bytes(broken)


def mutated_entries(entries, random):
    """A zip whose own checksums are right, with a pickle or an entry that is not."""
    entries = dict(entries)
    names = list(entries)
    name = names[int(random.integers(len(names)))]
    kind = random.integers(6)
    if kind == 0:
        del entries[name]
    elif kind == 1:
        entries[name] = entries[name][: random.integers(len(entries[name]) + 1)]
    elif kind == 2:
        entries[name] = entries[names[int(random.integers(len(names)))]]
    else:
        target = next(n for n in names if n.endswith("data.pkl")) if kind > 3 else name
        content = bytearray(entries[target])
        for _ in range(int(random.integers(1, 5))):
            if content:
                content[int(random.integers(len(content)))] = random.integers(256)
        entries[target] = bytes(content)
    return entries


@pytest.mark.filterwarnings("ignore:invalid escape sequence")  # of pickletools, about the bytes it is shown
@pytest.mark.parametrize("which", ["demo", "small"])
def test_a_thousand_mutations(which, small, tmp_path, watched):
    source = DEMO if which == "demo" else small
    whole, entries = source.read_bytes(), entries_of(source)
    random = np.random.default_rng(2026)
    survived = 0
    for k in range(500):
        path = tmp_path / "m.pt"
        if k % 2:
            path.write_bytes(mutated_bytes(whole, random))
        else:
            write_zip(path, mutated_entries(entries, random))
        survived += watched(path)
    assert 10 < survived < 400  # entries that nobody reads may be changed; what is read may not


def with_pickle(small, path, content):
    entries = entries_of(small)
    name = next(name for name in entries if name.endswith("data.pkl"))
    write_zip(path, entries | {name: content})


SAME_TWICE = b"\x80\x02)q\x00" + b"h\x00h\x00\x86q\x00" * 60 + b"."
MALICIOUS = {
    "os.system": pickle.dumps(Calls(os.system, "touch harmed"), 2),
    "eval": pickle.dumps(Calls(eval, "1 + 1"), 2),
    "exec with protocol 0": pickle.dumps(Calls(exec, "import os"), 0),
    "protocol 5": pickle.dumps(Calls(os.system, "touch harmed"), 5),
    "getattr chain": b"\x80\x02cbuiltins\ngetattr\n(cos\n__dict__\nX\x06\x00\x00\x00systemtR.",
    "a name inside torch": b"\x80\x02ctorch.hub\nload\n" + b"(" + text("a") + b"tR.",
    "inst": b"(S'touch harmed'\nios\nsystem\n.",
    "obj": b"\x80\x02(cos\nsystem\nX\x01\x00\x00\x00ao.",
    "build on a class": b"\x80\x02c__torch__\nModule\n}" + text("__init__") + b"K\x01sb.",
    "call of a module class": b"\x80\x02c__torch__\nModule\n(K\x01tR.",
    "extension registry": b"\x80\x02\x82\x01.",
    "memo of gigabytes": b"\x80\x02}r\xff\xff\xff\x7f.",
    "bytes of exabytes": b"\x80\x05\x96" + b"\xff" * 7 + b"\x7f.",
    "text of gigabytes": b"\x80\x02X\xff\xff\xff\x7fabc.",
    "a number of many digits": b"\x80\x02I" + b"9" * 60000 + b"\n.",
    "nested marks": b"\x80\x02" + b"(" * 30000 + b")" + b"t" * 30000 + b".",
    "nested tuples": b"\x80\x02)" + b"\x85" * 60000 + b".",
    "nested keys": b"\x80\x02}()" + b"\x85" * 60000 + b"K\x01u.",
    "doubling, then hashing": b"\x80\x02}(" + SAME_TWICE[2:-1] + b"K\x01u.",
    # The same with nothing but instructions that honest files use.
    "nested keys of honest make": b"\x80\x02}(" + b"(" * 31000 + b")" + b"t" * 31000 + b"K\x01u.",
    "doubling of honest make": b"\x80\x02}()q\x00" + b"(h\x00h\x00tq\x00" * 60 + b"K\x01u.",
    "a module that holds itself": b"\x80\x02c__torch__\nModule\n)\x81q\x00}(" + text("me") + b"h\x00ub.",
    "a list that holds itself": b"\x80\x02]q\x00h\x00a.",
    "state that is no table": b"\x80\x02c__torch__\nModule\n)\x81K\x01b.",
    "state of numbered names": b"\x80\x02c__torch__\nModule\n)\x81}(K\x01K\x02ub.",
    "no module": b"\x80\x02}.",
    "nothing": b"",
    "no end": b"\x80\x02}",
    "stack underflow": b"\x80\x02tR.",
    "foreign persistent id": b"\x80\x02" + text("storage") + b"Q.",
}


@pytest.mark.parametrize("content", MALICIOUS.values(), ids=MALICIOUS.keys())
def test_malicious_pickles(content, small, tmp_path, watched, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with_pickle(small, tmp_path / "evil.pt", content)
    assert not watched(tmp_path / "evil.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["evil.pt"]


def test_depth_is_counted_before_the_pickle_is_run(small, tmp_path):
    with_pickle(small, tmp_path / "deep.pt", MALICIOUS["nested keys of honest make"])  # a thread's stack is small
    with pytest.raises(ForeignFileError, match="nests deeper"):
        load_terrain(tmp_path / "deep.pt")


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_nothing_is_unpacked(compression, small, tmp_path):
    entries = entries_of(small)
    entries["terrain/data/2"] = bytes(8 * 2**20)
    write_zip(tmp_path / "bomb.pt", entries, compression)
    assert (tmp_path / "bomb.pt").stat().st_size < 2**20
    with pytest.raises(ForeignFileError, match="compressed"):
        load_terrain(tmp_path / "bomb.pt")


def test_other_zips_and_other_files_are_refused(small, tmp_path, monkeypatch):
    path = tmp_path / "x.pt"
    assert not outcome(path)  # missing
    for content in (b"", b"hello", b"PK\x05\x06" + bytes(18), os.urandom(5000)):
        path.write_bytes(content)
        assert not outcome(path)
    write_zip(path, {"a/data.pkl": b"\x80\x02}.", "b/data.pkl": b"\x80\x02}."})
    assert not outcome(path)
    write_zip(path, {"readme.txt": b"hello"})
    assert not outcome(path)
    write_zip(path, {f"a/{k}": b"" for k in range(5000)} | entries_of(small))
    with pytest.raises(ForeignFileError, match="entries"):
        load_terrain(path)
    write_zip(path, entries_of(small) | {"terrain/data.pkl": bytes(70_000)})
    with pytest.raises(ForeignFileError, match="larger than"):
        load_terrain(path)
    monkeypatch.setattr(torch_archive, "LARGEST_FILE", 1000)
    with pytest.raises(ForeignFileError, match="larger than"):
        load_terrain(small)
    with pytest.raises(ForeignFileError, match="no file"):
        load_terrain(tmp_path)


def test_time_and_memory_stay_within_bounds(small, tmp_path):
    """In a process of its own, with no more memory than it takes to read a terrain and a little."""
    pytest.importorskip("resource", reason="Windows does not tell how much memory a process has used")
    for k, content in enumerate(MALICIOUS.values()):
        with_pickle(small, tmp_path / f"evil{k}.pt", content)
    program = textwrap.dedent("""
        import pathlib, resource, sys
        from terrain_widgets.interop.errors import ForeignFileError
        from terrain_widgets.interop.nn_terrain.terrain import load_terrain
        load_terrain(sys.argv[2])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        for path in sorted(pathlib.Path(sys.argv[1]).glob("evil*.pt")):
            try:
                load_terrain(path)
                raise SystemExit(f"{path} was read")
            except ForeignFileError:
                pass
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(grown // 1024 if sys.platform != "darwin" else grown >> 20)
    """)
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), str(small)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 64  # MiB
