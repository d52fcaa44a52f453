"""The engine: coordinates in, sound out; one and the same code live and offline."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import CODEC, MAPPING, WEIGHTS, Asset, MappingAsset, merged
from terrain_widgets.audio.engine import resolution
from terrain_widgets.audio.engine.clock import Clock
from terrain_widgets.audio.engine.compatibility import check_base, check_playheads, check_update
from terrain_widgets.audio.engine.decoder import Decoder, DecoderFault
from terrain_widgets.audio.engine.heard import Heard
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.latents.modulators import Modulators
from terrain_widgets.audio.engine.mapper import Mapper
from terrain_widgets.audio.engine.output.meter import Level
from terrain_widgets.audio.engine.output.output_chain import OutputChain
from terrain_widgets.audio.engine.patch_motion import PatchMotion
from terrain_widgets.audio.engine.sources.backing_clip import BackingClip
from terrain_widgets.audio.engine.sources.hand import HandBlock
from terrain_widgets.audio.engine.sources.hands import Hands
from terrain_widgets.audio.engine.sources.live_feed import LiveBlock
from terrain_widgets.audio.engine.sources.playhead import Playhead
from terrain_widgets.audio.engine.transports import Transports
from terrain_widgets.audio.engine.voices import Voices
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]

RAMP_SECONDS = 0.03
_HEALED_SECONDS = 2.0
_CLIP = ("clip.sound", "clip.modes", "clip.loop", "clip.running")


class Engine:
    """Sources → mapping → latent chain → decoder → output chain, on one clock.

    Hands, whose places come with every block, and playheads are sources; each has a voice, which is a row of the
    decoder. Under the first hand a clip may run. Blocks of any size give the same samples.

    Args:
        codec: What decodes.
        mapping: What turns coordinates into latents; ``None`` plays the latent origin everywhere.
        seed: Handed to the codec's stream if that draws noise (declares ``seeded``).
        ramp_seconds: Length of the gates' and the gain's ramps.

    Attributes:
        error: Text of the newest exception that the codec or mapping raised in a block, or ``""``; a new mapping
            clears it, and so do two seconds without another. Such a block is muted and the engine goes on.
        clock: Counts the latent frames since the start.
        motion: What is set, and changes by itself.
        decoder: Latents to sound.
        heard: What sounded in the last block, part by part; parts in which nothing was played are left out.
    """

    def __init__(
        self, codec: Codec, mapping: Mapping | None, *, seed: int = 0, ramp_seconds: float = RAMP_SECONDS
    ) -> None:
        self.info, self.recipe = codec.info, codec.recipe
        info = self.info
        ramp = max(1, round(ramp_seconds * info.sample_rate))
        self.clock = Clock(info.frame_rate)
        self.decoder = Decoder(codec, seed)
        self._mapper = Mapper(info, mapping)
        self.motion = PatchMotion(info.frame_rate, info.latent_dim)
        self.assets: MappingType[str, Asset] = {MAPPING: MappingAsset(mapping)}
        self._modulators = Modulators(resolution.modulator_settings(self.patch, info.latent_dim), info.frame_rate)
        self._voices = Voices(info, ramp)
        self._hands = Hands(info, ramp)
        for source in self._hands.sources:
            self._voices.add(source)
        self._transports = Transports(self._voices)
        self._output = OutputChain(info, ramp)
        self._begin()

    def _begin(self) -> None:
        self.error, self._good_frames = "", 0
        self.clock.restart()
        self.heard: list[Heard] = []

    # --- what there is to see

    @property
    def delay(self) -> int:
        """Samples by which the output chain holds the sound back."""
        return self._output.delay

    @property
    def frames(self) -> int:
        """Latent frames rendered since the start."""
        return self.clock.frame

    @property
    def patch(self) -> Patch:
        """What is set."""
        return self.motion.patch

    @property
    def mapping(self) -> Mapping:
        """What is played."""
        return self._mapper.mapping

    @property
    def latent_settings(self) -> LatentSettings:
        """How latents are shaped."""
        return self._voices.settings

    @property
    def playheads(self) -> tuple[Playhead, ...]:
        """The playheads, each beginning at where it is now."""
        return self._transports.now

    @property
    def positions(self) -> tuple[float, ...]:
        """Where each playhead is, in points of its path; -1 for one that does not sound."""
        return self._transports.positions

    @property
    def base(self) -> BackingClip | None:
        """The clip that runs underneath."""
        return self._hands.clip.clip

    @property
    def wet(self) -> float:
        """How much of the hand's voice is the decoded sound while a clip runs, the rest being the clip itself."""
        return self._hands.clip.wet

    def hand_sounds(self, hand: int = 0) -> bool:
        """Whether that hand's own voice sounds, or still fades out."""
        voice = self._voices.of(self._hands.sources[hand])
        return voice is not None and voice.active

    @property
    def silent(self) -> bool:
        """Nothing sounds any more and nothing is left inside."""
        return self._voices.silent and self._output.idle

    @property
    def level(self) -> Level:
        """The meters' state after the last block."""
        meter, bad = self._output.meter, self.decoder.bad_samples + self._voices.bad_rows
        return Level(meter.peak_db, meter.rms_db, meter.limiter_db, bad, self.frames)

    # --- what may change between two blocks

    def restart(self) -> None:
        """Back to a fresh engine's state, with its settings; playheads keep their places, the clip starts again."""
        self._go(self.motion.finish())
        self._move(self.motion.restart())
        self.decoder.restart()
        self._modulators.restart()
        self._voices.restart()
        self._output.reset()
        self._begin()

    def update(self, update: Update) -> None:
        """Take changed values and assets before the next block.

        Raises:
            KeyError: If there is no such parameter; nothing is changed.
            ValueError: If a value or an asset does not fit the codec or the rest of the patch; nothing is changed.
        """
        patch, assets = self.patch.set(update.changes), merged(self.assets, update.assets)
        check_update(patch, assets, self.info, update.groups)
        self.decoder.bends.check(*resolution.bend_of(patch, assets)[:2])
        self.assets = assets
        self._follow(Update(self.motion.take(update, silent=self._voices.silent), update.assets))

    def _go(self, changes: Changes) -> None:
        """What was checked when it was set comes now."""
        if changes:
            self._follow(Update(changes))

    def _move(self, changes: Changes) -> None:
        """What movers change; they neither start nor stop anything."""
        if any(address.startswith("playheads.") for address in changes):
            self._transports.move(list(resolution.playheads(self.motion.sounding, self.assets).values()))
        self._go({address: value for address, value in changes.items() if not address.startswith("playheads.")})

    def _follow(self, update: Update) -> None:
        patch, assets, touched = self.motion.sounding, self.assets, update.groups
        self._voices.configure(patch, touched)
        self.decoder.configure(patch, update)
        self.recipe = self.decoder.recipe
        if MAPPING in update.assets or ("bend" in touched and resolution.mapping_asset(assets).bent):
            self.set_mapping(resolution.sounding_mapping(patch, assets))
        if touched & {"latents", MAPPING}:
            self.set_latents(resolution.latent_settings(patch, assets, self.info.latent_dim))
        if touched & {"modulators", "clock"}:
            self._modulators.follow(resolution.modulator_settings(patch, self.info.latent_dim), update.changes)
        if touched & {"playheads", "paths"}:
            self.set_playheads(list(resolution.playheads(patch, assets).values()))
        if "sounds" in touched or any(address in update.changes for address in _CLIP):
            self.set_base(resolution.backing_clip(patch, assets, self.info.latent_dim))
        if touched & {"bend", WEIGHTS}:
            self.decoder.bend(*resolution.bend_of(patch, assets), resolution.layers_changed(update.assets))
        if "clip.wet" in update.changes:
            self._hands.clip.set_wet(patch["clip.wet"])
        if "hand.offset" in update.changes:
            self._hands.wander(patch["hand.offset"])
        if "output.level" in update.changes:
            self._output.set_level(patch["output.level"])

    def snapshot(self) -> Update:
        """What is set now, but for the codec, as the update for a fresh engine, where what moves goes on from here."""
        now: dict[str, Any] = {**self.motion.now, "modulators.start": tuple(self._modulators.phases.tolist())}
        now |= resolution.values_of_playheads(self.patch.members("playheads"), self.playheads)
        if self.base is not None:
            now["clip.running"] = self.base.running
        return Update(self.patch.set(now).values, {k: asset for k, asset in self.assets.items() if k != CODEC})

    def set_latents(self, settings: LatentSettings) -> None:
        """Shape latents by these settings from the next block on."""
        self._voices.set_latents(settings)

    def set_mapping(self, mapping: Mapping | None) -> None:
        """Swap the mapping in whole before the next block; latents glide over in a few frames.

        Raises:
            ValueError: If the mapping has another number of latents than the codec.
        """
        self._mapper.set(mapping)
        self.error = ""
        self._voices.lead_over()

    def set_playheads(self, playheads: Sequence[Playhead]) -> None:
        """Play along these paths from the next block on. The k-th goes on from where the k-th was.

        Raises:
            ValueError: If they and the hand are more voices than the codec has.
        """
        check_playheads(playheads, self.info)
        self._transports.set(playheads)
        if any(head.playing for head in playheads):
            self._lift_panic()

    def set_base(self, clip: BackingClip | None) -> None:
        """Run this clip underneath the hand's voice, from its beginning; ``None``: only the terrain.

        Raises:
            ValueError: If the clip does not fit the codec.
        """
        if clip is not None:
            check_base(clip, self.info)
        self._hands.clip.set(clip)
        self._voices.lead_over()
        if clip is not None and clip.running:
            self._lift_panic()

    def panic(self) -> None:
        """Silence within 5 ms; until the hand lifts and touches again, or something is started again."""
        self._go(self.motion.finish())
        self._output.mute.gain.set(0.0)
        self._voices.panic(self._output.mute.gain.ramp_samples)

    def _lift_panic(self) -> None:
        if self._voices.panicked:
            self._voices.panicked = False
            self._output.mute.gain.set(1.0)

    def begin_fade_out(self) -> int:
        """Fade out within 5 ms, to be followed by so many frames as are returned, and then ``restart``."""
        self._output.mute.gain.set(0.0)
        return -(-self._output.mute.gain.ramp_samples // self.info.ratio)

    def retrigger(self, hand: int = 0) -> None:
        """Take a hand as having been up: for a host that knows of an off and on between two blocks."""
        self._hands.retrigger(hand)

    def jump_gain(self, gain: float) -> None:
        """Take a gain without a ramp, before anything sounds."""
        self._output.set_gain(gain)
        self._output.gain.jump(self._output.gain.target)

    # --- sound

    def render(
        self,
        coordinates: Any,
        gate: float,
        gain: float = 1.0,
        *,
        fingers: MappingType[int, HandBlock] = MappingProxyType({}),
        live: LiveBlock | None = None,
    ) -> FloatArray:
        """The next block of audio, ``[A, T * ratio]``, at most -1 dBFS.

        Args:
            coordinates: The first hand's places ``[T, C]`` in control units, one row per latent frame.
            gate: 0 is closed; above it, up to 1, open at that level.
            gain: Linear gain, 0 or more.
            fingers: What the other hands do, by number from 1 to 7; those that are left out are up.
            live: What is heard in this block, where ``clip.sound`` is ``"live"``; after its end there is silence.

        Raises:
            ValueError: If the coordinates are no table or have another number of columns than the mapping takes.
        """
        table = np.asarray(getattr(coordinates, "values", coordinates), dtype=np.float32)
        for places in (table, *(block.places for block in fingers.values())):
            self._mapper.check_places(places)
        self._hands.clip.hear(live)
        if self._hands.take(HandBlock(table, float(gate)), fingers):
            self._lift_panic()
        self._output.set_gain(gain)
        self.heard, left = [], len(table)
        levels = np.zeros(left) if live is None else live.levels(left)
        parts = []
        while left:
            alike, at = self.motion.frames_alike(left, gate > 0.0), len(table) - left
            self._go(self.motion.step())
            self._move(self.motion.move(levels[at : at + 1], table[at], gate > 0.0))
            rows = self._voices.open_and_close()
            span = self._voices.span(alike)
            moved = self._modulators.process(span, levels[at : at + span])
            # closed gates need no decoding
            parts.append(self._sounded(rows, span, moved) if rows else self._output.ring_out(span * self.info.ratio))
            self._voices.advance(span)
            self.clock.advance(span)
            self.motion.advance(span)
            left -= span
        return np.concatenate(parts, axis=1) if parts else np.zeros((self.info.channels, 0), dtype=np.float32)

    def flush(self) -> FloatArray:
        """The last ``delay`` samples ``[A, delay]``; for the end of an offline rendering."""
        return self._output.flush()

    def _sounded(self, rows: int, frames: int, moved: FloatArray | None) -> FloatArray:
        try:
            decoded = self.decoder.decode(self._voices.latents(self._mapper, frames, rows, moved), self._voices.begun)
        except Exception as error:  # whatever a codec does, the sound's thread must live
            self.error = str(error) if isinstance(error, DecoderFault) else f"{type(error).__name__}: {error}"
            self._good_frames = 0
            self._voices.close_at_once()
            return self._output.die_away(frames * self.info.ratio)
        self._good_frames += frames
        if self._good_frames > _HEALED_SECONDS * self.info.frame_rate:
            self.error = ""
        voice = self._voices.speaker(self._hands.down, self._transports.all)
        if voice is not None:
            self.heard.append(Heard(voice.places, voice.unshaped))
        return self._output.process(self._voices.mix(decoded))
