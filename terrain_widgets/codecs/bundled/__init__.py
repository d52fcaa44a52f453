"""How what comes with the package was made: its clips, and the data and training of its codecs.

Nothing here is needed to play, encode or train; it needs ``pip install "terrain_widgets[train]"`` and FluidSynth.
"""
