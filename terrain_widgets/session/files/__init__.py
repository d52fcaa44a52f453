"""Save, open, autosave, import and export."""
