"""How a codec is built again: in another process, from a session file, for a take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CodecRecipe:
    """All that is needed to build the same codec elsewhere; weights are never sent or pickled.

    Args:
        source: A name or an absolute path, as ``load_codec`` takes it.
        digest: SHA-256 of what it is made of (weights, sounds), hexadecimal, so that two processes cannot disagree.
        loader: Name of the ``Loader`` that builds it; empty where ``load_codec(source)`` does.
        settings: Further settings of that loader: plain JSON values by name.
        space: What its latents mean: codecs with equal spaces can exchange latents. Left out, the digest.
    """

    source: str
    digest: str
    loader: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    space: str = ""

    def __post_init__(self) -> None:
        if not self.space:
            object.__setattr__(self, "space", self.digest)

    def __hash__(self) -> int:
        return hash((self.source, self.digest, self.loader, self.space))

    def to_json(self) -> dict[str, Any]:
        """Plain data for files and other processes."""
        plain: dict[str, Any] = {"source": self.source, "digest": self.digest}
        plain |= {"loader": self.loader} if self.loader else {}
        plain |= {"settings": dict(self.settings)} if self.settings else {}
        return plain | ({"space": self.space} if self.space != self.digest else {})

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> CodecRecipe:
        """What ``to_json`` wrote; files of the first version hold ``source`` and ``digest`` only.

        Raises:
            ValueError: If it is something else.
        """
        texts = {name: content.get(name, "") for name in ("source", "digest", "loader", "space")}
        settings = content.get("settings", {})
        if not all(isinstance(text, str) for text in texts.values()) or not isinstance(settings, Mapping):
            raise ValueError(f"this describes no codec: {dict(content)!r}; expected are source, digest and settings")
        return cls(texts["source"], texts["digest"], texts["loader"], dict(settings), texts["space"])
