"""Whether the terrain's picture says what one will hear: which sound a place's colour names, and what is decoded there.

Run ``python -m benchmarks.territory [--codec pebble mosaic] [--seeds 3] [--places 500]``. For each seed a terrain of
the bundled sounds is arranged and trained for 60 passes. Random places of the plane are held for a moment, decoded,
and compared by log-mel levels with every frame of every decoded sound. Counted is how often the sound that the picture
names there is among the two whose frames come nearest: of the picture that is there at once, by latents, and of the
coarse and the finer ones that follow, by decoded places, with the seconds until they are there. Beside it stands what
always naming the same sound would reach at best.

At the end: how often a coarse picture can be drawn while something trains. The exit code is 1 if the finest picture is
below 80 % anywhere, or coarse ones come less than three times a second.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.measures.log_mel import log_mel
from terrain_widgets.core.pictures.sampling import sample_grid
from terrain_widgets.core.pictures.territory import territory
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.plane.terrain_picture import COARSE

LEAST, OFTEN, HELD, CELLS, PATIENCE = 0.8, 3.0, 12, 256, 60.0
EPOCHS = 60  # and not seconds: a busy machine would leave the terrain untrained


def levels(codec: Codec, latents: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-mel levels of what is decoded, ``[K, bands]``."""
    audio = np.asarray(codec.decode(latents), dtype=np.float32)[:, codec.info.delay :]
    return np.atleast_2d(log_mel(audio.mean(axis=0)))


def _settled(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of the second half, without the end, whose windows reach beyond it."""
    mean: NDArray[np.float64] = rows[len(rows) // 2 : -4].mean(axis=0)
    return mean


class Heard:
    """What random places of a session's terrain sound like.

    Args:
        session: With a terrain.
        count: How many places.
        seed: Of the places.
    """

    def __init__(self, session: Session, count: int, seed: int) -> None:
        codec, mapping = session.codec, session.stage.sources.shown
        self.unit = np.random.default_rng(seed).uniform(size=(count, 2))
        there = mapping(session.document.boundary.from_unit(self.unit).astype(np.float32))
        limits = session.stage.latents
        held = np.clip(there, limits.low, limits.high).astype(np.float32)
        heard = np.stack([_settled(levels(codec, np.repeat(z[None], HELD, axis=0))) for z in held])
        sounds = [levels(codec, session.latents[clip.id].values) for clip in session.state.clips]
        apart = np.stack([((heard[:, None] - own[None]) ** 2).mean(axis=2).min(axis=1) for own in sounds], axis=1)
        self.two = np.argsort(apart, axis=1)[:, :2]

    def share(self, named: NDArray[np.intp]) -> float:
        """How often a picture of names ``[H, W]`` has one of the two nearest sounds."""
        rows, columns = ((self.unit[:, axis] * named.shape[1 - axis]).astype(int) for axis in (1, 0))
        return float((self.two == named[rows, columns][:, None]).any(axis=1).mean())

    @property
    def always(self) -> float:
        """The share of the sound that is most often among the two."""
        return float(np.bincount(self.two.ravel()).max() / len(self.two))


def named(session: Session) -> NDArray[np.intp]:
    """Which sound the picture names, as far as it is known by now, ``[H, W]``."""
    grid = sample_grid(session.stage.sources.shown, session.document.boundary, CELLS, CELLS)
    return territory(grid, session.stage.territory.landmarks).named


def of_seed(codec: str, seed: int, places: int) -> tuple[float, float]:
    """Prints the shares of one terrain; the finest picture's, and coarse pictures a second."""
    session = Session(codec=codec, seed=seed)
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=EPOCHS, wait=True)
    heard, ahead = Heard(session, places, seed), session.stage.territory
    said = [f"at once {heard.share(named(session)):.0%}"]
    began = time.monotonic()
    ahead.learn(session.stage.sources.shown, session.document.boundary)
    share = 0.0
    for step, name in enumerate(("coarse", "fine", "finest"), 1):
        while ahead.learned < step and time.monotonic() - began < PATIENCE:
            time.sleep(0.02)
        if ahead.learned < step:
            said.append(f"{name} not within {PATIENCE:.0f} s")
            break
        share = heard.share(named(session))
        said.append(f"{name} {share:.0%} after {time.monotonic() - began:.1f} s")
    grid, marks = sample_grid(session.stage.sources.shown, session.document.boundary, COARSE, COARSE), ahead.landmarks
    began = time.perf_counter()
    for _ in range(10):
        sample_grid(session.stage.sources.shown, session.document.boundary, COARSE, COARSE)
        territory(grid, marks)
    often = 10 / (time.perf_counter() - began)
    print(f"{codec}, seed {seed}: {', '.join(said)}; naming always the same sound {heard.always:.0%}", flush=True)
    session.close()
    return share, often


def main() -> int:
    """Print the shares; 1 if one is too small."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--codec", nargs="+", default=["pebble", "mosaic"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--places", type=int, default=500)
    options = parser.parse_args()
    found = [of_seed(codec, seed, options.places) for codec in options.codec for seed in range(options.seeds)]
    least, often = min(share for share, _ in found), min(often for _, often in found)
    print(f"least share {least:.0%}, limit {LEAST:.0%}; {often:.0f} coarse pictures a second, limit {OFTEN:.0f}")
    return int(least < LEAST or often < OFTEN)


if __name__ == "__main__":
    sys.exit(main())
