"""``docs/custom_codec.md`` says the truth: its codec is found by name, keeps its promises, and works in a worker."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.audio.render import render
from terrain_widgets.codecs.background_encoder import BackgroundEncoder
from terrain_widgets.codecs.loading import load_codec
from tests.audio.plug_in import plug_ins

PAGE = Path(__file__).parents[2] / "docs" / "custom_codec.md"


def test_the_codec_of_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8")
    module, check = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
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
        codec = load_codec("cosine")
        assert codec.recipe is not None
        tone = 0.2 * np.sin(2 * np.pi * 200 * np.arange(20_001) / 44100).astype(np.float32)
        with BackgroundEncoder(codec.recipe, cached=False) as encoder:
            latents = encoder.encode(tone, 44100)
        assert len(latents) == 40
        heard = codec.decode(latents)[0, :20_001]
        assert np.sqrt(np.mean((heard - tone) ** 2)) < 0.1 * np.sqrt(np.mean(tone**2))
        assert render(None, codec, np.zeros((4, 2))).shape == (1, 2048)
