"""What goes wrong at the border to other systems."""

from __future__ import annotations


class ForeignFileError(ValueError):
    """A file of another system cannot be read, or a thing of ours cannot be written as one; the message says why."""


class ExportError(ValueError):
    """An instrument cannot leave this program; the message says what stands in the way and what would do."""
