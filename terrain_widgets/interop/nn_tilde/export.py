"""An instrument for nn~: terrain and decoder in one TorchScript file, played where the notebook is not.

nn~ (github.com/acids-ircam/nn_tilde) plays such files in Max and Pure Data, and so do other hosts of RAVE models. For
each method it reads a buffer ``<method>_params = [inputs, input ratio, outputs, output ratio]``, ratios in samples per
value, hands in ``[rows, inputs, T]`` and expects ``[rows, outputs, T * input ratio / output ratio]``. Of every window
of input samples it takes the last. The methods here:

============ ====================================== ==================================================
method       in                                     out
============ ====================================== ==================================================
``forward``  C coordinates per latent frame         audio: the whole instrument
``terrain``  C coordinates per latent frame         D latents per frame, to be bent in the patch
``decode``   D latents per frame, as any RAVE model audio: the codec alone
============ ====================================== ==================================================
"""

# No "from __future__ import annotations": torch.jit.script reads the annotations of what it compiles.

import copy
import io
import math
import os
import warnings

import torch
from torch import Tensor, nn

from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.nn_tilde.scripted import ModelRows
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.errors import ExportError
from terrain_widgets.interop.nn_tilde.scripted_decoders import scripted_decoder
from terrain_widgets.io.atomic import replacing


def export(
    terrain: Terrain,
    codec: Codec,
    path: str | os.PathLike[str],
    *,
    latents: LatentSettings | None = None,
    boundary: Boundary | None = None,
) -> None:
    """Write terrain and decoder as one nn~ model; an older file of that name stays whole until the new one is.

    In Max: ``[nn~ island]`` has one signal inlet per control dimension, in control units, and the codec's audio
    outlets; ``[nn~ island terrain]`` and ``[nn~ island decode]`` are its two halves. The model remembers its state
    from block to block; ``mc.nn~`` plays up to 64 rows, each a voice of its own; the message ``set restart true``
    starts again. It plays at the codec's own sample rate: set the host to that, or everything is transposed.

    Args:
        terrain: What turns coordinates into latents.
        codec: What decodes; see ``scripted_decoder`` for which can.
        path: Where to; hosts look for ``.ts``.
        latents: How latents are shaped between the two, as the session plays them; as they are, if left out.
        boundary: The plane, which is then named at the inlets. Coordinates are not clamped to it.

    Raises:
        ExportError: If the codec's decoder cannot be compiled, terrain and codec disagree on the latents, or
            ``latents`` limits their speed.
    """
    if terrain.latent_dim != codec.info.latent_dim:
        raise ExportError(
            f"this terrain gives {terrain.latent_dim} latents, but {codec.info.name!r} decodes "
            f"{codec.info.latent_dim}; export it with the codec it was trained for"
        )
    if latents is not None and math.isfinite(latents.slew):
        raise ExportError(
            "a limit on the latents' speed cannot be exported; set slew to infinity, and smooth the coordinates in the "
            "host instead ([slide~] or [rampsmooth~])"
        )
    instrument = Instrument(terrain, codec, scripted_decoder(codec), latents, boundary)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript is what nn~ plays, deprecated or not
        try:
            scripted = torch.jit.script(instrument.eval().requires_grad_(False))
        except Exception as error:  # the compiler has as many exceptions as it has stages
            raise ExportError(f"the decoder of {codec.info.name!r} could not be compiled: {error}") from error
        content = io.BytesIO()  # saved to a path, the file would hold that path's temporary name
        torch.jit.save(scripted, content)
    with replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())


