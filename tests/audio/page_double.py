"""A page that has the engine, as the kernel's end of it sees one, before any browser is there."""

from __future__ import annotations

from typing import Any

import numpy as np

from terrain_widgets.audio.assets import MAPPING, MappingAsset
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.mapping import ConstantMapping
from tests.protocol import assert_stated

LATENTS = np.zeros(8, np.float32)


class PageDouble:
    """A page that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.gone = 0

    def tell(self, message: dict[str, Any]) -> None:
        assert_stated("engine", "to_page", message)
        self.told.append(message)

    def displaced(self) -> None:
        self.gone += 1


def host_that_sounds() -> PageHost:
    """A host of the bundled codec, with the same latents everywhere."""
    host = PageHost(load_codec("pebble"))
    host.update(Update(assets={MAPPING: MappingAsset(ConstantMapping(2, LATENTS))}))
    return host
