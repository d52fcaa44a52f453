"""What was found out about a TorchScript model by trying it: facts for the adapter, and a card for its user."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.capabilities import Capabilities
from terrain_widgets.io.reading import reading

_VOICES_IN_TURN = 16
_MOST_VOICES = 64


@dataclass(frozen=True)
class CodecCard:
    """What a user wants to know of a codec before playing it.

    Args:
        name: Short name.
        latents: D.
        ratio: Audio samples per latent frame.
        sample_rate: Hz.
        channels: A, channels of decoded audio.
        streaming: Whether blocks of any size join without a seam; if not, there are clicks at their edges.
        parameters: Number of weights.
        real_time_factor: Time to decode over duration of the sound, one thread, measured on this machine.
        licence: SPDX identifier or a short sentence; ``"unknown"`` where nobody says.
        notes: Sentences about what is not as it should be.
    """

    name: str
    latents: int
    ratio: int
    sample_rate: int
    channels: int
    streaming: bool
    parameters: int
    real_time_factor: float
    licence: str = "unknown"
    notes: tuple[str, ...] = ()

    @property
    def frame_rate(self) -> float:
        """Latent frames per second."""
        return self.sample_rate / self.ratio

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return (
            f"{self.latents} latents at {self.frame_rate:.1f} frames a second, {self.sample_rate} Hz, "
            f"{self.channels} channel{'s' if self.channels > 1 else ''}, {self.parameters / 1e6:.1f} M weights, "
            f"decodes at {self.real_time_factor:.2f} of real time. {' '.join(self.notes)}".strip()
        )

    def __repr__(self) -> str:
        channels = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")
        size = f"{self.parameters / 1e6:.1f} M" if self.parameters >= 1e5 else f"{self.parameters:,}"
        speed = f"{1 / self.real_time_factor:.1f} times real time" if self.real_time_factor > 0 else "not measured"
        rows = [
            f"codec       {self.name}",
            f"latents     {self.latents} at {self.frame_rate:.2f} frames/s ({self.ratio} samples each)",
            f"sound       {self.sample_rate} Hz, {channels}",
            f"streaming   {'yes' if self.streaming else 'no: clicks between blocks'}",
            f"parameters  {size}",
            f"decodes     {speed} on one thread (factor {self.real_time_factor:.3f})",
            f"licence     {self.licence}",
        ]
        return "\n".join([*rows, *(f"note        {note}" for note in self.notes)])


@dataclass(frozen=True)
class ModelFacts:
    """What a trial of a model's methods found; see ``trials.prove``.

    Args:
        latents: D.
        labels: Further inputs of ``decode``, which are held at 0.
        ratio: Audio samples per latent frame.
        channels: A, of decoded audio.
        encode_channels: Of audio to encode; 0 if the model does not encode.
        sample_rate: Hz.
        settable_rate: Whether the model wants to be told its rate.
        full_latents: Latents that ``decode`` takes without making up noise for missing ones; 0 if it makes up none.
        own_noise: Whether ``decode`` also draws noise that cannot be handed in.
        grid: Fewest frames that ``decode`` takes at once.
        fold: Equal rows that ``decode`` wants for one voice.
        rows: Independent rows of a batch; 0 if voices must be decoded one after the other.
        streaming: Whether decoding in blocks is decoding at once.
        encode_streaming: Whether encoding in blocks is encoding at once.
        state: Names of the buffers in which the model remembers.
        widths: For each of them, its rows for one row of the batch: more than 1 where channels are folded into rows.
        double_from: Decoding one row twice is faster from so many frames on; 0 if it never is.
        delay: Samples by which decoded audio lags behind, what ``grid`` costs included.
        parameters: Number of weights.
        real_time_factor: Decoding time over sound time.
        licence: As ``CodecCard`` has it.
        notes: As ``CodecCard`` has them.
    """

    latents: int
    labels: int
    ratio: int
    channels: int
    encode_channels: int
    sample_rate: int
    settable_rate: bool = False
    full_latents: int = 0
    own_noise: bool = False
    grid: int = 1
    fold: int = 1
    rows: int = 0
    streaming: bool = True
    encode_streaming: bool = True
    state: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    double_from: int = 0
    delay: int = 0
    parameters: int = 0
    real_time_factor: float = 0.0
    licence: str = "unknown"
    notes: tuple[str, ...] = ()

    @property
    def inputs(self) -> int:
        """Channels that ``decode`` is given: latents, labels and RAVE's missing dimensions."""
        return self.full_latents or self.latents + self.labels

    @property
    def max_voices(self) -> int:
        """Voices of one stream."""
        return min(self.rows, _MOST_VOICES) or _VOICES_IN_TURN

    def info(self, name: str) -> CodecInfo:
        """What a host must know."""
        abilities = Capabilities(
            look_ahead=None,  # nothing says how far a model's encoder sees
            block_encoder=True,
            seeded=True,
            tensors=self.parameters > 0,
            outputs=self.parameters > 0,
            bends_encoder=self.parameters > 0 and self.encode_channels > 0,
            exportable=self.inputs == self.latents,  # an exported decoder is given latents alone
            isolated=True,
        )
        return CodecInfo(
            name,
            self.sample_rate,
            self.ratio,
            self.latents,
            self.channels,
            self.licence,
            self.delay,
            self.max_voices,
            abilities,
            self.card(name).sentence,
        )

    def card(self, name: str) -> CodecCard:
        """What a user wants to know."""
        return CodecCard(
            name=name,
            latents=self.latents,
            ratio=self.ratio,
            sample_rate=self.sample_rate,
            channels=self.channels,
            streaming=self.streaming,
            parameters=self.parameters,
            real_time_factor=self.real_time_factor,
            licence=self.licence,
            notes=self.notes,
        )

    def to_json(self) -> str:
        """For the cache and for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What ``to_json`` wrote.

        Raises:
            ValueError: If the text is something else.
        """
        with reading(ValueError, "these are not the facts of a model"):
            content: Any = json.loads(text)
            if set(content) != {field.name for field in fields(cls)}:
                raise ValueError("these are not the facts of a model")
            values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
            return cls(**values)
