"""A sound underneath: its latents run through and are steered by the terrain under the hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import traitlets

from terrain_widgets.audio.engine.sources.backing_clip import Mode
from terrain_widgets.audio.parameters import LIVE
from terrain_widgets.session.stage.patch_view import PatchView

if TYPE_CHECKING:
    from terrain_widgets.session.stage.live_patch import LivePatch


class Backing(PatchView):
    """The stage's backing clip.

    Args:
        live: The patch that it is in.
    """

    sound = traitlets.Unicode("", help="Id of the sound that runs underneath, or nothing.")
    wet = traitlets.Float(1.0, min=0.0, max=1.0, help="Share of the decoded sound over the backing clip's own.")

    def __init__(self, live: LivePatch) -> None:
        super().__init__(live.document, sound="clip.sound", wet="clip.wet")
        self._live = live

    def __repr__(self) -> str:
        return f"Backing({self.sound or 'nothing'}, wet {self.wet:g})"

    def run(self, clip_id: str, modes: Mode | Sequence[Mode] = "add", running: bool = True, loop: bool = True) -> None:
        """Let a sound's latents run through, steered by the terrain under the hand; its own sound is the dry signal.

        Args:
            clip_id: An encoded sound, or the name of a way through latent space.
            modes: ``"keep"``, ``"override"``, ``"add"`` or ``"multiply"``, for all latents or for each.
            running: By itself, or only while the hand is down.
            loop: Begin again at its end, or fall silent there.

        Raises:
            ValueError: If the sound is not encoded yet.
        """
        live = self._live
        if live.assets.sound(clip_id) is None:
            raise ValueError(f"“{live.state.clip(clip_id).name}” is not encoded yet: encode it first")
        live.sound.start()
        words = modes if isinstance(modes, str) else tuple(modes)
        live.set({"clip.sound": clip_id, "clip.modes": words, "clip.running": running, "clip.loop": loop})

    def listen(self, modes: Mode | Sequence[Mode] = "keep") -> None:
        """Let what is heard now, by a microphone or from a file, run through in place of a sound.

        Who listens is the page that makes the sound, or ``stage.listening``; this says what becomes of it.

        Args:
            modes: What the terrain does to its latents, as for ``run``.

        Raises:
            ValueError: If the codec has no encoder for live sound.
        """
        if not self._live.codec.info.capabilities.streaming_encoder:
            raise ValueError(
                f"the codec {self._live.codec.info.name!r} cannot encode live sound; choose another, such as pebble"
            )
        self._live.sound.start()
        words = modes if isinstance(modes, str) else tuple(modes)
        self._live.set({"clip.sound": LIVE, "clip.modes": words, "clip.running": True})

    @property
    def listens(self) -> bool:
        """Whether live sound runs through."""
        return bool(self._live.patch["clip.sound"] == LIVE)

    def stop(self) -> None:
        """Only the terrain again."""
        self._live.set({"clip.sound": None})

    def mix(self, wet: float) -> None:
        """1 is the decoded sound alone, 0 the backing clip itself.

        Raises:
            ValueError: If it is not 0 to 1.
        """
        self._live.set({"clip.wet": wet}, "clip.wet")
