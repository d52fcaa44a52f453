"""The engine: coordinates in, sound out; one and the same code live and offline."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.assets import MAPPING, Asset, MappingAsset
from terrain_widgets.audio.engine import resolution
from terrain_widgets.audio.engine.backing_clip import BackingClip
from terrain_widgets.audio.engine.compatibility import check_mapping, check_update
from terrain_widgets.audio.engine.latent_chain import LatentSettings
from terrain_widgets.audio.engine.limiter import Limiter
from terrain_widgets.audio.engine.meter import Level, Meter
from terrain_widgets.audio.engine.playhead import Playhead
from terrain_widgets.audio.engine.processors import DCBlock, FaultGuard, Gain
from terrain_widgets.audio.engine.voices import Voices
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import ConstantMapping, Mapping

FloatArray = NDArray[np.float32]

RAMP_SECONDS = 0.03
_PANIC_SECONDS = 0.005
_DYING_SECONDS = 0.002
_HEALED_SECONDS = 2.0
_CLIP = ("clip.sound", "clip.modes", "clip.loop", "clip.running")


def merged(assets: MappingType[str, Asset], changed: MappingType[str, Asset | None]) -> MappingType[str, Asset]:
    """Assets after a change; ``None`` takes one away."""
    if not changed:
        return assets
    every = {**assets, **changed}
    return MappingProxyType({key: asset for key, asset in every.items() if asset is not None})


class Engine:
    """Places → mapping → base clip → latent guard → codec → gates → DC block → gain → limiter.

    The first voice is the hand's, whose places come with every block; each playhead has a voice of its own, and all
    voices are rows of one decoder. Blocks of any size give the same samples.

    Args:
        codec: What decodes.
        mapping: What turns coordinates into latents; ``None`` plays the latent origin everywhere.
        seed: Handed to the codec's stream if that draws noise (has a ``seed`` method).
        ramp_seconds: Length of the gates' and the gain's ramps.

    Attributes:
        error: Text of the newest exception that the codec or mapping raised in a block, or ``""``; a new mapping
            clears it, and so do two seconds without another. Such a block is muted and the engine goes on.
        frames: Latent frames rendered since the start.
    """

    def __init__(
        self, codec: Codec, mapping: Mapping | None, *, seed: int = 0, ramp_seconds: float = RAMP_SECONDS
    ) -> None:
        self.info = info = codec.info
        self._seed, ramp = seed, max(1, round(ramp_seconds * info.sample_rate))
        self._stream, self._rows = codec.stream(1), 1
        self._mapping = self._checked(mapping)
        self.patch = Patch()
        self.assets: MappingType[str, Asset] = {MAPPING: MappingAsset(mapping)}
        self._voices = Voices(info, ramp)
        self._gain = Gain(ramp)
        self._begin()

    def _begin(self) -> None:
        info = self.info
        self.error, self.frames, self._good_frames = "", 0, 0
        if hasattr(self._stream, "seed"):
            self._stream.seed(self._seed)
        self._faults = FaultGuard()
        self._dc = DCBlock(info.channels, info.sample_rate)
        self._limiter = Limiter(info.channels, info.sample_rate)
        self._mute = Gain(max(1, int(_PANIC_SECONDS * info.sample_rate)))  # behind the limiter: panic waits for nothing
        self._last_sample = np.zeros(info.channels)
        self._meter = Meter(info.sample_rate)

    # --- what there is to see

    @property
    def delay(self) -> int:
        """Samples by which the limiter holds the sound back."""
        return self._limiter.delay

    @property
    def mapping(self) -> Mapping:
        """What is played."""
        return self._mapping

    @property
    def latent_settings(self) -> LatentSettings:
        """How latents are shaped."""
        return self._voices.settings

    @property
    def playheads(self) -> tuple[Playhead, ...]:
        """The playheads, each beginning at where it is now."""
        return self._voices.playheads

    @property
    def positions(self) -> tuple[float, ...]:
        """Where each playhead is, in points of its path; -1 for one that does not sound."""
        return self._voices.positions

    @property
    def base(self) -> BackingClip | None:
        """The clip that runs underneath."""
        return self._voices.base.clip

    @property
    def wet(self) -> float:
        """How much of the hand's voice is the decoded sound while a clip runs, the rest being the clip itself."""
        return self._voices.base.wet

    @property
    def hand_silent(self) -> bool:
        """The hand's own voice is silent, whatever the playheads do."""
        return self._voices.hand_silent

    @property
    def silent(self) -> bool:
        """Nothing sounds any more and nothing is left inside."""
        muted = self._mute.target == 0.0 and self._mute.remaining == 0
        return self._voices.silent and ((self._limiter.idle and self._dc.idle) or muted)

    @property
    def level(self) -> Level:
        """The meters' state after the last block."""
        meter, bad = self._meter, self._faults.count + self._voices.bad_rows
        return Level(meter.peak_db, meter.rms_db, meter.limiter_db, bad, self.frames)

    # --- what may change between two blocks

    def restart(self) -> None:
        """Back to a fresh engine's state, with all settings; playheads keep their places, the base clip begins anew."""
        self._stream.reset()
        if self._rows > 1:
            self._stream.resize(1)
            self._rows = 1
        self._voices.restart()
        self._gain.jump(self._gain.target)
        self._begin()

    def update(self, update: Update) -> None:
        """Take changed values and assets before the next block.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value or an asset does not fit the codec or the rest of the patch; nothing is changed.
        """
        patch = self.patch.set(update.changes)
        assets = merged(self.assets, update.assets)
        touched = update.groups
        check_update(patch, assets, self.info, touched)
        self.patch, self.assets = patch, assets
        if MAPPING in update.assets:
            self.set_mapping(resolution.mapping_asset(assets).mapping)
        if touched & {"latents", MAPPING}:
            self.set_latents(resolution.latent_settings(patch, assets, self.info.latent_dim))
        if touched & {"playheads", "paths"}:
            self.set_playheads(list(resolution.playheads(patch, assets).values()))
        if "sounds" in touched or any(address in update.changes for address in _CLIP):
            self.set_base(resolution.backing_clip(patch, assets))
        if "clip.wet" in update.changes:
            self.set_wet(patch["clip.wet"])

    def snapshot(self) -> Update:
        """All that is set now, as the update that sets it in a fresh engine; playheads begin where they are."""
        now: dict[str, Any] = {}
        for name, head in zip(self.patch.members("playheads"), self.playheads, strict=True):
            seeks, start = head.seek or (0, 0.0)
            now |= {f"playheads.{name}.seeks": seeks, f"playheads.{name}.start": start}
            now |= {f"playheads.{name}.playing": head.playing}
        if self.base is not None:
            now["clip.running"] = self.base.running
        return Update(self.patch.set(now).values, dict(self.assets))

    def set_latents(self, settings: LatentSettings) -> None:
        """Shape latents by these settings from the next block on."""
        self._voices.set_latents(settings)

    def set_latent_range(self, low: ArrayLike, high: ArrayLike) -> None:
        """Clamp latents to ``low``..``high`` (one number or ``[D]`` each), all else as it is."""
        s = self.latent_settings
        self.set_latents(LatentSettings.of(self.info.latent_dim, low, high, s.scale, s.offset, s.slew))

    def set_mapping(self, mapping: Mapping | None) -> None:
        """Swap the mapping in whole before the next block; latents glide over in a few frames.

        Raises:
            ValueError: If the mapping has another number of latents than the codec.
        """
        self._mapping = self._checked(mapping)
        self.error = ""
        self._voices.glide()

    def _checked(self, mapping: Mapping | None) -> Mapping:
        if mapping is None:
            return ConstantMapping(2, np.zeros(self.info.latent_dim, dtype=np.float32))
        check_mapping(mapping, self.info)
        return mapping

    def set_playheads(self, playheads: Sequence[Playhead]) -> None:
        """Play along these paths from the next block on. The k-th goes on from where the k-th was.

        Raises:
            ValueError: If they and the hand are more voices than the codec has.
        """
        self._voices.set_playheads(playheads)
        if any(head.playing for head in playheads):
            self._lift_panic()

    def set_base(self, clip: BackingClip | None) -> None:
        """Run this clip underneath the hand's voice, from its beginning; ``None``: only the terrain.

        Raises:
            ValueError: If the clip does not fit the codec.
        """
        self._voices.base.set(clip)
        self._voices.glide()
        if clip is not None and clip.running:
            self._lift_panic()

    def set_wet(self, wet: float) -> None:
        """Mix: 1 is the decoded sound alone, 0 the base clip itself; without a base clip it says nothing.

        Raises:
            ValueError: If it is not 0 to 1.
        """
        self._voices.base.set_wet(wet)

    def panic(self) -> None:
        """Silence within 5 ms; until the hand lifts and touches again, or something is started anew."""
        self._mute.set(0.0)
        self._voices.panic(self._mute.ramp_samples)

    def _lift_panic(self) -> None:
        if self._voices.panicked:
            self._voices.panicked = False
            self._mute.set(1.0)

    def begin_fade_out(self) -> int:
        """Fade out within 5 ms, to be followed by a block of so many frames as are returned, and then ``restart``."""
        self._mute.set(0.0)
        return -(-self._mute.ramp_samples // self.info.ratio)

    def retrigger(self) -> None:
        """Take the hand as having been up: for a host that knows of an off and on between two blocks."""
        self._voices.lift_hand()

    def jump_gain(self, gain: float) -> None:
        """Take a gain without a ramp, before anything sounds."""
        self._gain.jump(max(0.0, gain))

    # --- sound

    def render(self, coordinates: Any, gate: float, gain: float = 1.0) -> FloatArray:
        """The next block.

        Args:
            coordinates: The hand's places ``[T, C]`` in control units, one row per latent frame.
            gate: 0 is closed; above it, up to 1, open at that level.
            gain: Linear gain, 0 or more.

        Returns:
            Audio ``[A, T * ratio]``, at most -1 dBFS.

        Raises:
            ValueError: If the coordinates are no table or have another number of columns than the mapping takes.
        """
        table = np.asarray(getattr(coordinates, "values", coordinates), dtype=np.float32)
        wanted = self._mapping.control_dim
        if table.ndim != 2 or (table.shape[1] != wanted and not isinstance(self._mapping, ConstantMapping)):
            raise ValueError(f"coordinates must be a table [T, {wanted}] for this mapping, got shape {table.shape}")
        if self._voices.steer(float(gate)):
            self._lift_panic()
        self._gain.set(max(0.0, float(gain)))
        ratio, voices = self.info.ratio, self._voices
        audio = np.zeros((self.info.channels, len(table) * ratio), dtype=np.float32)
        at = 0
        while at < len(table):
            rows = voices.open_and_close()
            span = voices.span(len(table) - at)
            part = audio[:, at * ratio : (at + span) * ratio]
            if rows:  # closed gates need no decoding
                part[:] = self._decoded(table[at : at + span], rows)
            elif not self._dc.idle:  # what rings on after the gates have closed; the gain waits for the next sound
                part[:] = self._dc.process(part) * np.float32(self._gain.value)
            voices.advance(span)
            at += span
        self.frames += len(table)
        out = self._mute.process(self._limiter.process(audio))
        self._meter.take(out, self._limiter.take_reduction_db())
        return out

    def flush(self) -> FloatArray:
        """The limiter's last ``delay`` samples ``[A, delay]``; for the end of an offline rendering."""
        return self._mute.process(self._limiter.process(np.zeros((self.info.channels, self.delay), dtype=np.float32)))

    def _decoded(self, table: FloatArray, rows: int) -> FloatArray:
        wanted = (rows, self.info.channels, len(table) * self.info.ratio)
        try:
            latents = self._voices.latents(self._mapping, table, rows)
            if rows != self._rows:
                self._stream.resize(rows)
                self._rows = rows
            decoded = np.asarray(self._stream.decode(latents), dtype=np.float32)
            if decoded.shape != wanted:
                raise ValueError(f"the codec gave {decoded.shape} where {wanted} audio samples were expected")
        except Exception as error:  # whatever a codec does, the sound's thread must live
            self.error = f"{type(error).__name__}: {error}"
            return self._muted_block(wanted[2])
        if self._faults.faulty(decoded):
            self.error = "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared"
            self._stream.reset()  # a NaN in a decoder's memory would stay there for good
            return self._muted_block(wanted[2])
        self._good_frames += len(table)
        if self._good_frames > _HEALED_SECONDS * self.info.frame_rate:
            self.error = ""
        shaped = self._gain.process(self._dc.process(self._voices.mix(decoded)))
        self._last_sample = shaped[:, -1].astype(np.float64)
        return shaped

    def _muted_block(self, count: int) -> FloatArray:
        """Silence after a failure: the last sample dies away in 2 ms, and what comes next fades in."""
        self._good_frames = 0
        fade = np.exp(-np.arange(1, count + 1) / (_DYING_SECONDS * self.info.sample_rate))
        tail = (self._last_sample[:, None] * np.where(fade > 1e-4, fade, 0.0)).astype(np.float32)
        self._last_sample = tail[:, -1].astype(np.float64)
        self._voices.close_at_once()
        self._dc.reset()
        return tail
