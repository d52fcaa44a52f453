"""One latent vector is one whole sound: a model for hits, and a codec that strikes them by place."""
