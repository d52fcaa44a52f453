"""TorchScript models for nn~ (RAVE and its kin) as codecs."""
