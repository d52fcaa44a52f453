"""What each layer of ``pebble``'s decoder does, in a line for whoever bends it."""

from __future__ import annotations

_PLACES = {0: "first", 3: "second", 6: "third"}

#: By the names of ``PebbleCodec.tensors`` and ``outputs``.
ABOUT = {
    "net.9.weight": "Mixes 256 features to the levels of 4 × 100 harmonics and 65 noise bands, and to 48 formants.",
    "net.9.bias": "The tone where no feature says otherwise: levels of harmonics and noise bands, and formants.",
    "net.9.output": "Levels of harmonics (0 to 99) and noise bands (100 to 164), four times a frame, then 48 formants.",
}
for _layer, _place in _PLACES.items():
    _of = "the latents of this frame and the one before" if _layer == 0 else "the layer before"
    ABOUT |= {
        f"net.{_layer}.weight": f"The {_place} layer: makes 256 features of {_of}.",
        f"net.{_layer}.bias": f"What is added to the {_place} layer's features, whatever plays.",
        f"net.{_layer + 1}.weight": f"How strong each of the {_place} layer's features is.",
        f"net.{_layer + 1}.bias": f"From where on each of the {_place} layer's features is heard.",
        f"net.{_layer + 2}.output": f"The {_place} layer's 256 features, as the next layer hears them.",
    }
