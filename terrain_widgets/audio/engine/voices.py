"""Who has which row of the decoder: the hands, with a clip underneath the first, and the playheads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.mapper import Mapper
from terrain_widgets.audio.engine.output.voice_processors import voice_processors
from terrain_widgets.audio.engine.sources.source import Source
from terrain_widgets.audio.engine.voice import Voice
from terrain_widgets.audio.patch import Patch
from terrain_widgets.codecs.base import CodecInfo

FloatArray = NDArray[np.float32]


class Voices:
    """Rows of the decoder, each for one source. Whatever begins or ends does so at the boundary of a latent frame.

    For each part of a block: ``open_and_close``, ``span``, ``latents`` and ``mix`` if there are rows, ``advance``.

    Args:
        info: The codec.
        ramp_samples: Length of the gates' ramps.

    Attributes:
        settings: How latents are shaped.
        panicked: Whether panic keeps all of them silent.
    """

    def __init__(self, info: CodecInfo, ramp_samples: int) -> None:
        self._info, self._ramp = info, ramp_samples
        self.settings = LatentSettings.of(info.latent_dim)
        self._patch = Patch()
        self._sources: list[Source] = []
        self.restart()

    def restart(self) -> None:
        """All silent, as at the start, with the same sources."""
        self._rows: list[Voice] = []
        self._bad_of_the_gone = 0
        self.panicked = False
        for source in self._sources:
            source.restart()
            if source.keeps_voice:
                self._give_row(source)
        self._sounding: list[bool] = []

    # --- sources

    def add(self, source: Source) -> None:
        """One more plays; where all of the codec's voices are taken, it waits in silence until one is free."""
        self._sources.append(source)
        if source.keeps_voice:
            self._give_row(source)

    def remove(self, source: Source) -> None:
        """It plays no more: its voice fades out."""
        self._sources.remove(source)
        voice = self.of(source)
        if voice is not None:
            voice.source = None

    def of(self, source: Source) -> Voice | None:
        """The voice of a source; ``None`` while it waits for one."""
        return next((voice for voice in self._rows if voice.source is source), None)

    def _give_row(self, source: Source) -> None:
        """The first row that nobody has; one that still fades out leads over."""
        voice = next((voice for voice in self._rows if voice.source is None), None)
        if voice is None:
            if len(self._rows) == self._info.max_voices:
                return
            voice = Voice(self.settings, self._info, self._ramp)
            self._rows.append(voice)
        voice.source, voice.release = source, self._release
        voice.processors = voice_processors(source.kind, self._ramp, self._patch)
        voice.lead_over()

    # --- what there is to see

    def __iter__(self) -> Iterator[Voice]:
        return iter(self._rows)

    @property
    def silent(self) -> bool:
        """None sounds, and none is about to."""
        return not any(voice.active or self._wanted(voice) > 0.0 for voice in self._rows)

    @property
    def bad_rows(self) -> int:
        """Latent rows that were no numbers, since the start."""
        return self._bad_of_the_gone + sum(voice.bad_rows for voice in self._rows)

    def speaker(self, hands: Sequence[Source], playheads: Sequence[Source]) -> Voice | None:
        """Whose place counts as the one that sounds: a hand that is down, else a playhead, else who runs by itself."""
        audible = [voice for voice in self._rows if voice.active and self._wanted(voice) > 0.0]
        for source in (*hands, *playheads, *self._sources):
            for voice in audible:
                if voice.source is source:
                    return voice
        return None

    # --- what may change between two blocks

    def lead_over(self) -> None:
        """What comes next comes from elsewhere: all lead over to it."""
        for voice in self._rows:
            voice.lead_over()

    def set_latents(self, settings: LatentSettings) -> None:
        """Shape latents by these settings."""
        self.settings = settings
        for voice in self._rows:
            voice.configure(settings)

    def configure(self, patch: Patch, groups: frozenset[str]) -> None:
        """Set the voices' own processors as the patch says, whose ``groups`` have changed."""
        self._patch = patch
        for voice in self._rows:
            voice.release = self._release
            for processor in voice.processors:
                if processor.groups & groups:
                    processor.configure(patch)

    def panic(self, ramp_samples: int) -> None:
        """Close all gates; what plays by itself is paused."""
        self.panicked = True
        for source in self._sources:
            source.stop()
        for voice in self._rows:
            voice.close(ramp_samples)

    def close_at_once(self) -> None:
        """All gates shut without a ramp, to fade in again: for a block that was muted."""
        for voice in self._rows:
            voice.close_at_once()

    # --- part by part of a block

    def open_and_close(self) -> int:
        """Begin what begins now and end what ends; returns how many rows of the decoder are needed."""
        for voice in self._rows:
            if voice.source is not None and not voice.source.keeps_voice and not voice.active and not voice.level:
                voice.source = None
        for source in self._sources:
            if source.level > 0.0 and self.of(source) is None:
                self._give_row(source)
        for voice in self._rows:
            voice.open_or_close(self._wanted(voice))
        while self._rows and self._rows[-1].source is None and not self._rows[-1].active:
            self._bad_of_the_gone += self._rows.pop().bad_rows
        self._sounding = [voice.active for voice in self._rows]
        return max((k + 1 for k, sounds in enumerate(self._sounding) if sounds), default=0)

    @property
    def begun(self) -> list[int]:
        """Rows whose sources begin with this part."""
        return [k for k, voice in enumerate(self._rows) if voice.begins]

    @property
    def _release(self) -> int | None:
        """Samples in which a voice fades when its source ends: what was struck may ring."""
        if not self._info.capabilities.struck:
            return None
        return max(self._ramp, round(float(self._patch["one_shot.ring"]) * self._info.sample_rate))

    def _wanted(self, voice: Voice) -> float:
        return 0.0 if self.panicked else voice.level

    def span(self, most: int) -> int:
        """Frames until something begins or ends, so that a part has the same rows throughout."""
        return max(1, int(min([most, *(voice.frames_left for voice in self._rows)])))

    def latents(self, mapper: Mapper, frames: int, rows: int, moved: FloatArray | None = None) -> FloatArray:
        """Latents of all rows: ``[B, D, T]``; a silent row rests at the origin.

        Args:
            mapper: Gives them by place.
            frames: T.
            rows: B.
            moved: What modulators add to each row's, ``[T, D]``.
        """
        out = np.zeros((rows, frames, self._info.latent_dim), dtype=np.float32)
        for k, voice in enumerate(self._rows[:rows]):
            if self._sounding[k]:
                out[k] = voice.next_latents(mapper, frames, moved)
        return np.ascontiguousarray(out.transpose(0, 2, 1))

    def mix(self, decoded: FloatArray) -> FloatArray:
        """Decoded rows ``[B, A, S]`` through their gates to one sound ``[A, S]``."""
        mixed: FloatArray | None = None
        for k, row in enumerate(decoded):
            if self._sounding[k]:
                sound = self._rows[k].sound(row)
                mixed = sound if mixed is None else mixed + sound
        return np.zeros(decoded.shape[1:], dtype=np.float32) if mixed is None else mixed

    def advance(self, frames: int) -> None:
        """All sources move on, those that wait too."""
        sounding = {id(voice.source): on for voice, on in zip(self._rows, self._sounding, strict=True)}
        for source in self._sources:
            source.advance(frames, sounding.get(id(source), False))
