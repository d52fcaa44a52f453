"""A model file and its options to a codec."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.nn_tilde.codec import TorchScriptCodec
from terrain_widgets.codecs.nn_tilde.proving import facts_of, file_digest

_OPTIONS = ("noise", "sample_rate")


def load_model(path: Path, options: str = "") -> TorchScriptCodec:
    """Load a TorchScript model after it was proved in a process of its own.

    Args:
        path: The ``.ts`` file.
        options: As behind the ``#`` of ``load_codec``.

    Raises:
        CodecError: If the model cannot be used, or an option is unknown; one sentence that names the cure.
    """
    chosen = _parsed(options)
    try:
        digest = file_digest(path)
    except OSError as error:
        raise CodecError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    facts = facts_of(path, digest, _rate(chosen))
    source = str(path.resolve()) + (f"#{options}" if options else "")
    return TorchScriptCodec(path, facts, digest, source, chosen.get("noise", "fixed"))


def _parsed(options: str) -> dict[str, str]:
    chosen = dict(parse_qsl(options, keep_blank_values=True))
    unknown = sorted(set(chosen) - set(_OPTIONS)) or ([options] if options and not chosen else [])
    if unknown:
        raise CodecError(
            f"a model has no option {unknown[0]!r}; behind the # may stand noise=fixed, noise=free and sample_rate=Hz, "
            "joined by &"
        )
    return chosen


def _rate(chosen: dict[str, str]) -> int | None:
    text = chosen.get("sample_rate")
    if text is None:
        return None
    if not text.isdecimal() or not 1000 <= int(text) <= 1_000_000:
        raise CodecError(f"sample_rate is a whole number of Hz, 1000 to 1000000, got {text!r}")
    return int(text)
