"""Some of a module's parameters replaced by others of the same shape; layers of trained codecs by their names here."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from terrain_widgets.core.bending.encoder_layers import ENCODER, is_encoder

FloatArray = NDArray[np.float32]
M = TypeVar("M", bound=torch.nn.Module)


def layers_of(encoder: torch.nn.Module, decoder: torch.nn.Module, unheard: str) -> dict[str, FloatArray]:
    """What can be bent of a trained codec, copies: the decoder's weights, and the encoder's as ``encoder.…``.

    Args:
        encoder: One module.
        decoder: The other one.
        unheard: First word of those of the encoder that count in training only.
    """
    heard = {
        f"{ENCODER}{name}": value for name, value in encoder.named_parameters() if name.partition(".")[0] != unheard
    }
    every = {**dict(decoder.named_parameters()), **heard}
    return {name: value.detach().numpy().copy() for name, value in every.items()}


def bent_decoder(decoder: M, weights: Mapping[str, FloatArray]) -> M:
    """The decoder with those that are a decoder's, as ``copied_with``.

    Raises:
        ValueError: As ``copied_with``.
    """
    return copied_with(decoder, {name: value for name, value in weights.items() if not is_encoder(name)})


def bent_encoder(encoder: M, weights: Mapping[str, FloatArray]) -> M:
    """The encoder with those that are an encoder's, as ``copied_with``.

    Raises:
        ValueError: As ``copied_with``.
    """
    own = {name.removeprefix(ENCODER): value for name, value in weights.items() if is_encoder(name)}
    return copied_with(encoder, own)


def copied_with(module: M, weights: Mapping[str, FloatArray]) -> M:
    """A module of which some parameters are others; all else is shared with the first one. Without any, that itself.

    Raises:
        ValueError: If there is no such parameter, or it is of another shape.
    """
    if not weights:
        return module
    shared = chain(module.buffers(), (value for name, value in module.named_parameters() if name not in weights))
    with torch.inference_mode(False):  # a tensor that is made in it could not be written into
        other = copy.deepcopy(module, {id(tensor): tensor for tensor in shared})
        put_weights(other, weights)
    return other


def check_weights(shapes: Mapping[str, tuple[int, ...]], weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Say which weights do not fit.

    Args:
        shapes: Of the model's own, by name.
        weights: In their place.

    Raises:
        ValueError: If there is no such parameter, or it is of another shape.
    """
    for name, value in weights.items():
        if name not in shapes:
            raise ValueError(f"this model has no weights {name!r}; it has {', '.join(list(shapes)[:6])} …")
        if shapes[name] != value.shape:
            raise ValueError(f"{name!r} is of shape {shapes[name]}, got {value.shape}")


def put_weights(module: Any, weights: Mapping[str, NDArray[np.float32]]) -> None:
    """Write weights into a module's parameters; all others stay.

    Args:
        module: A ``torch.nn.Module``.
        weights: By the names that ``named_parameters`` has.

    Raises:
        ValueError: If there is no such parameter, or it is of another shape; nothing is changed.
    """
    parameters = dict(module.named_parameters())
    check_weights({name: tuple(value.shape) for name, value in parameters.items()}, weights)
    with torch.inference_mode(False), torch.no_grad():
        for name, value in weights.items():
            parameters[name].copy_(torch.from_numpy(np.array(value, dtype=np.float32)))
