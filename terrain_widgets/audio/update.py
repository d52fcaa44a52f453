"""The one thing that is told to an engine between two blocks: changed values of its patch, and new assets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import Asset, unpack_asset
from terrain_widgets.audio.patch import Changes, Patch, from_jsonable, jsonable
from terrain_widgets.core.parameter import Value


@dataclass(frozen=True)
class Packed:
    """An update as plain data, for another process, a page, or a file.

    Args:
        config: What JSON can say of it: ``{"changes": {address: value}, "assets": {key: {"kind", "config"}}}``.
        arrays: The assets' arrays, by ``key:name``.
    """

    config: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Update:
    """What changes between two blocks; the same update twice is as once.

    Args:
        changes: Values by address, as ``Patch.set`` takes them.
        assets: What the changed patch names, by key; ``None`` takes one away.
    """

    changes: Changes = field(default_factory=dict)
    assets: Mapping[str, Asset | None] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Update({', '.join([*self.changes, *self.assets])})"

    def then(self, later: Update) -> Update:
        """Both as one: what was set first and then again is set once."""
        changes: dict[str, Value | None] = {}
        for address, value in [*self.changes.items(), *later.changes.items()]:
            if value is None and address.count(".") == 1:  # a whole member goes, with what was set of it before
                changes = {k: v for k, v in changes.items() if k != address and not k.startswith(f"{address}.")}
            changes[address] = value  # what is set again keeps its place, and so the order in which members came
        return Update(changes, {**self.assets, **later.assets})

    @property
    def groups(self) -> frozenset[str]:
        """First words of what changes: ``latents``, ``playheads``, ``clip``; ``mapping``, ``paths``, ``sounds``."""
        return frozenset(
            {address.partition(".")[0] for address in self.changes} | {key.partition("/")[0] for key in self.assets}
        )

    @property
    def bytes(self) -> int:
        """Size of its arrays."""
        return sum(asset.bytes for asset in self.assets.values() if asset is not None)

    def pack(self) -> Packed:
        """As plain data."""
        config: dict[str, Any] = {"changes": {a: jsonable(v) for a, v in self.changes.items()}, "assets": {}}
        arrays: dict[str, NDArray[Any]] = {}
        for key, asset in self.assets.items():
            if asset is None:
                config["assets"][key] = None
                continue
            of, own = asset.pack()
            config["assets"][key] = {"kind": asset.kind, "config": of}
            arrays |= {f"{key}:{name}": np.require(array, requirements="C") for name, array in own.items()}
        return Packed(config, arrays)

    @classmethod
    def unpack(cls, packed: Packed) -> Update:
        """From plain data.

        Raises:
            ValueError: If it is damaged, or has an asset of an unknown kind.
        """
        assets: dict[str, Asset | None] = {}
        try:
            for key, entry in packed.config.get("assets", {}).items():
                prefix = f"{key}:"
                own = {n.removeprefix(prefix): a for n, a in packed.arrays.items() if n.startswith(prefix)}
                assets[key] = None if entry is None else unpack_asset(entry["kind"], entry["config"], own)
            changes = {str(a): from_jsonable(v) for a, v in packed.config.get("changes", {}).items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"an update for the engine is damaged: {error!r}") from error
        return cls(changes, assets)


@dataclass(frozen=True, eq=False)
class Setup:
    """All that an engine is set to.

    Args:
        patch: Every value.
        assets: What the patch names, by key.
    """

    patch: Patch = field(default_factory=Patch)
    assets: Mapping[str, Asset] = field(default_factory=dict)

    def then(self, update: Update) -> Setup:
        """After an update.

        Raises:
            KeyError: If there is no such parameter.
            ValueError: If a value is out of its range.
        """
        assets = {key: asset for key, asset in {**self.assets, **update.assets}.items() if asset is not None}
        return Setup(self.patch.set(update.changes), assets)

    def since(self, before: Setup) -> Update:
        """What makes an engine with that setup one with this; assets are compared by identity."""
        given = {key: asset for key, asset in self.assets.items() if before.assets.get(key) is not asset}
        gone = {key: None for key in before.assets if key not in self.assets}
        return Update(before.patch.changes_to(self.patch), {**given, **gone})
