"""What a TorchScript model for nn~ says of itself: its methods, their shapes, its sample rate.

A model made for nn~ has methods that take and return one tensor ``[B, channels, time]``, and for each a buffer
``<method>_params``: input channels, input ratio, output channels, output ratio, a ratio being audio samples per step of
time (nn_tilde, ``python_tools/module.py``). ``get_methods()`` names the methods; attributes have buffers of the same
kind of name, so a name alone says nothing. Models before that method exist, too.

The sample rate is the attribute ``sr`` (nn_tilde up to 1.5, and RAVE). From 1.6 on it may be ``None``, and the host
then tells the model its rate with ``set_sample_rate``. Scripted Music2Latent has neither. RAVE's first version has its
rate (``sampling_rate``, missing in some exports) and its number of latents (``latent_size``) in buffers; a file that
also holds its prior has them in its part ``_rave``.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from torch import Tensor

from terrain_widgets.codecs.base import CodecError

ASSUMED_RATE = 44100  # Hz, what nearly every model was trained at
MOST_CHANNELS = 4096
MOST_RATIO = 1 << 20
_RATE_NAMES = ("sr", "get_sample_rate", "sampling_rate", "sample_rate")


@dataclass(frozen=True)
class MethodShape:
    """Input and output of a method, as its ``_params`` buffer has them.

    Args:
        inputs: Channels in.
        in_ratio: Audio samples per step of the input.
        outputs: Channels out.
        out_ratio: Audio samples per step of the output.
    """

    inputs: int
    in_ratio: int
    outputs: int
    out_ratio: int


@dataclass(frozen=True)
class Contract:
    """What a model promises.

    Args:
        latents: D, what is encoded and played.
        labels: Further inputs of ``decode`` that are no latents (vschaos2's conditions).
        ratio: Audio samples per latent frame.
        channels: A, channels of decoded audio.
        encode_channels: Channels that ``encode`` takes; 0 if the model does not encode.
        sample_rate: Hz; ``None`` if the model does not say.
        settable_rate: Whether the model wants to be told its rate.
        full_latents: Latents before RAVE cut the less important ones away; 0 for other models.
    """

    latents: int
    labels: int
    ratio: int
    channels: int
    encode_channels: int
    sample_rate: int | None
    settable_rate: bool
    full_latents: int


def read_contract(module: Any) -> Contract:
    """What a loaded model promises.

    Raises:
        CodecError: If it has no ``decode``, or its parts contradict each other.
    """
    buffers = {name: value for name, value in module.named_buffers() if "." not in name}
    methods = _method_names(module, buffers)
    if "decode" not in methods:
        listed = ", ".join(methods) or "none at all"
        raise CodecError(f"it has no method decode (its methods: {listed}); choose an autoencoder exported for nn~")
    decode = _shape("decode", buffers)
    if decode.in_ratio % decode.out_ratio:
        raise CodecError(
            f"its decode makes {decode.in_ratio}/{decode.out_ratio} samples of a frame, which is no whole number; "
            "export it again with another ratio"
        )
    ratio = decode.in_ratio // decode.out_ratio
    latents, encode_channels = decode.inputs, 0
    if "encode" in methods:
        encode = _shape("encode", buffers)
        if encode.out_ratio != ratio * encode.in_ratio or encode.outputs > decode.inputs:
            raise CodecError(
                f"its encode gives {encode.outputs} latents every {encode.out_ratio / encode.in_ratio:g} samples, but "
                f"its decode takes {decode.inputs} every {ratio}; export both from one model"
            )
        latents, encode_channels = encode.outputs, encode.inputs
    full = _full_latents(module)
    return Contract(
        latents=latents,
        labels=decode.inputs - latents,
        ratio=ratio,
        channels=decode.outputs,
        encode_channels=encode_channels,
        sample_rate=_sample_rate(module),
        settable_rate=hasattr(module, "set_sample_rate"),
        full_latents=full if decode.inputs < full <= MOST_CHANNELS else 0,
    )


def _parts(module: Any) -> tuple[Any, ...]:
    """Where a model may say something of itself: RAVE's first version with its prior says it one level below."""
    inner = getattr(module, "_rave", None)
    return (module,) if inner is None else (module, inner)


def _full_latents(module: Any) -> int:
    """Latents of RAVE before the less important ones are cut away: an attribute, or the first version's buffer."""
    for part in _parts(module):
        for name in ("full_latent_size", "latent_size"):
            value = getattr(part, name, None)
            if isinstance(value, Tensor) and value.numel() == 1:
                value = value.item()
            if isinstance(value, int) and value > 0:
                return value
    return 0


def _method_names(module: Any, buffers: dict[str, Any]) -> list[str]:
    if hasattr(module, "get_methods"):
        return [str(name) for name in module.get_methods()]
    named = [name.removesuffix("_params") for name in buffers if name.endswith("_params")]
    return [name for name in named if hasattr(module, name)]


def _shape(method: str, buffers: dict[str, Any]) -> MethodShape:
    params = buffers.get(f"{method}_params")
    values = [] if params is None else [int(value) for value in params.flatten()[:5]]
    if len(values) != 4 or min(values) < 1:
        raise CodecError(
            f"its buffer {method}_params should be four whole numbers above 0 (channels and ratio in, channels and "
            f"ratio out), but is {values or 'missing'}; export it again with nn_tilde"
        )
    if max(values[0], values[2]) > MOST_CHANNELS or max(values[1], values[3]) > MOST_RATIO:
        raise CodecError(
            f"its buffer {method}_params is {values}, beyond {MOST_CHANNELS} channels or a ratio of {MOST_RATIO}; "
            "export it again with nn_tilde"
        )
    return MethodShape(*values)


def _sample_rate(module: Any) -> int | None:
    for part, name in product(_parts(module), _RATE_NAMES):
        value = getattr(part, name, None)
        try:
            rate = value() if callable(value) else value
            if rate is not None and 1000 <= float(rate) <= 1_000_000:
                return round(float(rate))
        except (RuntimeError, TypeError, ValueError):  # a getter that fails says nothing
            continue
    return None
