"""bokeh's charts in the page."""
