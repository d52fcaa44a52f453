"""The facts about a model file: proved once in a worker process, then remembered by the file's content."""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import replace
from pathlib import Path

import torch

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.cache import keep, key_of, recall
from terrain_widgets.codecs.nn_tilde.facts import ModelFacts
from terrain_widgets.process.worker import Worker, WorkerDied

LIMIT_SECONDS = 120.0  # a model that takes longer for its trials could not be played anyway
_EDITION = "2"  # of trials.py: another one proves again
_KIND = "models"

_prover = Worker("terrain_widgets.codecs.tasks")


def file_digest(path: Path) -> str:
    """SHA-256 of a file's content, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def facts_of(path: Path, digest: str, sample_rate: int | None = None) -> ModelFacts:
    """What is known about a model.

    Args:
        path: The ``.ts`` file.
        digest: Its content's.
        sample_rate: Hz, for a model that does not say.

    Raises:
        CodecError: With one sentence that says what is wrong with it and what to do.
    """
    key = key_of(_EDITION, digest, str(sample_rate), torch.__version__, platform.machine())
    facts = _remembered(key)
    if facts is None:
        facts = _proved(path, sample_rate)
        keep(_KIND, key, facts.to_json().encode())
    return replace(facts, licence=_licence_beside(path) or facts.licence)


def _remembered(key: str) -> ModelFacts | None:
    content = recall(_KIND, key)
    try:
        return None if content is None else ModelFacts.from_json(content.decode())
    except ValueError:
        return None


def _proved(path: Path, sample_rate: int | None) -> ModelFacts:
    request = {"path": str(path.resolve()), "sample_rate": sample_rate}
    try:
        answer, content = _prover.ask("prove", request, limit=LIMIT_SECONDS)
    except WorkerDied as error:
        raise CodecError(
            f"{path.name} cannot be used: the process that tried it out {error}; nothing else is harmed, but this "
            "model needs to be exported again"
        ) from None
    if content is None:
        raise CodecError(f"{path.name} cannot be used: {answer.get('refused') or answer.get('failed')}")
    return ModelFacts.from_json(content["facts"])


def _licence_beside(path: Path) -> str:
    """What a REUSE file beside the model (``model.ts.license``, reuse.software) says, or nothing."""
    try:
        text = path.with_name(path.name + ".license").read_text(encoding="utf-8", errors="replace")[:10_000]
    except OSError:
        return ""
    found = re.search(r"SPDX-License-Identifier:\s*(\S.*)", text)
    return found.group(1).strip()[:80] if found else ""
