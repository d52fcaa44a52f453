"""Training, its loss chart, and the gallery of several gauss_scales."""

from __future__ import annotations

from terrain_widgets.widgets.panels.registry import Entry, register

register(
    Entry(
        "training",
        "Train",
        "chart-line",
        "Train the terrain and watch the loss fall",
        "right",
        20,
        "terrain_widgets.widgets.panels.training.loss_chart:LossChart",
    )
)

register(
    Entry(
        "ruggedness",
        "Gallery",
        "th-large",
        "The same pairs trained at several ruggednesses, side by side",
        "right",
        70,
        "terrain_widgets.widgets.panels.training.sigma_gallery:SigmaGallery",
    )
)
