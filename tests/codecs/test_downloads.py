"""Models from a server: a real one, on this machine."""

from __future__ import annotations

import functools
import hashlib
import http.server
import shutil
import sys
import threading
from pathlib import Path

import pytest

import terrain_widgets as tw
from terrain_widgets.codecs.search_path import MODELS_VARIABLE


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked: list[str] = []

    def log_message(self, *_):
        Quiet.asked.append(self.path)


@pytest.fixture
def served(tmp_path, monkeypatch, model_path):
    """(address of a model, its hash, folder where models are kept)."""
    shelf, kept = tmp_path / "shelf", tmp_path / "kept"
    shelf.mkdir()
    kept.mkdir()
    monkeypatch.setenv(MODELS_VARIABLE, str(kept))
    Quiet.asked.clear()
    path = Path(shutil.copy(model_path("exact"), shelf))
    handler = functools.partial(Quiet, directory=str(shelf))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{path.name}"
        yield address, hashlib.sha256(path.read_bytes()).hexdigest(), kept
        server.shutdown()


def test_a_model_is_fetched_once_and_known_by_name(served):
    address, digest, kept = served
    path = tw.download_model(address, digest.upper(), name="street.ts")
    assert path == kept / "street.ts"
    assert tw.download_model(address, digest, name="street.ts") == path
    assert len(Quiet.asked) == 1
    assert tw.load_codec("street").info.latent_dim > 0


def test_another_file_than_promised_is_thrown_away(served):
    address, digest, kept = served
    with pytest.raises(tw.CodecError, match="not what the hash says"):
        tw.download_model(address, "0" * 64)
    assert list(kept.iterdir()) == []
    (kept / "own.ts").write_bytes(b"of the user")
    assert tw.download_model(address, digest, name="own.ts") == kept / "own-2.ts"
    assert (kept / "own.ts").read_bytes() == b"of the user"


@pytest.mark.parametrize(
    ("address", "digest", "says"),
    [
        ("file:///etc/passwd", "0" * 64, "https address"),
        ("ftp://example.org/a.ts", "0" * 64, "https address"),
        ("https://example.org/a.ts", "abc", "64 hexadecimal digits"),
    ],
)
def test_what_is_no_address_or_hash_is_refused(address, digest, says):
    with pytest.raises(tw.CodecError, match=says):
        tw.download_model(address, digest)


def test_nothing_there_is_told(served):
    address, digest, kept = served
    with pytest.raises(tw.CodecError, match=r"none.ts could not be fetched from 127.0.0.1.*404"):
        tw.download_model(address.rpartition("/")[0] + "/none.ts", digest)
    with pytest.raises(tw.CodecError, match="names end in .ts"):
        tw.download_model(address, digest, name="a.exe")
    assert list(kept.iterdir()) == []


def test_without_pooch_the_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r"pip install 'terrain_widgets\[download\]'"):
        tw.download_model("https://example.org/a.ts", "0" * 64)