class Instrument(nn.Module):
    """What the file holds. Compiled as a whole, so everything it reads is an attribute or a buffer.

    Args:
        terrain: Copied.
        codec: Asked for its shapes and names.
        decoder: From ``scripted_decoder``.
        latents: See ``export``.
        boundary: See ``export``.
    """

    low: Tensor
    high: Tensor
    scale: Tensor
    offset: Tensor

    def __init__(
        self,
        terrain: Terrain,
        codec: Codec,
        decoder: nn.Module,
        latents: LatentSettings | None = None,
        boundary: Boundary | None = None,
    ) -> None:
        super().__init__()
        info = codec.info
        self.landscape = ScriptedTerrain(terrain)
        self.decoder = decoder
        self.control_dim, self.latent_dim = terrain.control_dim, terrain.latent_dim
        self.shaped = latents is not None
        for name in ("low", "high", "scale", "offset"):
            column = torch.zeros(self.latent_dim) if latents is None else torch.tensor(getattr(latents, name))
            self.register_buffer(name, column[:, None].clone())
        # RAVE has a plain number here, and nn_tilde from 1.6 on asks get_sample_rate().
        self.sr = info.sample_rate
        inlets = _inlet_labels(terrain.control_dim, boundary)
        outlets = [f"(signal) audio {k}" for k in range(1, info.channels + 1)]
        values = [f"(signal) latent {k}" for k in range(1, info.latent_dim + 1)]
        self.forward_input_labels, self.forward_output_labels = inlets, outlets
        self.terrain_input_labels, self.terrain_output_labels = list(inlets), values
        self.decode_input_labels, self.decode_output_labels = list(values), list(outlets)
        for method, shape in {
            "forward": [terrain.control_dim, info.ratio, info.channels, 1],
            "terrain": [terrain.control_dim, info.ratio, info.latent_dim, info.ratio],
            "decode": [info.latent_dim, info.ratio, info.channels, 1],
        }.items():
            self.register_buffer(f"{method}_params", torch.tensor(shape))
        self.method_names = ["forward", "terrain", "decode"]
        # nn~ until 1.5 writes 'none' where a model has no attributes; the type of 'restart' is bool, number 0.
        resettable = not isinstance(decoder, ModelRows)
        self.attribute_names = ["restart"] if resettable else ["none"]
        self.register_buffer("restart_params" if resettable else "none_params", torch.tensor([0]))

    @torch.jit.export
    def get_methods(self) -> list[str]:
        """Names of what a host may call."""
        return self.method_names

    @torch.jit.export
    def get_attributes(self) -> list[str]:
        """Names of what a host may set."""
        return self.attribute_names

    @torch.jit.export
    def get_restart(self) -> bool:
        """Always false: a restart is an event."""
        return False

    @torch.jit.export
    def set_restart(self, restart: bool) -> int:
        """Start again, like a model just loaded; returns 0, as nn~ expects of a setter."""
        if restart:
            self.reset()
        return 0

    @torch.jit.export
    def get_sample_rate(self) -> int:
        """Hz, the codec's own."""
        return self.sr

    @torch.jit.export
    def set_sample_rate(self, sample_rate: int | None) -> None:
        """Nothing: a host tells its rate here, but the codec knows only its own."""

    @torch.jit.export
    def reset(self) -> None:
        """Back to the state of a fresh stream."""
        # mypy sees a plain module; the compiler checks that it has these methods. (It also reads comments on types, so
        # the reason cannot stand behind them.)
        self.decoder.reset()  # type: ignore[operator]

    @torch.jit.export
    def terrain(self, coordinates: Tensor) -> Tensor:
        """Coordinates ``[B, C, T]`` to latents ``[B, D, T]``."""
        if coordinates.dim() != 3 or coordinates.shape[1] != self.control_dim:
            raise ValueError("expected coordinates of shape [rows, " + str(self.control_dim) + ", frames]")
        rows = coordinates.transpose(1, 2)
        latents = self.landscape(rows.reshape(-1, self.control_dim))
        latents = latents.reshape(rows.shape[0], rows.shape[1], self.latent_dim).transpose(1, 2)
        if self.shaped:
            latents = torch.minimum(torch.maximum(latents * self.scale + self.offset, self.low), self.high)
        shaped: Tensor = latents.contiguous()
        return shaped

    @torch.jit.export
    def decode(self, latents: Tensor) -> Tensor:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * ratio]``; goes on where the call before ended."""
        if latents.dim() != 3 or latents.shape[1] != self.latent_dim:
            raise ValueError("expected latents of shape [rows, " + str(self.latent_dim) + ", frames]")
        # see reset()
        audio: Tensor = self.decoder.decode(latents)  # type: ignore[operator]
        return audio

    def forward(self, coordinates: Tensor) -> Tensor:
        """Coordinates ``[B, C, T]`` to audio ``[B, A, T * ratio]``."""
        audio: Tensor = self.decode(self.terrain(coordinates))
        return audio


class ScriptedTerrain(nn.Module):
    """A terrain's formula with nothing that the compiler would stumble over.

    Args:
        terrain: Copied.
    """

    frequencies: Tensor

    def __init__(self, terrain: Terrain) -> None:
        super().__init__()
        own = copy.deepcopy(terrain).cpu()
        self.rugged = own.config.gauss_scale > 0
        first = own.fc_in_gau if self.rugged else own.fc_in_linear
        self.layers = nn.Sequential(
            first, own.prelu1, own.fc2, own.prelu2, own.fc3, own.prelu3, own.fc4, own.prelu4, own.fc_out
        )
        self.register_buffer("frequencies", own.B_T if self.rugged else torch.zeros(own.control_dim, 0))

    def forward(self, coordinates: Tensor) -> Tensor:
        """Coordinates ``[N, C]`` to latents ``[N, D]``; see ``Terrain``."""
        features = coordinates
        if self.rugged:
            phase = (2 * math.pi * coordinates) @ self.frequencies
            features = torch.cat([phase.sin(), phase.cos()], dim=1)
        latents: Tensor = self.layers(features)
        return latents


def _inlet_labels(control_dim: int, boundary: Boundary | None) -> list[str]:
    names = ["x", "y"] if control_dim == 2 else [f"coordinate {k}" for k in range(1, control_dim + 1)]
    if boundary is None or control_dim != 2:
        return [f"(signal) {name}" for name in names]
    left, top, right, bottom = boundary.as_tuple()
    return [f"(signal) x: left {left:g}, right {right:g}", f"(signal) y: top {top:g}, bottom {bottom:g}"]
