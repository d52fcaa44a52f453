"""A preset: all that is set of how a session plays, under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.patch import Patch

LONGEST_NAME = 80
MOST_PRESETS = 1000
FORMAT, VERSION = "terrain_widgets/presets", 1
#: Last words of what belongs to a moment: where things begin, and counts of what was done.
_MOMENT = ("triggers", "start", "seeks", "recalls", "seconds")


def lasting(patch: Patch) -> Patch:
    """A patch without what belongs to a moment: where playheads and modulators begin, triggers, glides."""
    return patch.set({a: None for a in patch if PARAMETERS.at(a).transient and a.rpartition(".")[2] in _MOMENT})


@dataclass(frozen=True, eq=False)
class Preset:
    """What is set of how a session plays.

    Args:
        name: What it is called.
        patch: All values.
        tags: Words to find it by.
        created: When it was made, as ISO 8601 has it; may be empty.
        codec: Name of the codec that it was made for.

    Raises:
        ValueError: If it has no name.
    """

    name: str
    patch: Patch
    tags: tuple[str, ...] = ()
    created: str = ""
    codec: str = ""

    def __post_init__(self) -> None:
        name = " ".join(str(self.name).split())
        if not name or len(name) > LONGEST_NAME:
            raise ValueError(f"a preset's name has 1 to {LONGEST_NAME} characters, got {self.name!r:.100}")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "tags", tuple(map(str, self.tags)))
        object.__setattr__(self, "patch", lasting(self.patch))

    def __repr__(self) -> str:
        return f"Preset({self.name}, {len(self.patch.values)} values{', ' + ' '.join(self.tags) if self.tags else ''})"

    def says(self, words: str) -> bool:
        """Whether every word is somewhere in its name or tags."""
        text = " ".join([self.name, *self.tags]).casefold()
        return all(word in text for word in words.casefold().split())

    def to_json(self) -> dict[str, Any]:
        """As data for JSON."""
        return {
            "name": self.name,
            "tags": list(self.tags),
            "created": self.created,
            "codec": self.codec,
            "patch": self.patch.to_json(),
        }


def presets_to_json(presets: Mapping[str, Preset]) -> dict[str, Any]:
    """Several presets as data for JSON."""
    return {"format": FORMAT, "version": VERSION, "presets": [preset.to_json() for preset in presets.values()]}


def presets_from_json(content: Any) -> tuple[dict[str, Preset], list[str]]:
    """Presets of a file, by name, and a sentence on each value that this version does not know.

    Raises:
        ValueError: If the content is not what ``presets_to_json`` writes, or has more than a thousand presets.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError("these are no presets of this program")
    if content.get("version") != VERSION:
        raise ValueError(f"these presets are of version {content.get('version')}, this program reads {VERSION}")
    entries = content.get("presets")
    if not isinstance(entries, list) or len(entries) > MOST_PRESETS:
        raise ValueError(f"presets are a list of at most {MOST_PRESETS}")
    found: dict[str, Preset] = {}
    left_out: list[str] = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ValueError(f"a preset is a mapping with a name, got {str(entry)[:80]}")
        patch, unknown = Patch.from_json(entry.get("patch", {}))
        tags = entry.get("tags") or []
        if not isinstance(tags, list):
            raise ValueError(f"a preset's tags are a list of words, got {str(tags)[:80]}")
        made = Preset(
            entry["name"], patch, tuple(map(str, tags)), str(entry.get("created", "")), str(entry.get("codec", ""))
        )
        found[made.name] = made
        left_out += unknown
    return found, left_out
