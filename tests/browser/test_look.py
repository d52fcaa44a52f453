"""Every panel of the studio photographed in both themes, the studio at four widths, and all of it seen by axe-core."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from tests.browser.axe import serious_findings
from tests.browser.lab import SCREENSHOTS, LabPage
from tests.browser.studio_page import StudioPage

pytestmark = pytest.mark.browser

CELLS = [
    "import terrain_widgets as tw\nfrom terrain_widgets.session.document import point_commands\n"
    "studio = tw.Studio()\ns = studio.session\ns.encode(wait=True)\ns.arrange()\n"
    "s.train(seconds=None, epochs=100, wait=True)\n"
    "s.gallery([0.4, 1.6, 3.2], epochs=10, wait=True)\n"
    "for k in range(4):\n"
    "    s.document.apply(point_commands.place_point, [k / 3 - 0.5, k / 5], s.training.dataset.latents[30 * k])\n"
    "studio"
]
MODES = ("Draw", "Points", "Look", "Play")
# Of the others a mode brings the panel along.
TABS = ("Files", "Takes", "Sounds", "Train", "Modulate", "Explore", "Latents", "Live", "Bend", "Gallery", "Slices")
SIZES = {
    "phone": (380, 900),
    "narrow": (760, 1000),
    "middle": (1040, 900),
    "laptop": (1280, 800),
    "wide": (1600, 1000),
}
# Nothing of the bars is cut off at an edge, and no two of their controls lie on one another.
_CROWDED = """() => {
    const studio = document.querySelector(".tw-studio").getBoundingClientRect();
    const boxes = [...document.querySelectorAll(".tw-top, .tw-stage-bar, .tw-bar-tabs, .tw-corner")]
        .flatMap(bar => [...bar.querySelectorAll("button, input, .terrain-sink-meter")])
        .filter(each => each.checkVisibility())
        .map(each => [each.getBoundingClientRect(), each.title || each.textContent || each.className]);
    const cut = boxes.filter(([box]) => box.left < studio.left - 1 || box.right > studio.right + 1);
    const over = boxes.flatMap(([a, one], i) => boxes.slice(i + 1).filter(([b]) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2).map(([, two]) => `${one} on ${two}`));
    return [...cut.map(([, name]) => `${name} cut`), ...over];
}"""


def photograph(page: Page, name: str, what: str = ".tw-studio") -> None:
    """Into ``build/screenshots``."""
    page.locator(what).screenshot(path=SCREENSHOTS / f"{name}.png")


def whole_screen_and_none(studio: StudioPage) -> None:
    """The stage alone, by its key; and beside the file browser of a small window, where the studio has no room."""
    page = studio.page
    page.set_viewport_size({"width": 1280, "height": 800})
    studio.planes.first.focus()
    page.keyboard.press("f")
    page.locator(".tw-stage-bar").wait_for(state="hidden")
    page.wait_for_function("() => document.querySelector('.tw-plane').getBoundingClientRect().height >= 799")
    page.screenshot(path=SCREENSHOTS / "stage-alone.png")
    page.keyboard.press("Escape")
    page.locator(".tw-stage-bar").wait_for()

    studio.lab.make_room()  # opens it again
    page.set_viewport_size({"width": 380, "height": 800})
    close = page.get_by_role("button", name="Close the side bar")
    close.wait_for()
    page.screenshot(path=SCREENSHOTS / "studio-no-room.png")
    close.click()
    close.wait_for(state="hidden")
    assert page.locator(".tw-studio").evaluate("studio => studio.clientWidth") > 200


@pytest.mark.timeout(400)
@pytest.mark.parametrize("dark_too", [False, pytest.param(True, marks=pytest.mark.extra)])
def test_how_it_looks_at_every_width_and_in_both_themes(lab_page: LabPage, dark_too: bool) -> None:
    """The light, wide picture is the README's (``make pictures``). Usually few pictures are taken."""
    studio = StudioPage(lab_page, cells=CELLS)
    page, findings, crowded = studio.page, {}, {}
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for theme in ("Dark", "Light"):
        page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {theme}"
        )
        page.set_viewport_size({"width": 1600, "height": 1000})
        whole = dark_too or theme == "Light"
        for seen in (*TABS, *MODES) if whole else MODES[-1:]:
            (studio.take if seen in MODES else studio.show)(seen)
            if dark_too:  # axe looks by itself
                photograph(page, f"panel-{seen.lower()}-{theme.lower()}")
            changed = ".tw-studio" if seen == MODES[-1] else ".tw-page"  # the rest is as it was
            findings[seen, theme] = serious_findings(page, changed)
        page.keyboard.press("?")  # the focus is in the bar of modes
        dialog = page.get_by_role("dialog", name="Keys")
        dialog.get_by_text("Silence, at once").wait_for()
        dialog.get_by_text("Strike a pad").wait_for()
        page.screenshot(path=SCREENSHOTS / f"help-{theme.lower()}.png")
        findings["help", theme] = serious_findings(page, "dialog[open]")
        page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")
        page.keyboard.press("Control+k")
        found = page.get_by_role("option", name="Train points")
        found.wait_for()
        page.screenshot(path=SCREENSHOTS / f"palette-{theme.lower()}.png")
        findings["palette", theme] = serious_findings(page, "dialog[open]")
        page.keyboard.press("Escape")
        found.wait_for(state="hidden")
        for name in SIZES if dark_too else ("phone", "laptop", "wide") if whole else ():
            width, height = SIZES[name]
            page.set_viewport_size({"width": width, "height": height})
            page.locator(".tw-studio").scroll_into_view_if_needed()
            page.wait_for_timeout(600)  # the plane is drawn again in its new size
            photograph(page, f"studio-{theme.lower()}-{name}")
            crowded[name, theme] = page.evaluate(_CROWDED)
    whole_screen_and_none(studio)
    for finding in [one for found in findings.values() for one in found]:
        print(json.dumps(finding, indent=1))
    assert {where: [one["id"] for one in found] for where, found in findings.items() if found} == {}
    assert {where: found for where, found in crowded.items() if found} == {}
    assert lab_page.errors == []
