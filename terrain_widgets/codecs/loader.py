"""What a family of codecs brings so that its codecs are found and built: a ``Loader``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from terrain_widgets.codecs.base import Codec
from terrain_widgets.io.sound_files import Sound


class Loader(Protocol):
    """Builds the codecs of one family. A loader is cheap to import: torch comes with the first codec that is built."""

    @property
    def name(self) -> str:
        """The family's name, as recipes say it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Suffixes of the files that it loads, with the dot; none if it loads no files."""

    @property
    def made_of_sounds(self) -> bool:
        """Whether its codecs are built from sounds, which ``load`` must then be given."""

    def names(self) -> list[str]:
        """Names under which its codecs are found without a path."""

    def probe(self, path: Path) -> bool:
        """Whether the content of that file looks like one of its codecs; reads little and runs nothing."""

    def load(self, source: str, settings: Mapping[str, Any], sounds: Iterable[Sound] | None) -> Codec:
        """Build a codec.

        Args:
            source: One of ``names()``, or the path of a file that ``probe`` accepts.
            settings: Options of the family, as its codecs' recipes hold them; unknown ones are refused.
            sounds: What to build it from, if it is made of sounds; ``None``: those that the settings name.

        Raises:
            CodecError: If it cannot be built; one sentence that says why and what to do.
        """
