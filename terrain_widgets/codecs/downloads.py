"""Fetching a model that somebody has published: only when asked to, and only what its hash says it is."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.search_path import keep_model, model_files, model_name

_HOW = "downloads need pooch, which is not installed: pip install 'terrain_widgets[download]'"


def download_model(url: str, sha256: str, name: str | None = None) -> Path:
    """Fetch a TorchScript model for nn~ and keep it where ``load_codec`` finds it by name.

    A TorchScript file runs when it is loaded, so fetch only what you trust; the hash makes sure that it is that.
    Progress is printed; interrupting the cell leaves nothing behind. What is there already is not fetched again.

    Args:
        url: An ``https`` (or ``http``) address of the file.
        sha256: Its hash, 64 hexadecimal digits, as its author gives it.
        name: Under which name to keep it, ending in ``.ts``; left out, as in the address.

    Returns:
        Where it is kept: in the first folder of ``TERRAIN_WIDGETS_MODELS`` that exists, or in the user's data folder.

    Raises:
        CodecError: If the address or the hash is malformed, nothing comes, or something else comes than the hash says.
        ImportError: If pooch is not installed.
    """
    address = urlsplit(url)
    if address.scheme not in ("https", "http") or not address.netloc:
        raise CodecError(
            f"a model is fetched from an https address, got {url!r}; a file on this machine needs none of it"
        )
    digest = sha256.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise CodecError(
            f"sha256 is 64 hexadecimal digits, got {sha256!r}; the model's author publishes them beside the file, and "
            "`sha256sum model.ts` prints those of a file that you trust"
        )
    name = model_name(name or unquote(address.path))
    kept = model_files().get(Path(name).stem)
    if kept is not None and hashlib.sha256(kept.read_bytes()).hexdigest() == digest:
        return kept
    try:
        import pooch
    except ImportError:
        raise ImportError(_HOW) from None
    with tempfile.TemporaryDirectory(prefix="terrain-model-") as folder:
        fetch = pooch.HTTPDownloader(progressbar=True, timeout=30)
        try:
            file = pooch.retrieve(url, known_hash=f"sha256:{digest}", fname="model", path=folder, downloader=fetch)
        except ValueError as error:  # of pooch, with both hashes
            raise CodecError(
                f"what {address.netloc} sent for {name} is not what the hash says, so it was thrown away ({error}); "
                "ask the model's author for the hash of the newest file"
            ) from None
        except OSError as error:  # all of requests' errors are
            raise CodecError(f"{name} could not be fetched from {address.netloc}: {error}; try again later") from error
        path, _ = keep_model(name, Path(file).read_bytes())
    return path
