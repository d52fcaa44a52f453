"""What each layer of a trained stream does, in a line for whoever bends it."""

from __future__ import annotations

_DOES = {
    "first": "Makes features of the latents of this frame and the two before",
    "second": "Makes features of those of this frame and the two before",
    "third": "Adds to a frame's features what follows from them",
    "out": "Mixes the features to levels of partials and noise bands, several times a frame",
    "encoder.first": "Makes features of the spectra of this frame and the two before",
    "encoder.second": "Adds to those features what follows from them",
    "encoder.mean": "Makes the latents of the features, the level aside",
}

#: By the names of ``StreamCodec.tensors``.
ABOUT: dict[str, str] = {}
for _layer, _does in _DOES.items():
    _of = _layer.startswith("encoder.")
    _when = "; of the encoder: heard in live sound, and in sounds that are encoded with it." if _of else "."
    ABOUT |= {f"{_layer}.weight": _does + _when, f"{_layer}.bias": f"{_does}, its bias{_when}"}
