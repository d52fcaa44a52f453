"""What a page says at the end of a recording, before any page has said it."""

from __future__ import annotations

import json

import numpy as np
from safetensors.numpy import save


def page_take(frames: int = 2) -> tuple[str, bytes]:
    """A take's two files, of a hand that rests, played with the bundled codec."""
    content = {
        "format": "terrain_widgets-take", "version": 2, "codec": "pebble", "sample_rate": 44100, "ratio": 1024,
        "seed": 0, "complete": True, "strokes": [], "settings": {"changes": {}, "assets": {}}, "updates": [],
    }  # fmt: skip
    return json.dumps(content), save({"coordinates": np.zeros((frames, 2), np.float32)})
