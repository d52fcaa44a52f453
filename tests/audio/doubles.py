"""Small stand-ins for codecs, mappings, hosts and the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from terrain_widgets.audio.hosts.status import HostStatus
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.mapping import MappingState, register_mapping


class ToneStream:
    """Each latent row sets amplitude and pitch of a sine; phase and a one-pole memory go from block to block."""

    def __init__(self, info: CodecInfo, voices: int = 1) -> None:
        self.info = info
        self.voices = voices
        self.resets = -1
        self.calls = 0
        self.reset()

    def reset(self) -> None:
        self.resets += 1
        self.phase = np.zeros(self.voices)
        self.last = np.zeros(self.voices)

    def resize(self, voices: int) -> None:
        self.voices = voices
        self.phase, self.last = (np.resize(np.append(v, np.zeros(voices)), voices) for v in (self.phase, self.last))

    def decode(self, latents: np.ndarray) -> np.ndarray:
        self.calls += 1
        assert latents.shape[0] == self.voices
        return np.concatenate([self._row(k, row) for k, row in enumerate(latents)])

    def _row(self, k: int, latents: np.ndarray) -> np.ndarray:
        z = np.repeat(latents.astype(np.float64), self.info.ratio, axis=1)
        phases = self.phase[k] + np.cumsum((220.0 + 40.0 * z[1]) / self.info.sample_rate)
        self.phase[k] = phases[-1] % 1.0
        amplitude = np.empty(z.shape[1])
        for i, target in enumerate(z[0]):
            self.last[k] += 0.01 * (target - self.last[k])
            amplitude[i] = self.last[k]
        audio = 0.3 * amplitude * np.sin(2 * np.pi * phases)
        return np.repeat(audio[None, None].astype(np.float32), self.info.channels, axis=1)


class ToneCodec:
    """A codec without a recipe."""

    recipe = None

    def __init__(self, sample_rate: int = 16000, ratio: int = 64, channels: int = 1) -> None:
        self.info = CodecInfo("tone", sample_rate, ratio, 2, channels)
        self.streams: list[Any] = []

    def stream(self, voices: int = 1) -> ToneStream:
        self.streams.append(ToneStream(self.info, voices))
        return self.streams[-1]

    def encode(self, audio: Any, sample_rate: int) -> Any:
        raise NotImplementedError

    def decode(self, latents: Any) -> np.ndarray:
        return ToneStream(self.info).decode(np.asarray(latents, np.float32).T[None])[0]


class LoadableToneCodec(ToneCodec):
    """The same, to be found in another process as a plug-in called ``test-tone``."""

    recipe = CodecRecipe("test-tone", "0")


@dataclass
class Plane:
    """Latents are a linear map of two coordinates."""

    offset: tuple[float, float] = (1.0, 0.0)
    control_dim: int = 2
    latent_dim: int = 2

    def __call__(self, coordinates: Any) -> np.ndarray:
        table = np.asarray(coordinates, np.float32)
        return (table[:, :2] * 0.5 + np.asarray(self.offset, np.float32)).astype(np.float32)

    def to_state(self) -> MappingState:
        return MappingState("plane", {"offset": self.offset}, {})


register_mapping("plane", lambda state: Plane(tuple(state.config["offset"])))


def wander(frames: int, seed: int = 0) -> np.ndarray:
    """A smooth path [frames, 2] inside -1..1."""
    t = np.arange(frames)[:, None] * 0.07 + np.random.default_rng(seed).uniform(0, 6, (1, 2))
    return np.sin(t * np.array([[1.0, 1.7]])).astype(np.float32)


def splits(total: int, seed: int, most: int) -> list[int]:
    """Random block sizes that add up to total."""
    rng, sizes = np.random.default_rng(seed), []
    while total > 0:
        sizes.append(int(min(total, rng.integers(1, most + 1))))
        total -= sizes[-1]
    return sizes


class HostDouble:
    """A host that has a counting ramp to read, as much as one asks for, while ``giving``."""

    sample_rate, channels, ratio, ring_seconds, page_line = 16000, 1, 64, 0.01, ""

    def __init__(self) -> None:
        self.gate_open = True
        self.giving = True
        self.silent = False
        self.ready = True
        self.panics = 0
        self.at = 0

    @property
    def available(self) -> int:
        return 128

    def read(self, max_samples: int) -> np.ndarray:
        count = max(0, max_samples) if self.giving else 0
        self.at += count
        return np.arange(self.at - count, self.at, dtype=np.float32)[None]

    def panic(self) -> None:
        self.panics += 1

    def state(self) -> tuple[bool, bool]:
        return self.ready, self.silent

    def status(self) -> HostStatus:
        return HostStatus(kind="double", alive=True, ready=self.ready, message="", silent=self.silent)

    def use_page_line(self, lead_seconds: float | None) -> None:
        """It has none."""
