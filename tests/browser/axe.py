"""axe-core in the page: what a screen reader, a keyboard or weak eyes would stumble over. Make fetches it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.lab_server import REPOSITORY

AXE = REPOSITORY / "js" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async scope => (await axe.run({ include: [[scope]] }, { resultTypes: ["violations"] })).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => ({
        id, help, where: nodes.map(node => `${node.html.slice(0, 160)} ${node.failureSummary}`)
    }))"""


def serious_findings(page: Page, scope: str = ".tw-studio") -> list[dict[str, Any]]:
    """What axe calls serious or critical inside the elements of that selector; JupyterLab's own chrome is left out."""
    if not AXE.exists():
        assert not os.environ.get("CI"), "axe-core is missing: make test-environment fetches it"
        pytest.skip("axe-core is not in js/node_modules: make test-environment fetches it where there is npm")
    if not page.evaluate("() => Boolean(window.axe)"):  # half a megabyte, once a page
        page.evaluate(AXE.read_text(encoding="utf-8"))
    findings: list[dict[str, Any]] = page.evaluate(_RUN, scope)
    return findings
