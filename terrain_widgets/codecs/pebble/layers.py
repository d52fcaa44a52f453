"""What each layer of ``pebble`` does, in a line for whoever bends it."""

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

_HEARING = {
    "timbre.columns": "Makes 128 features of a frame's spectra, pitch and envelope",
    "timbre.context": "Brings the frames on both sides in",
    "timbre.out": "Makes the six latents of the timbre of those features",
    "pitch.net.0": "The first layer that looks for the pitch, in what each candidate's harmonics are like",
    "pitch.net.2": "The second layer that looks for the pitch",
    "pitch.net.4": "The third layer that looks for the pitch",
    "pitch.net.6": "Says how likely each pitch is",
}
for _layer_name, _does in _HEARING.items():
    _when = "; of the encoder: heard in live sound, and in sounds that are encoded with it."
    ABOUT[f"encoder.{_layer_name}.weight"] = _does + _when
    ABOUT[f"encoder.{_layer_name}.bias"] = f"{_does}, its bias{_when}"
