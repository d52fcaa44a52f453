"""Checks of notebook 10: a loop of one latent, a level that pulses, a preset between two, a map of places, a bend."""

from __future__ import annotations

import numpy as np

from terrain_widgets.lessons.verdict import Hint, exercise
from terrain_widgets.session.stage.bending.bending import Bending
from terrain_widgets.session.stage.modulation.control_map import ControlMapping
from terrain_widgets.session.stage.modulation.modulators import Modulators
from terrain_widgets.session.stage.modulation.movers import Movers

_RATE = 30  # of the curves, Hz
_WINDOWS = 20  # of loudness, in a second


@exercise("session.stage.modulators.set(latent=1, energy=…, loop_in='bars', loop=1) sets the second latent.")
def check_loop(modulators: object) -> str:
    """Whether the second latent alone moves, in a loop of one bar at 96 beats per minute."""
    if not isinstance(modulators, Modulators):
        raise Hint("Answer with session.stage.modulators, after you have set them.")
    if modulators.tempo != 96:
        raise Hint(f"The tempo is {modulators.tempo:g}: set session.stage.modulators.tempo = 96.")
    curves = modulators.curves(10.0)
    moving = np.flatnonzero(np.ptp(curves, axis=0) > 1e-3)
    if not len(moving):
        raise Hint("Nothing moves: the energy is 0 at first.")
    if moving.tolist() != [1]:
        raise Hint(f"Latents {', '.join(str(k + 1) for k in moving)} move, counted from 1; only the second one should.")
    bar = round(2.5 * _RATE)  # four beats at 96 a minute
    apart = float(np.abs(curves[2 * bar : 3 * bar, 1] - curves[bar : 2 * bar, 1]).max())
    if apart > 1e-3:
        raise Hint("It does not come back after a bar: loop_in='bars', loop=1.")
    return f"It moves by {np.ptp(curves[:, 1]):.1f} and is the same after every bar of 2.5 seconds."


@exercise("movers.add('level', depth=0.5, loop_in='seconds', loop=…) moves the level; then render.")
def check_pulse(pulsing: object, still: object, movers: Movers) -> str:
    """Whether the level of what is played falls and rises twice a second, and it is a mover that does it."""
    after, before = (np.asarray(sound, dtype=np.float64) for sound in (pulsing, still))
    if not movers.now:
        raise Hint("There is no mover yet.")
    if after.shape != before.shape or after.ndim != 2:
        raise Hint("Render as long as before: session.stage.render(3.0).")
    size = after.shape[1] // (3 * _WINDOWS)
    loud = [np.sqrt((sound[0, : 3 * _WINDOWS * size].reshape(-1, size) ** 2).mean(axis=1)) for sound in (after, before)]
    level = loud[0] / np.maximum(loud[1], 1e-4)
    if np.ptp(level[_WINDOWS // 2 :]) < 0.2:
        raise Hint("The level hardly moves: give the mover of 'level' more depth.")
    power = np.abs(np.fft.rfft(level[_WINDOWS // 2 : _WINDOWS // 2 + 2 * _WINDOWS] - level.mean()))
    often = float(np.argmax(power[1:]) + 1) / 2.0  # the pulse of two seconds
    if often != 2.0:
        raise Hint(f"It falls and rises {often:g} times a second: a loop of half a second is meant.")
    return f"The level goes down to {level[_WINDOWS // 2 :].min():.0%} of what is set and back, twice a second."


@exercise("session.stage.presets.morph('calm', 'wild', share) sets what lies between; then give the energy.")
def check_between(energy: object, calm: float, wild: float) -> str:
    """Whether an energy lies a quarter of the way from one preset's to the other's."""
    value = np.asarray(energy, dtype=np.float64)
    if value.ndim:
        raise Hint("The energy is one number here: session.stage.modulators['energy'].")
    share = (float(value) - calm) / (wild - calm)
    if abs(share - 0.25) > 1e-3:
        raise Hint(f"That is {share:.0%} of the way; a quarter is meant.")
    return "A quarter of the way, for every number that is set; a choice, such as the basis, is the nearer one's."


@exercise("control.add(place) keeps how the modulators stand for a place; control.train() fills what lies between.")
def check_places(control: object) -> str:
    """Whether latents would move more in the middle than at the calm place, and less than at the wild one."""
    if not isinstance(control, ControlMapping):
        raise Hint("Answer with session.stage.control_map, after you have added two places and trained it.")
    points = control.now.points
    if len(points) != 2:
        raise Hint(f"It has {len(points)} places; two are meant.")
    if not control.trained:
        raise Hint("It is not trained yet: control.train().")
    (left, calm), (right, wild) = sorted((p.place, float(np.max(p.values["modulators.energy"]))) for p in points)
    if not left[0] < 0.0 < right[0] or not calm < wild:
        raise Hint("The calm place is meant to be at the left of the middle, and the wild one at its right.")
    middle = float(
        np.max(control.predict((0.5 * (left[0] + right[0]), 0.5 * (left[1] + right[1])))["modulators.energy"])
    )
    if not calm < middle < wild:
        raise Hint(f"The energy in the middle is {middle:.2f}: choose a method with something between, such as 'idw'.")
    return f"From {calm:g} at the left by {middle:.2f} in the middle to {wild:g}: with control.lead() the hand does it."


@exercise("session.stage.bending.add(layer, 'flip') is an edit; list(session.stage.bending.layers) names the layers.")
def check_bend(bent: object, own: object, bending: Bending) -> str:
    """Whether a bend is heard, and is gone without a trace at the amount 0."""
    before, after = (np.asarray(sound, dtype=np.float64) for sound in (own, bent))
    if not bending.bend.steps:
        raise Hint("There is no edit yet.")
    if before.shape != after.shape:
        raise Hint("Render as long as before: session.stage.render(2.0).")
    spectra = [np.abs(np.fft.rfft(sound[0])) for sound in (before, after)]
    apart = float(np.linalg.norm(spectra[1] - spectra[0]) / np.linalg.norm(spectra[0]))
    if apart < 0.05:
        raise Hint(f"The spectrum differs by {apart:.1%}: hardly heard. Bend another layer, or more.")
    edits = "one edit" if len(bending.bend.steps) == 1 else f"{len(bending.bend.steps)} edits"
    return f"The spectrum differs by {apart:.0%} after {edits}; bending.clear() takes all back."
