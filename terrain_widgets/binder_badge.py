"""The badge that opens a public copy of this repository on Binder: for a release, or for a teacher's own copy."""

from __future__ import annotations

import re
from urllib.parse import quote

BINDER = "https://mybinder.org"
QUICKSTART = "notebooks/00_quickstart.ipynb"
_HOSTS = {"github.com": "gh", "gitlab.com": "gl"}


def binder_link(address: str, ref: str, notebook: str = QUICKSTART) -> str:
    """The address on mybinder.org that builds a repository, once, and opens a notebook in JupyterLab.

    Args:
        address: Of a public git repository, as ``git clone`` takes it: ``https://...`` or ``git@host:owner/name.git``.
        ref: Tag, branch or commit. Binder keeps what it has built for a tag; a branch is built again after each commit.
        notebook: Path in the repository.

    Raises:
        ValueError: If the address is not that of a repository that everybody can reach.
    """
    found = re.fullmatch(r"(?:https?://|git://|(?:ssh://)?git@)([\w.-]+)[/:]([\w./~-]+?)(\.git)?/?", address.strip())
    if not found or "." not in found[1] or (found[1] == "github.com" and found[2].count("/") != 1):
        raise ValueError(
            f"Binder clones from a public address such as https://github.com/owner/name, got {address!r}; publish the "
            "repository and give its address"
        )
    if not ref:
        raise ValueError("name a tag, branch or commit with ref, for example v0.1.0")
    host, path, suffix = found.groups("")
    kind = _HOSTS.get(host, "git")
    if kind == "gh":
        where = path
    else:  # the whole of it is one part of the path
        where = quote(path if kind == "gl" else f"https://{host}/{path}{suffix}", safe="")
    return f"{BINDER}/v2/{kind}/{where}/{quote(ref, safe='')}?urlpath={quote(f'lab/tree/{notebook}', safe='')}"


def binder_badge(address: str, ref: str, notebook: str = QUICKSTART) -> str:
    """The link of ``binder_link`` as a picture to click, in Markdown: for a README.

    Args:
        address: As ``binder_link`` takes it.
        ref: As ``binder_link`` takes it.
        notebook: As ``binder_link`` takes it.

    Raises:
        ValueError: As ``binder_link``.
    """
    return f"[![Open on Binder]({BINDER}/badge_logo.svg)]({binder_link(address, ref, notebook)})"
