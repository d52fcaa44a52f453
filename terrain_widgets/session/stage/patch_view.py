"""Traits that show values of the patch: for views, which observe traits."""

from __future__ import annotations

from typing import Any

import traitlets

from terrain_widgets.session.document.document import Document


class PatchView(traitlets.HasTraits):
    """Has traits that are values of the patch: setting one sets the patch, and every change of the patch is shown.

    Args:
        document: Whose patch.
        **addresses: Address of the value that each trait shows.
    """

    def __init__(self, document: Document, **addresses: str) -> None:
        super().__init__()
        self._document = document
        self._addresses = addresses
        self._show_patch()
        document.observe(self._show_patch, names="patch")
        self.observe(self._set_patch, names=list(addresses))

    def _show_patch(self, _change: Any = None) -> None:
        for trait, address in self._addresses.items():
            setattr(self, trait, self._document.patch[address])

    def _set_patch(self, change: dict[str, Any]) -> None:
        address = self._addresses[change["name"]]
        if self._document.patch[address] != change["new"]:
            self._document.set({address: change["new"]}, f"set {address}")
