"""``docs/custom_codec.md`` says the truth: its codec is found by name, keeps its promises, and works in a worker."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from terrain_widgets.audio.takes.render import render
from terrain_widgets.codecs.background_encoder import BackgroundEncoder
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.interop.errors import ExportError
from terrain_widgets.interop.nn_tilde.scripted_decoders import scripted_decoder
from tests.audio.plug_in import plug_ins

PAGE = Path(__file__).parents[2] / "docs" / "custom_codec.md"


def test_the_codec_of_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8")
    module, check, abilities = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    (settings,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    target = tomllib.loads(settings)["project"]["entry-points"]["terrain_widgets.codecs"]["cosine"]
    package, name = target.partition(":")[0].split(".")
    (tmp_path / package).mkdir()
    (tmp_path / package / f"{name}.py").write_text(module, encoding="utf-8")
    lines = [line for line in module.splitlines() if line.strip() and not line.startswith(("import", "from"))]
    assert len(lines) <= 30
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with plug_ins(cosine=target):
        exec(check, {})
        exec(abilities, {})
        codec = load_codec("cosine")
        assert codec.recipe is not None
        tone = 0.2 * np.sin(2 * np.pi * 200 * np.arange(20_001) / 44100).astype(np.float32)
        with BackgroundEncoder(codec.recipe, cached=False) as encoder:
            latents = encoder.encode(tone, 44100)
        assert len(latents) == 40
        heard = codec.decode(latents)[0, :20_001]
        assert np.sqrt(np.mean((heard - tone) ** 2)) < 0.1 * np.sqrt(np.mean(tone**2))
        assert render(None, codec, np.zeros((4, 2))).shape == (1, 2048)


def test_what_the_page_says_of_exports_is_true(model_path: Callable[[str], Path], tmp_path: Path) -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert "`scripted_decoder()`" in text and "up to 64 voices" in text
    for codec in (load_codec(), load_codec(f"{model_path('exact_stereo')}#noise=free")):
        decoder = scripted_decoder(codec)
        latents = np.random.default_rng(0).normal(0, 0.5, (2, codec.info.latent_dim, 5)).astype(np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            compiled = torch.jit.script(decoder.eval().requires_grad_(False))
        parts = [compiled.decode(torch.from_numpy(latents[:, :, at : at + 2])) for at in (0, 2, 4)]
        np.testing.assert_allclose(torch.cat(parts, 2).numpy(), codec.stream(2).decode(latents), atol=1e-5)
        compiled.reset()
    gone = tmp_path / "model.ts"
    shutil.copy(model_path("exact"), gone)
    codec = load_codec(gone)
    gone.unlink()
    with pytest.raises(ExportError, match=r"no longer at .*model\.ts"):
        scripted_decoder(codec)
