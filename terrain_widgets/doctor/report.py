"""All that is looked at, as text or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

import terrain_widgets
from terrain_widgets.doctor import folders, machine, packages, sound
from terrain_widgets.doctor.finding import Finding

_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    packages.python,
    packages.packages,
    packages.gpu_build,
    packages.front_end,
    sound.page,
    sound.devices,
    sound.codec,
    machine.processors,
    machine.memory,
    folders.models,
    folders.writable,
)
_SIGNS = {"ok": "  ", "note": "· ", "problem": "✗ "}


def examine() -> list[Finding]:
    """Look at everything that takes no more than some seconds."""
    return [finding for look in _LOOKS for finding in look()]


def as_text(findings: list[Finding]) -> str:
    """For people: one line each, the cure below what is not well, and a line that sums up."""
    wide = max(len(finding.area) for finding in findings)
    lines = [f"terrain_widgets {terrain_widgets.__version__}"]
    for finding in findings:
        lines.append(f"{_SIGNS[finding.level]}{finding.area:<{wide}}  {finding.text}")
        if finding.cure:
            lines.append(f"  {'':<{wide}}  → {finding.cure}")
    problems = sum(finding.level == "problem" for finding in findings)
    lines.append("all is well" if not problems else f"{problems} problem{'s' if problems > 1 else ''}")
    return "\n".join(lines)


def as_json(findings: list[Finding]) -> str:
    """For programs: version, whether all is well, and the findings."""
    well = all(finding.level != "problem" for finding in findings)
    content = {"version": terrain_widgets.__version__, "well": well, "findings": [asdict(f) for f in findings]}
    return json.dumps(content, ensure_ascii=False, indent=1)
