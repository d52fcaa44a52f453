"""How the bundled codec was trained: rendering the data, what is held out, and the training itself.

Nothing here is needed to play or encode; it needs ``pip install "terrain_widgets[train]"`` and FluidSynth.
"""
