"""A loss that tells which notes sound, low ones too, and not how loud the whole is or in which phase."""

from __future__ import annotations

import numpy as np
import torch

from terrain_widgets.codecs.trainer.losses.note_levels import NoteLevels

RATE = 44100


def _tones(*notes: float, gain: float = 0.1) -> torch.Tensor:
    """Of MIDI ``[1, S]``, a second of them."""
    time = np.arange(RATE) / RATE
    found = sum(np.sin(2 * np.pi * 440.0 * 2 ** ((note - 69) / 12) * time + note) for note in notes)
    return torch.from_numpy(gain * np.asarray(found, np.float32))[None]


def test_a_chord_with_a_wrong_note_is_farther_than_the_same_chord_in_other_phases() -> None:
    loss = NoteLevels()
    for low in (50, 64):
        wanted = _tones(low, low + 4, low + 7)
        turned = torch.flip(wanted, (1,))
        wrong = [_tones(low, low + step, low + 7) for step in (3, 5)]
        assert float(loss(turned, wanted)) < 0.25 * min(float(loss(each, wanted)) for each in wrong)


def test_an_octave_counts_as_much_as_any_other() -> None:
    loss = NoteLevels()
    apart = [float(loss(_tones(low, low + 1), _tones(low, low + 2))) for low in (57, 69, 81, 93)]
    assert max(apart) < 1.5 * min(apart)


def test_it_falls_by_gradients_that_are_finite_in_silence_too() -> None:
    loss, silence = NoteLevels(), torch.zeros(2, 5000)
    for wanted in (silence, torch.cat([silence[:1], _tones(60)[:, :5000]])):
        given = silence.clone().requires_grad_(True)
        found = loss(given, wanted)
        found.backward()
        assert (
            bool(torch.isfinite(found.detach())) and given.grad is not None and bool(torch.isfinite(given.grad).all())
        )
    equal = _tones(60).requires_grad_(True)
    found = loss(equal, _tones(60))
    found.backward()
    assert float(found.detach()) < 0.01 and equal.grad is not None and bool(torch.isfinite(equal.grad).all())
