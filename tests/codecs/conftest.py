"""Models by hand, each written once for all tests, proved in a cache folder of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.nn_tilde.codec import TorchScriptCodec
from tests.codecs.broken_models import BROKEN
from tests.codecs.model_parts import save
from tests.codecs.nn_models import GOOD


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRAIN_WIDGETS_CACHE", str(folder))
        patch.delenv("TERRAIN_WIDGETS_MODELS", raising=False)
        yield folder


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("models")

    def path(name: str) -> Path:
        file = folder / f"{name}.ts"
        return file if file.exists() else save({**GOOD, **BROKEN}[name], file)

    return path


@pytest.fixture(scope="session")
def model(model_path: Callable[[str], Path]) -> Callable[[str], TorchScriptCodec]:
    loaded: dict[str, TorchScriptCodec] = {}

    def codec(name: str) -> TorchScriptCodec:
        if name not in loaded:
            found = load_codec(model_path(name))
            assert isinstance(found, TorchScriptCodec)
            loaded[name] = found
        return loaded[name]

    return codec
