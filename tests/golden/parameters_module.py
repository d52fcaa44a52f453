"""The patch's parameters as a module for the page's engine, so that there is one table of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

from terrain_widgets.audio.between import glides
from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.core.parameter import Number

MODULE = Path(__file__).parents[2] / "js" / "src" / "engine" / "audio" / "parameters.js"


def parameters_module() -> str:
    """The module's text."""
    lines = [
        "// Written by tests/golden/make.py from terrain_widgets/audio/parameters.py: the default of every parameter.",
        "",
        "/** @type {Record<string, number | boolean | string>} */",
        "export const PARAMETERS = {",
    ]
    for parameter in PARAMETERS:
        infinite = isinstance(parameter.default, float) and math.isinf(parameter.default)
        value = "Number.POSITIVE_INFINITY" if infinite else json.dumps(parameter.default, ensure_ascii=False)
        if isinstance(parameter.default, float) and not infinite and parameter.default == int(parameter.default):
            value = str(int(parameter.default))
        name = parameter.address if parameter.address.isidentifier() else f'"{parameter.address}"'
        lines.append(f"  {name}: {value},")
    lines += [
        "};",
        "",
        "/** How numbers go from one value to another, where they can. @type {Record<string, string>} */",
        "export const GLIDES = {",
    ]
    lines += [f'  "{p.address}": "{p.curve}",' for p in PARAMETERS if isinstance(p, Number) and glides(p)]
    lines += [
        "};",
        "",
        "/** What movers can move: the range, and the steps. @type {Record<string, [number, number, number]>} */",
        "export const TARGETS = {",
    ]
    lines += [
        f'  "{p.address}": [{p.low:g}, {p.high:g}, {p.grain:g}],'.replace("1e+06", "1e6")
        for p in PARAMETERS
        if isinstance(p, Number) and p.target
    ]
    return "\n".join([*lines, "};", ""])
