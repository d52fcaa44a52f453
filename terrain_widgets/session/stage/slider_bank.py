"""The latent sliders: a latent vector made by hand, or by chance, and heard while it changes."""

from __future__ import annotations

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.patch import Patch
from terrain_widgets.core.exploration.sliders import LATENT_RANGE, TEMPERATURE, LatentSliders
from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.source_selector import SourceSelector


class SliderBank(traitlets.HasTraits):
    """As many sliders as the codec has latents. Everything the panel's buttons do is a method here.

    Heard, every change is a new constant mapping for the engine, which leads over to it within a few frames from
    wherever its latents are. That is free of clicks, works for any number of latents, and does not mind whether the
    hand moves meanwhile: a mapping whose coordinates *were* the sliders would be limited to the gesture's 16, and
    would sound wrong whenever another panel moves the hand.

    Args:
        sounds: Whose codec decodes, and whose document keeps where the sliders stand.
        sources: Told of the sliders' latents, as what can play.
        sound: Whose hand is down while they are heard.
    """

    now = traitlets.Instance(LatentSliders, args=(np.zeros(1),), help="Where the sliders stand; replaced whole.")
    hearing = traitlets.Bool(False, help="Whether they sound.")

    def __init__(self, sounds: LatentStore, sources: SourceSelector, sound: Sound) -> None:
        super().__init__()
        self._sounds, self._document, self._sources, self._sound = sounds, sounds.document, sources, sound
        self._ready, self._draws = False, 0
        self._back = "terrain"
        sources.observe(self._follow_source, names="source")
        self._document.observe(self._follow_patch, names="patch")

    def __repr__(self) -> str:
        return f"SliderBank({len(self.now.values)} sliders{', heard' if self.hearing else ''})"

    def prepare(self) -> LatentSliders:
        """The sliders of the codec; loads that if need be (about a second)."""
        if not self._ready:
            self._ready = True
            self.now = self._placed(self._document.patch, self._sounds.codec.info.latent_dim)
        return self.now

    # --- changes

    def move(self, index: int, value: float) -> None:
        """Set one slider, locked or not.

        Raises:
            IndexError: If there is no such slider.
            ValueError: If the value is not finite.
        """
        self._set(self.prepare().moved(index, value), f"slider {index}")

    def lock(self, index: int, locked: bool = True) -> None:
        """Lock one slider against chance and zero, or release it.

        Raises:
            IndexError: If there is no such slider.
        """
        self._set(self.prepare().locked_at(index, locked))

    def take(self, latents: ArrayLike, gesture: str = "") -> None:
        """Set all of them: to a point's latents, or to a frame's; kept within ±3.

        Args:
            latents: ``[D]``.
            gesture: Changes in a row under one name are one step of undo.

        Raises:
            ValueError: If there are more or fewer than sliders.
        """
        values = np.asarray(latents, dtype=np.float32)
        if values.shape != self.prepare().values.shape:
            raise ValueError(f"there are {len(self.now.values)} sliders, but latents of shape {list(values.shape)}")
        self._set(LatentSliders(values, self.now.locked), gesture)

    def randomise(self, temperature: float = TEMPERATURE.default, seed: int | None = None) -> None:
        """Draw the free ones from a normal distribution.

        Args:
            temperature: Its standard deviation.
            seed: Of the draw; left out, the next one of the document's seed.

        Raises:
            ValueError: If the temperature is out of range.
        """
        if seed is None:
            self._draws += 1
            seed = int(np.random.SeedSequence([self._document.seed, self._draws]).generate_state(1)[0])
        self._set(self.prepare().randomised(seed, temperature))

    def zero(self) -> None:
        """Set the free ones to zero."""
        self._set(self.prepare().zeroed())

    def _set(self, sliders: LatentSliders, gesture: str = "") -> None:
        values = {"sliders.values": tuple(sliders.values.tolist()), "sliders.locked": tuple(sliders.locked.tolist())}
        self._document.set(values, gesture)

    def _follow_patch(self, change: dict[str, Patch]) -> None:
        new, old = change["new"], change["old"]
        if self._ready and any(new[a] != old[a] for a in ("sliders.values", "sliders.locked")):
            self.now = self._placed(new, len(self.now.values))
            if self.hearing:
                self._play()

    @staticmethod
    def _placed(patch: Patch, dim: int) -> LatentSliders:
        """Where the patch says they are; all in the middle if that is of another number of latents."""
        try:
            values = np.broadcast_to(np.asarray(patch["sliders.values"], np.float32), dim)
            return LatentSliders(values, np.broadcast_to(np.asarray(patch["sliders.locked"], bool), dim))
        except ValueError:
            return LatentSliders.centred(dim)

    # --- sound

    def hear(self, on: bool = True) -> None:
        """Let the sliders sound, from now on and while they move; or go back to what played before, in silence."""
        if on == self.hearing:
            return
        sources = self._sources
        if on:
            self.prepare()
            self._back = sources.source
            self.offer()
            sources.select("sliders")
            self.hearing = True
            self._play()
        else:
            self.hearing = False
            self._sound.lift()
            if sources.latest(self._back) is not None:
                sources.select(self._back)
            else:
                sources.remove("sliders")

    def offer(self) -> None:
        """Have the sliders' latents ready as what can play."""
        self.prepare()
        edge = np.full(len(self.now.values), LATENT_RANGE, dtype=np.float32)
        self._sources.publish("sliders", ConstantMapping(2, self.now.values), (-edge, edge))

    def _play(self) -> None:
        self.offer()
        self._sound.move(self._sound.hand.place_or_origin)

    def _follow_source(self, change: dict[str, object]) -> None:
        if self.hearing and change["new"] != "sliders":
            self.hearing = False  # something else was chosen, and begins in silence
            self._sound.lift()

    def forget_codec(self) -> None:
        """Another codec, other latents."""
        self.hearing, self._ready = False, False
        self._sources.remove("sliders")
