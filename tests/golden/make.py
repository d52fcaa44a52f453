"""Write what the page's engine is held to: ``python -m tests.golden.make``, or many more takes elsewhere for a soak.

``python -m tests.golden.make --soak 1000 --folder build/golden`` writes takes of the usual size with new seeds.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from threadpoolctl import threadpool_limits

from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.codecs.loading import load_codec
from tests.golden.golden_file import FOLDER, write_golden
from tests.golden.golden_mosaic import FILE, golden_mosaic, tells
from tests.golden.golden_stream import FILE as STREAM
from tests.golden.golden_stream import golden_stream
from tests.golden.hand_motions import TABLE, hand_motions
from tests.golden.heard import FILE as HEARD
from tests.golden.heard import heard_file
from tests.golden.modulations import MOVEMENTS, modulations
from tests.golden.parameters_module import MODULE, parameters_module
from tests.golden.random_score import MOSAIC_THEMES, STREAM_THEMES
from tests.golden.random_takes import THEMES, random_take
from tests.golden.walks import WALKS, walks


def main() -> None:
    """Write the takes, and the page's table of parameters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", type=int, default=0, help="so many takes of the usual size")
    parser.add_argument("--first", type=int, default=1, help="seed of the first of them")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to")
    arguments = parser.parse_args()
    # how many threads add a sum up decides how it is rounded, and that which takes of a mosaic tell something
    torch.set_num_threads(1)
    threadpool_limits(1)
    pebble, left_out = load_codec("pebble"), 0
    others = dict.fromkeys(STREAM_THEMES, golden_stream()) | dict.fromkeys(MOSAIC_THEMES, golden_mosaic())
    shutil.rmtree(arguments.folder, ignore_errors=True)
    if arguments.soak:
        for seed in range(arguments.first, arguments.first + arguments.soak):
            theme = THEMES[seed % len(THEMES)]
            take = random_take(seed, theme, seconds=2.0, big=True)
            if theme in MOSAIC_THEMES and not tells(take):
                left_out += 1
                continue
            made = replay(take, others.get(theme, pebble))
            write_golden(f"{theme}-{seed}", take, made, arguments.folder)
        print(f"{arguments.soak - left_out} takes; {left_out} left out, in which a choice of frames hangs on rounding")
        return
    MODULE.write_text(parameters_module(), encoding="utf-8")
    MOVEMENTS.write_text(json.dumps(modulations()) + "\n", encoding="utf-8")
    WALKS.write_text(json.dumps(walks()) + "\n", encoding="utf-8")
    TABLE.write_text(json.dumps(hand_motions()) + "\n", encoding="utf-8")
    FILE.write_bytes(golden_mosaic().page_decoder())
    STREAM.write_bytes(golden_stream().page_decoder())
    HEARD.write_bytes(heard_file())
    for theme in THEMES:
        take = golden_take(theme)
        write_golden(theme, take, replay(take, others.get(theme, pebble)), arguments.folder)


def golden_take(theme: str) -> Take:
    """A take of a theme; of a mosaic the first that says something."""
    takes = (random_take(seed, theme) for seed in range(100))
    return next(take for take in takes if theme not in MOSAIC_THEMES or tells(take))


if __name__ == "__main__":
    main()
