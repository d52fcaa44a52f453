"""``check_codec``: the proof that a codec keeps the protocol and can do what it says it can."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from terrain_widgets.codecs.base import (
    BendableStream,
    BlockEncoder,
    Codec,
    CodecError,
    FloatArray,
    PageCodec,
    ScriptableCodec,
    SeededStream,
    StreamingCodec,
    StrikingStream,
    TensorCodec,
    outputs_of,
)
from terrain_widgets.codecs.loader import Material, SoundMadeCodec
from terrain_widgets.io.reading import tensors_of
from terrain_widgets.io.sound_files import Sound

_SAME = 1e-4  # of latents, relative to 1


def check_codec(codec: Codec, *, frames: int = 12, tolerance: float = 1e-4) -> None:
    """Prove that a codec keeps its promises.

    Of every codec: shapes, finite sound, streaming = offline, independent rows, reset. Of the capabilities that it
    declares: look-ahead, encoding in blocks and live, seeds, weights, scripted decoder, one description a latent.

    Args:
        codec: What to check.
        frames: Latent frames T of the trial, at least 4.
        tolerance: Largest difference of two samples that should be the same, full scale 1.

    Raises:
        CodecError: With the first promise that is broken.
    """
    sound, latents = _encoded(codec, frames)
    moved = latents + np.random.default_rng(0).normal(0, 0.3, latents.shape).astype(np.float32)
    whole = _decoded(codec, moved)
    if codec.info.capabilities.causal:
        _check_streams(codec, moved, whole, tolerance)
    _check_latents(codec)
    for declared, method, check in (
        ("block_encoder", "encode_in_blocks", _check_blocks),
        ("streaming_encoder", "encoder_stream", _check_live_encoder),
        ("seeded", "seed", _check_seed),
        ("struck", "strike", _check_strike),
        ("tensors", "tensors", _check_tensors),
        ("outputs", "outputs", _check_outputs),
        ("exportable", "scripted_decoder", _check_script),
        ("in_page", "page_decoder", _check_page),
        ("made_of_sounds", "rebuilt", _check_rebuilding),
    ):
        if vars(codec.info.capabilities)[declared]:
            try:
                check(codec, sound, latents)
            except AttributeError as error:
                raise CodecError(
                    f"{codec.info.name} declares {declared}, but has no working {method}(): {error}"
                ) from error
    _check_look_ahead(codec, sound, latents)


def _encoded(codec: Codec, frames: int) -> tuple[FloatArray, FloatArray]:
    info = codec.info
    samples = info.ratio * frames - info.ratio // 2
    tone = 0.3 * np.sin(2 * np.pi * 220.0 / info.sample_rate * np.arange(samples))
    sound = np.tile(tone.astype(np.float32), (info.channels, 1))
    latents = codec.encode(sound, info.sample_rate).values
    if latents.shape != (frames, info.latent_dim):
        raise CodecError(
            f"{info.name}: {samples} samples should encode to ({frames}, {info.latent_dim}), got {latents.shape}"
        )
    return sound, latents


def _decoded(codec: Codec, latents: FloatArray) -> FloatArray:
    info = codec.info
    whole = np.asarray(codec.decode(latents))
    expected = (info.channels, len(latents) * info.ratio)
    if whole.shape != expected:
        raise CodecError(f"{info.name}: {len(latents)} frames should decode to audio {expected}, got {whole.shape}")
    if not np.isfinite(whole).all():
        raise CodecError(f"{info.name}: decoding finite latents gave NaN or infinity")
    return whole


def _check_streams(codec: Codec, moved: FloatArray, whole: FloatArray, tolerance: float) -> None:
    info, frames = codec.info, len(moved)
    voices = min(2, info.max_voices)
    stream = codec.stream(voices)
    rows = np.stack([moved.T, np.zeros_like(moved).T][:voices])
    for attempt in ("fresh", "reset"):
        for block in (1, 3, frames):
            stream.reset()
            parts = [stream.decode(rows[:, :, i : i + block]) for i in range(0, frames, block)]
            audio = np.concatenate(parts, axis=2)
            if audio.shape != (voices, *whole.shape):
                raise CodecError(
                    f"{info.name}: a stream of {voices} voices should give {(voices, *whole.shape)}, got {audio.shape}"
                )
            difference = float(np.abs(audio[0] - whole).max())
            if not difference <= tolerance:
                raise CodecError(
                    f"{info.name}: streamed in blocks of {block} frames ({attempt}) the sound differs from decoding at "
                    f"once by {difference:.2g}, allowed is {tolerance:.2g}; its blocks or rows are not independent"
                )


def _check_latents(codec: Codec) -> None:
    info = codec.info
    described = len(info.capabilities.latents)
    if described not in (0, info.latent_dim):
        raise CodecError(
            f"{info.name} has {info.latent_dim} latents and describes {described}; describe each of them, or none"
        )


def _equal_latents(codec: Codec, got: FloatArray, expected: FloatArray, what: str) -> None:
    if got.shape != expected.shape or not np.allclose(got, expected, atol=_SAME, rtol=_SAME):
        raise CodecError(f"{codec.info.name}: {what} gives other latents than encoding at once")


def _check_look_ahead(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    info, ahead = codec.info, codec.info.capabilities.look_ahead
    kept = len(latents) // 2
    end = kept * info.ratio + (ahead or 0)
    if ahead is None or info.capabilities.isolated or end >= sound.shape[1]:
        return
    other = sound.copy()
    other[:, end:] = 0.0
    _equal_latents(
        codec,
        codec.encode(other, info.sample_rate).values[:kept],
        latents[:kept],
        f"another sound {ahead} samples after a frame's end, where look_ahead says that it no longer counts,",
    )


def _check_blocks(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    parts = list(cast(BlockEncoder, codec).encode_in_blocks(sound, codec.info.sample_rate))
    _equal_latents(codec, np.concatenate(parts), latents, "encode_in_blocks")


def _check_live_encoder(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    stream, ratio, frames = cast(StreamingCodec, codec).encoder_stream(), codec.info.ratio, len(latents)
    late = stream.delay_frames
    padded = np.pad(sound, ((0, 0), (0, (frames + late) * ratio - sound.shape[1])))
    for block in (1, 3):
        stream.reset()
        step = block * ratio
        parts = [stream.encode(padded[:, at : at + step]) for at in range(0, padded.shape[1], step)]
        if codec.info.capabilities.look_ahead is None and block == 1:
            latents = np.concatenate(parts)[late:]  # one that hears the whole sound gives others
        _equal_latents(codec, np.concatenate(parts)[late:], latents, f"encoder_stream in blocks of {block} frames")


def _check_seed(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    heard = []
    for _ in range(2):
        stream = codec.stream(1)
        cast(SeededStream, stream).seed(7)
        heard.append(stream.decode(np.ascontiguousarray(latents.T[None])))
    if not np.array_equal(heard[0], heard[1]):
        raise CodecError(f"{codec.info.name}: two streams with the same seed differ")


def _check_strike(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    stream = codec.stream(1)
    still = np.ascontiguousarray(np.repeat(latents[:1], 8, axis=0).T[None])
    fresh = np.asarray(stream.decode(still))
    for _ in range(200):  # longer than any sound that is struck
        if not np.abs(stream.decode(still)).max() > 0.0:
            break
    cast(StrikingStream, stream).strike((0,))
    if not np.allclose(stream.decode(still), fresh, atol=_SAME):
        raise CodecError(f"{codec.info.name}: a sound that is struck again is not the one that was struck first")


def _check_tensors(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    name, weights = codec.info.name, cast(TensorCodec, codec).tensors()
    if not weights:
        raise CodecError(f"{name} declares tensors, but shows none")
    rows = np.ascontiguousarray(latents.T[None])
    half = rows.shape[2] // 2
    stream = codec.stream(1)
    stream.decode(rows[:, :, :half])
    bent = cast(BendableStream, stream).bent({layer: np.zeros_like(values) for layer, values in weights.items()})
    own, heard = bent.bent({}).decode(rows[:, :, half:]), stream.decode(rows[:, :, half:])
    if not np.array_equal(own, heard):
        raise CodecError(f"{name}: a stream that was bent and taken back does not sound as if it had not been")


def _check_outputs(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    tables = {name: known.neutral for name, known in outputs_of(codec).items()}
    rows = np.ascontiguousarray(latents.T[None])
    bent = cast(BendableStream, codec.stream(1)).bent(tables)
    if not np.allclose(bent.decode(rows), codec.stream(1).decode(rows), atol=1e-4):
        raise CodecError(f"{codec.info.name}: with tables of outputs that change nothing it sounds different")


def _check_page(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    if not tensors_of(cast(PageCodec, codec).page_decoder())[0]:
        raise CodecError(f"{codec.info.name} declares in_page, but sends nothing to the page")
    pages = [set(tensors_of(cast(PageCodec, codec).page_decoder(hears))[0]) for hears in (False, True)]
    if codec.info.capabilities.hears_in_page and not pages[0] < pages[1]:
        raise CodecError(f"{codec.info.name} declares hears_in_page, but sends the page no encoder")


def _check_rebuilding(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    material = Material((Sound("trial", sound, codec.info.sample_rate),))
    other = cast(SoundMadeCodec, codec).rebuilt(material)
    if cast(SoundMadeCodec, other).rebuilt(material) is not other:
        raise CodecError(f"{codec.info.name} is built again of the sounds that it is made of already")


def _check_script(codec: Codec, sound: FloatArray, latents: FloatArray) -> None:
    decoder: Any = cast(ScriptableCodec, codec).scripted_decoder()
    _ = decoder.decode, decoder.reset  # what an exported file calls
