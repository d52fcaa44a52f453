"""The latent sliders of a session: a latent vector made by hand, or by chance, and heard while it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.patch import Patch
from terrain_widgets.core.exploration.sliders import LATENT_RANGE, TEMPERATURE, LatentSliders
from terrain_widgets.core.mapping import ConstantMapping

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session


class SliderBank(traitlets.HasTraits):
    """As many sliders as the codec has latents. Everything the panel's buttons do is a method here.

    Heard, every change is a new constant mapping for the engine, which leads over to it within a few frames from
    wherever its latents are. That is free of clicks, works for any number of latents, and does not mind whether the
    hand moves meanwhile: a mapping whose coordinates *were* the sliders would be limited to the gesture's 16, and
    would sound wrong whenever another panel moves the hand.

    Args:
        session: Whose codec decodes.
    """

    now = traitlets.Instance(LatentSliders, args=(np.zeros(1),), help="Where the sliders stand; replaced whole.")
    hearing = traitlets.Bool(False, help="Whether they sound.")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._ready, self._draws = False, 0
        self._back = "terrain"
        session.sources.observe(self._follow_source, names="source")
        session.observe(self._follow_patch, names="patch")

    def __repr__(self) -> str:
        return f"SliderBank({len(self.now.values)} sliders{', heard' if self.hearing else ''})"

    def prepare(self) -> LatentSliders:
        """The sliders of the session's codec; loads that if need be (about a second)."""
        if not self._ready:
            self._ready = True
            self.now = self._placed(self._session.patch, self._session.codec.info.latent_dim)
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
        """Lock one slider against chance and zero, or let it go.

        Raises:
            IndexError: If there is no such slider.
        """
        self._set(self.prepare().locked_at(index, locked))

    def take(self, latents: ArrayLike) -> None:
        """Set all of them: to a point's latents, or to a frame's; kept within ±3.

        Raises:
            ValueError: If there are more or fewer than sliders.
        """
        values = np.asarray(latents, dtype=np.float32)
        if values.shape != self.prepare().values.shape:
            raise ValueError(f"there are {len(self.now.values)} sliders, but latents of shape {list(values.shape)}")
        self._set(LatentSliders(values, self.now.locked))

    def randomise(self, temperature: float = TEMPERATURE.default, seed: int | None = None) -> None:
        """Draw the free ones from a normal distribution.

        Args:
            temperature: Its standard deviation.
            seed: Of the draw; left out, the next one of the session's seed.

        Raises:
            ValueError: If the temperature is out of range.
        """
        if seed is None:
            self._draws += 1
            seed = int(np.random.SeedSequence([self._session.seed, self._draws]).generate_state(1)[0])
        self._set(self.prepare().randomised(seed, temperature))

    def zero(self) -> None:
        """Set the free ones to zero."""
        self._set(self.prepare().zeroed())

    def _set(self, sliders: LatentSliders, gesture: str = "") -> None:
        values = {"sliders.values": tuple(sliders.values.tolist()), "sliders.locked": tuple(sliders.locked.tolist())}
        self._session.set(values, gesture)

    def _follow_patch(self, change: dict[str, Patch]) -> None:
        new, old = change["new"], change["old"]
        if self._ready and any(new[a] != old[a] for a in ("sliders.values", "sliders.locked")):
            self.now = self._placed(new, len(self.now.values))
            if self.hearing:
                self._sound()

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
        session = self._session
        if on:
            self.prepare()
            self._back = session.sources.source
            self.offer()
            session.sources.select("sliders")
            self.hearing = True
            self._sound()
        else:
            self.hearing = False
            session.move(session.sound.hand.place_or_origin, on=False)
            if session.sources.latest(self._back) is not None:
                session.sources.select(self._back)
            else:
                session.sources.remove("sliders")

    def offer(self) -> None:
        """Have the sliders' latents ready as what can play."""
        self.prepare()
        edge = np.full(len(self.now.values), LATENT_RANGE, dtype=np.float32)
        self._session.sources.publish("sliders", ConstantMapping(2, self.now.values), (-edge, edge))

    def _sound(self) -> None:
        self.offer()
        self._session.move(self._session.sound.hand.place_or_origin)

    def _follow_source(self, change: dict[str, object]) -> None:
        if self.hearing and change["new"] != "sliders":
            self.hearing = False  # something else was chosen, and begins in silence
            self._session.move(self._session.sound.hand.place_or_origin, on=False)

    def forget_codec(self) -> None:
        """Another codec, other latents."""
        self.hearing, self._ready = False, False
        self._session.sources.remove("sliders")
