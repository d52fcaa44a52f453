"""What the notebooks' self-checking cells call: one module for each notebook. No widgets, nothing to look up first."""
