"""Every widget of the studio photographed in both themes, wide and narrow, and looked through by axe-core."""

from __future__ import annotations

import json

import pytest

from tests.browser.axe import serious_findings
from tests.browser.lab import SCREENSHOTS, LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

CELLS = [
    "import terrain_widgets as tw\nfrom terrain_widgets.session.document import point_commands\n"
    "studio = tw.Studio()\ns = studio.session\ns.encode(wait=True)\ns.arrange()\ns.train(seconds=4, wait=True)\n"
    "s.gallery([0.4, 1.6, 3.2], epochs=30, wait=True)\n"
    "for k in range(4):\n"
    "    s.document.apply(point_commands.place_point, [k / 3 - 0.5, k / 5], s.training.dataset.latents[30 * k])\n"
    "studio"
]
MORE = ("Points", "Latent sliders", "Ruggedness", "Slices")


@pytest.mark.timeout(240)
def test_how_it_looks_in_both_themes_wide_and_narrow(lab_page: LabPage) -> None:
    """The light, wide picture of the five panels is the README's (``make pictures``)."""
    studio = StudioPage(lab_page, cells=CELLS)
    page, findings = studio.page, {}
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for part in ("studio", "more"):
        if part == "more":
            for name in MORE:
                page.get_by_role("button", name=name, exact=True).last.click()
            studio.planes.nth(2).wait_for()
        for theme in ("Dark", "Light"):
            page.evaluate(
                "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {theme}"
            )
            for width, height, name in ((620, 3900, "narrow"), (1500, 2000, "wide")):
                page.set_viewport_size({"width": width, "height": height * (2 if part == "more" else 1)})
                page.locator(".tw-studio").scroll_into_view_if_needed()
                page.wait_for_timeout(1500)  # a chart draws itself anew when its width changes
                page.locator(".tw-studio").screenshot(path=SCREENSHOTS / f"{part}-{theme.lower()}-{name}.png")
            findings[part, theme] = serious_findings(page)
    for finding in [one for found in findings.values() for one in found]:
        print(json.dumps(finding, indent=1))
    assert {where: [one["id"] for one in found] for where, found in findings.items() if found} == {}
    assert lab_page.errors == []
