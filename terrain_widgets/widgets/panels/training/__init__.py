"""Training, its loss chart, and the gallery of several gauss_scales."""
