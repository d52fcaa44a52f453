"""Pictures as PNG."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def png_bytes(picture: NDArray[np.uint8]) -> bytes:
    """RGBA ``[H, W, 4]`` as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(file, "PNG", optimize=True)
    return file.getvalue()
