"""Draw the bundled sounds and their reconstructions as spectrograms, for the model card.

Run ``python -m terrain_widgets.codecs.bundled.picture --out docs/pebble_spectrograms.png``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import STEP, log_mel, log_mel_distance
from terrain_widgets.codecs.pebble.synth import SAMPLE_RATE
from terrain_widgets.io.sound_files import sounds

RANGE_DB = 70.0
WIDTH, HEIGHT = 300, 128  # pixels of one spectrogram: two per mel band
GAP, CAPTION = 12, 24
COLUMNS = 2  # pairs side by side
SECONDS = 3.0
#: Dark to bright, evenly spaced.
_COLOURS = ((8, 6, 24), (70, 16, 104), (160, 44, 110), (232, 92, 70), (252, 180, 90), (252, 250, 200))


def spectrogram(levels: NDArray[np.float64], top: float) -> Image.Image:
    """Band levels ``[frames, 64]`` in dB as a picture of fixed size, ``top`` being the brightest.

    What is shorter than ``SECONDS`` leaves the right side dark.
    """
    frames = round(SECONDS * SAMPLE_RATE / STEP)
    height = np.clip((levels[:frames] - top) / RANGE_DB + 1, 0, 1)
    height = np.pad(height, ((0, max(0, frames - len(height))), (0, 0)))
    places = np.linspace(0, 1, len(_COLOURS))
    colours = np.stack([np.interp(height, places, channel) for channel in np.array(_COLOURS).T], axis=-1)
    pixels = np.round(colours).astype(np.uint8).transpose(1, 0, 2)[::-1]
    return Image.fromarray(pixels).resize((WIDTH, HEIGHT), Image.Resampling.NEAREST)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the PNG file")
    arguments = parser.parse_args()
    codec = load_codec()
    clips = sounds()
    pair = 2 * WIDTH + GAP // 2
    rows = -(-len(clips) // COLUMNS)
    size = (COLUMNS * (pair + GAP) + GAP, rows * (HEIGHT + CAPTION + GAP) + GAP)
    sheet = Image.new("RGB", size, (255, 255, 255))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=15)
    for index, clip in enumerate(clips):
        original = clip.audio.mean(axis=0)
        copy = codec.decode(codec.encode(original, clip.sample_rate))[0][: len(original)]
        left = GAP + index % COLUMNS * (pair + GAP)
        top = GAP + index // COLUMNS * (HEIGHT + CAPTION + GAP)
        draw.text((left, top), f"{clip.name}: original", (30, 30, 30), font)
        apart = log_mel_distance(original, copy)
        draw.text((left + WIDTH + GAP // 2, top), f"from eight latents ({apart:.1f} dB apart)", (30, 30, 30), font)
        wanted = log_mel(original)
        for place, levels in enumerate((wanted, log_mel(copy))):
            where = (left + place * (WIDTH + GAP // 2), top + CAPTION)
            sheet.paste(spectrogram(levels, float(wanted.max())), where)
    sheet.quantize(64).save(arguments.out, optimize=True)
    print(f"{arguments.out}: {size[0]} x {size[1]} pixels, {arguments.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
