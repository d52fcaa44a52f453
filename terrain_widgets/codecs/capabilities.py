"""What a codec can do beside encoding and decoding: declared, never found out by looking for its methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LatentRole = Literal["pitch", "loudness", "timbre", "other"]


@dataclass(frozen=True)
class LatentInfo:
    """One latent of a codec.

    Args:
        name: Short name for a slider.
        low: Lower end of the range that encoded sounds lie in.
        high: Upper end of that range.
        role: What it means to the ear.
    """

    name: str
    low: float
    high: float
    role: LatentRole = "other"

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"latent {self.name!r}: low must be below high, got {self.low} and {self.high}")


@dataclass(frozen=True)
class Capabilities:
    """What a host may ask of a codec beyond ``Codec``; ``check_codec`` proves that it is true.

    The defaults are those of a codec that has ``info``, ``recipe``, ``encode``, ``decode`` and ``stream``, no more.

    Args:
        causal: A decoded frame depends on no later latents; where it does, a stream is late by ``CodecInfo.delay``.
        look_ahead: Samples after a frame's end that its latents may depend on; ``None``: on the whole sound.
        block_encoder: Has ``encode_in_blocks``: see ``BlockEncoder``.
        streaming_encoder: Has ``encoder_stream``: see ``StreamingCodec``.
        seeded: Its streams have ``seed``: see ``SeededStream``.
        tensors: Has ``tensors``, and streams that can be bent: see ``TensorCodec``.
        outputs: Has ``outputs``, and its bent streams take their tables too: see ``OutputCodec``.
        bends_encoder: Has ``encode_with``, and its encoder streams have ``bend``: see ``BendableEncoder``.
        exportable: Has ``scripted_decoder``: see ``ScriptableCodec``.
        in_page: Has ``page_decoder``: see ``PageCodec``.
        hears_in_page: ``page_decoder`` also has what encodes live sound there, when it is asked to.
        isolated: Encoding may crash the process, so it is done in another one.
        made_of_sounds: It is built from the sounds that it plays, and built again when they change.
        struck: Its streams have ``strike``, by which a whole sound begins: see ``StrikingStream``.
        parameters: Addresses of the patch that its streams follow: see ``ParametricStream``.
        latents: One ``LatentInfo`` for each latent, or none where nothing is known of them.
    """

    causal: bool = True
    look_ahead: int | None = 0
    block_encoder: bool = False
    streaming_encoder: bool = False
    seeded: bool = False
    tensors: bool = False
    outputs: bool = False
    bends_encoder: bool = False
    exportable: bool = False
    in_page: bool = False
    hears_in_page: bool = False
    isolated: bool = False
    made_of_sounds: bool = False
    struck: bool = False
    parameters: tuple[str, ...] = ()
    latents: tuple[LatentInfo, ...] = ()
