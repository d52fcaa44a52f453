"""Pictures as files in memory."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_QUALITY = 88  # of 100: no blocks to be seen where 96 pixels are drawn as wide as a screen


def png_bytes(picture: NDArray[np.uint8]) -> bytes:
    """RGBA ``[H, W, 4]`` as a PNG file: exact, and transparent where it is."""
    file = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(file, "PNG", optimize=True)
    return file.getvalue()


def jpeg_bytes(picture: NDArray[np.uint8]) -> bytes:
    """RGBA ``[H, W, 4]`` as a JPEG file: a quarter of a PNG's size or less, without transparency."""
    file = io.BytesIO()
    Image.fromarray(picture, "RGBA").convert("RGB").save(file, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    return file.getvalue()
