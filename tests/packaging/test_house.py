"""The house stays in order: no circle of imports, no crowded folder, no long file, few who hold the whole session."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import terrain_widgets as tw

PACKAGE = Path(tw.__file__).parent
MOST_FILES, MOST_LINES = 20, 350
FILES = sorted(PACKAGE.rglob("*.py"))

#: Below the widgets, only these know the whole ``Session``; a new part gets what it needs by its constructor.
#: To be made shorter.
HOLD_THE_SESSION = set()


def _name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(file): file for file in FILES}


def _imports(file: Path) -> set[str]:
    """Modules of this package that a file imports: at the top, for types alone, and within functions."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & set(MODULES)


# The index names everything, lazily.
GRAPH = {name: _imports(file) for name, file in MODULES.items() if name != "terrain_widgets"}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Groups of modules that import each other, directly or not."""
    reached: dict[str, set[str]] = {}
    for name in graph:
        seen, left = set(), [name]
        while left:
            for other in graph.get(left.pop(), set()) - seen:
                seen.add(other)
                left.append(other)
        reached[name] = seen
    groups: list[set[str]] = []
    for name in graph:
        group = {other for other in reached[name] if name in reached.get(other, set())}
        if group and group not in groups:
            groups.append(group)
    return groups


def test_a_circle_would_be_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    assert circles({"a": {"b"}, "b": set()}) == []


def test_no_module_imports_itself_by_way_of_others_types_included() -> None:
    assert circles(GRAPH) == []


@pytest.mark.parametrize("folder", sorted({file.parent for file in FILES}), ids=lambda folder: str(folder.name))
def test_no_folder_is_crowded(folder: Path) -> None:
    assert len([file for file in folder.glob("*.py") if file.name != "__init__.py"]) <= MOST_FILES


def test_no_file_is_long() -> None:
    """In the package, in its tests, and in the page's part."""
    folders = [
        ("terrain_widgets", "*.py"),
        ("tests", "*.py"),
        ("benchmarks", "*.py"),
        ("js/src", "*.js"),
        ("js/test", "*.js"),
    ]
    files = [file for folder, kind in folders for file in (PACKAGE.parent / folder).rglob(kind)]
    lines = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_below_the_widgets_hardly_anybody_holds_the_whole_session() -> None:
    holders = {
        name
        for name, imports in GRAPH.items()
        if "terrain_widgets.session.session" in imports and name.startswith("terrain_widgets.session.")
    }
    assert holders <= HOLD_THE_SESSION
