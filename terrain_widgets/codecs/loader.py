"""What a family of codecs brings so that its codecs are found and built: a ``Loader``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from terrain_widgets.codecs.base import Codec, CodecStream
from terrain_widgets.io.sound_files import Sound


class BuildingCancelled(Exception):
    """The caller asked to stop, and building a codec has stopped."""


@dataclass(frozen=True)
class Material:
    """What a codec is built from, and who is told how far it is.

    Args:
        sounds: The sounds.
        progress: Told the share that is done, 0 to 1.
        cancelled: Asked often; once it says yes, ``BuildingCancelled`` is raised.
    """

    sounds: tuple[Sound, ...]
    progress: Callable[[float], None] | None = None
    cancelled: Callable[[], bool] | None = None


class SoundMadeCodec(Protocol):
    """``made_of_sounds``: a codec that is built from sounds, and built again when they change."""

    def rebuilt(self, material: Material) -> Codec:
        """The codec of these sounds, with equal settings, whose latents mean the same where they suit the sounds.

        It is this codec itself if it is made of just these.

        Raises:
            CodecError: If there are no sounds, or one of them cannot be used.
            BuildingCancelled: If that was asked for.
        """


class SoundMadeStream(Protocol):
    """A stream of such a codec: it goes on when the sounds become others."""

    def adopt(self, other: CodecStream) -> None:
        """Decode as that fresh stream would from the next frame on; what sounds now goes over into it without a click.

        Args:
            other: Of the codec that was built again, whose latents mean the same.

        Raises:
            ValueError: If it is of another kind or size.
        """


class Loader(Protocol):
    """Builds the codecs of one family. A loader is cheap to import: torch comes with the first codec that is built."""

    @property
    def name(self) -> str:
        """The family's name, as recipes say it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Suffixes of the files that it loads, with the dot; none if it loads no files."""

    def names(self) -> list[str]:
        """Names under which its codecs are found without a path."""

    def probe(self, path: Path) -> bool:
        """Whether the content of that file looks like one of its codecs; reads little and runs nothing."""

    def load(self, source: str, settings: Mapping[str, Any], material: Material | None) -> Codec:
        """Build a codec.

        Args:
            source: One of ``names()``, or the path of a file that ``probe`` accepts.
            settings: Options of the family, as its codecs' recipes hold them; unknown ones are refused.
            material: What to build it from, for a codec that is made of sounds; ``None``: what the settings name.

        Raises:
            CodecError: If it cannot be built; one sentence that says why and what to do.
            BuildingCancelled: If that was asked for.
        """
