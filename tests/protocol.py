"""The messages between Python and the page, as ``js/src/shared/protocol.json`` states them.

The JavaScript is held to that file by types that are made from it, Python by the tests that ask here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "js" / "src" / "shared" / "protocol.json"
PROTOCOL: dict[str, dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
_TYPES = {"integer": int, "number": (int, float), "boolean": bool, "string": str, "object": dict}
_EXAMPLES = {
    "[string, string, any][]": [["q1", "value", 0.5]],
    "[string, string, number][]": [["q1", "q2", 7]],
    "any[]": [{"id": "q1"}],
    "object": {"type": "stop", "id": "q2"},
    "number[][]": [[7, 0.5]],
    "integer": 7,
    "number": 0.25,
    "boolean": True,
    "string": "q1",
    "number[]": [-1.0, 1.0, 1.0, -1.0],
    "string[]": ["latents.offset"],
}


def assert_stated(channel: str, way: str, message: Mapping[str, Any]) -> None:
    """That a message has the fields, and the types, that are stated for it, and no others."""
    messages = PROTOCOL[channel][way]
    assert message["type"] in messages, f"{message['type']!r} is no message {way} of {channel}"
    fields = messages[message["type"]]["fields"]
    required = {name for name in fields if not name.endswith("?")}
    given = set(message) - {"type"}
    assert required <= given, f"{message['type']} lacks {sorted(required - given)}"
    assert given <= {name.rstrip("?") for name in fields}, f"{message['type']} has more: {sorted(given)}"
    for name, type_ in fields.items():
        if name.rstrip("?") in given:
            assert _fits(message[name.rstrip("?")], type_), (
                f"{message['type']}: {name} is {message[name.rstrip('?')]!r}"
            )


def example(channel: str, way: str, kind: str) -> dict[str, Any]:
    """A message of this kind with every field that is stated for it."""
    fields = PROTOCOL[channel][way][kind]["fields"]
    return {"type": kind} | {
        name.rstrip("?"): type_[0] if isinstance(type_, list) else _EXAMPLES[type_.partition(" | ")[0]]
        for name, type_ in fields.items()
    }


def _fits(value: Any, type_: str | list[str]) -> bool:
    if isinstance(type_, list):
        return value in type_
    if " | " in type_:
        return any(_fits(value, each) for each in type_.split(" | "))
    if type_.startswith("["):
        kinds = type_[1:].removesuffix("][]").split(", ")
        return isinstance(value, list) and all(len(row) == len(kinds) and all(map(_fits, row, kinds)) for row in value)
    if type_ == "any":
        return True
    if type_.endswith("[]"):
        return isinstance(value, list) and all(_fits(each, type_.removesuffix("[]")) for each in value)
    return isinstance(value, _TYPES[type_]) and (type_ == "boolean" or not isinstance(value, bool))
