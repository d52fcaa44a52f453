"""Every value that can be played: one line each. The patch, undo, session files, takes and panels follow from here."""

from __future__ import annotations

import math

from terrain_widgets.core.exploration.blending import NEIGHBOURS, POWER
from terrain_widgets.core.exploration.sliders import LATENT_RANGE
from terrain_widgets.core.modulation.basis import BASES
from terrain_widgets.core.modulation.envelope import ENVELOPE
from terrain_widgets.core.modulation.shaping import LARGEST, MODES
from terrain_widgets.core.parameter import Choice, Number, ParameterTree, Switch, Text

MAX_SPEED = 4.0
#: Encoders that learn a unit normal stay inside this.
DEFAULT_LATENT_LIMIT = 4.0
#: What can play: the trained terrain, the map between labelled points, the latent sliders, the map of sounds.
SOURCES = ("terrain", "points", "sliders", "map")
#: The sound underneath that is heard now, by a microphone or from a file, instead of one of the session's.
LIVE = "live"
#: How a map between points fills the space: see ``core.points.point_map``.
POINT_METHODS = ("networks", "joint", "rbf", "idw", "nearest")

#: All parameters of a patch. ``PARAMETERS.add`` describes one more.
PARAMETERS = ParameterTree(
    Choice("source", "terrain", SOURCES, "Which mapping plays.", transient=True),
    # what the mapping's latents become before they are decoded
    Number("latents.scale", 1.0, -100.0, 100.0, description="Factor for the latents.", each=True, target=True),
    Number(
        "latents.offset",
        0.0,
        -100.0,
        100.0,
        description="Added to the latents after the factor.",
        each=True,
        target=True,
    ),
    Number("latents.slew", math.inf, 1e-6, math.inf, "units per second", "Fastest change of a latent.", curve="log"),
    Choice("latents.limits", "data", ("data", "own"), "Keep latents within the training data's range, or an own one."),
    Number("latents.low", -DEFAULT_LATENT_LIMIT, -1e6, 1e6, description="Lower limit, with own limits.", each=True),
    Number("latents.high", DEFAULT_LATENT_LIMIT, -1e6, 1e6, description="Upper limit, with own limits.", each=True),
    # what moves latents by itself; one number gives latent k the seed plus k
    Switch("modulators.on", True, "Whether a latent's modulator moves it.", each=True),
    Number("modulators.amount", 1.0, 0.0, 2.0, description="Factor for all that they add; 0 has nothing move."),
    Choice("modulators.basis", "simplex", (*BASES, ENVELOPE), "What it follows.", each=True),
    Number("modulators.seed", 0, 0, 2**32 - 1, description="Which of its movements.", integer=True, each=True),
    Number("modulators.jump", -50.0, -100.0, 100.0, description="Speed: 0.25 to 25 cells per second.", each=True),
    Number("modulators.energy", 0.0, -LARGEST, LARGEST, description="How far it moves the latent.", each=True),
    Number("modulators.deviation", 0.0, -LARGEST, LARGEST, description="What it adds besides.", each=True),
    Choice("modulators.mode", "none", MODES, "What happens beyond its limit.", each=True),
    Number("modulators.limit", LARGEST, 0.01, 100.0, description="Largest that it adds, by the mode.", each=True),
    Number("modulators.smooth", 0.0, 0.0, 100.0, "percent", "How slowly it follows, and how it rings.", each=True),
    Choice("modulators.loop_in", "free", ("free", "seconds", "bars"), "What the loop's length counts.", each=True),
    Number("modulators.loop", 1.0, 1 / 64, 64.0, "seconds or bars", "Length of the loop.", curve="log", each=True),
    Number("modulators.chaos", 0.0, 0.0, 1.0, description="How different the latents' loops are.", each=True),
    Number("modulators.steps", 0.0, -1.0, 1.0, description="Row of values for the basis steps.", each=True),
    Number(
        "modulators.triggers", 0, 0, 2**53, description="A new number begins all again.", integer=True, transient=True
    ),
    Number("modulators.start", 0.0, 0.0, math.inf, "cells or loops", "Where each goes on.", each=True, transient=True),
    # what sets the modulators by a place
    Switch("control.leads", False, "Whether the control map sets the modulators, by where the first hand is."),
    Number(
        "control.place",
        0.0,
        -1e6,
        1e6,
        "control units",
        "Where the control map is asked while no hand is down.",
        each=True,
        transient=True,
    ),
    # what moves any other number that is a target, by itself
    Text("movers.*.target", description="Address of the number that it moves."),
    Number(
        "movers.*.along", 1.0, -1e3, 1e3, description="How much of it each of the target's values takes.", each=True
    ),
    Switch("movers.*.on", True, "Whether it moves."),
    Choice("movers.*.basis", "sine", (*BASES, ENVELOPE), "What it follows."),
    Number("movers.*.seed", 0, 0, 2**32 - 1, description="Which of its movements.", integer=True),
    Number("movers.*.jump", -100.0, -100.0, 100.0, description="Speed: 0.25 to 25 cycles or cells per second."),
    Number("movers.*.depth", 0.0, -1e6, 1e6, "of the target's units", "How far it moves it to either side."),
    Number("movers.*.smooth", 0.0, 0.0, 100.0, "percent", "How slowly it follows, and how it rings."),
    Choice("movers.*.loop_in", "seconds", ("free", "seconds", "bars"), "What the loop's length counts."),
    Number("movers.*.loop", 4.0, 1 / 64, 64.0, "seconds or bars", "Length of the loop.", curve="log"),
    Number("movers.*.steps", 0.0, -1.0, 1.0, description="Row of values for the basis steps.", each=True),
    Number("movers.*.start", 0.0, 0.0, math.inf, "cells or loops", "Where it goes on.", transient=True),
    Number("clock.tempo", 120.0, 20.0, 400.0, "beats per minute", "Tempo."),
    Number("clock.beats", 4, 1, 16, description="Beats of a bar.", integer=True),
    Choice("clock.quantise", "off", ("off", "beat", "bar"), "What triggers and beginnings of playheads wait for."),
    Number("clock.start", 0.0, 0.0, math.inf, "beats", "Where the beats go on.", transient=True),
    # how a recalled preset is reached
    Number("glide.seconds", 0.0, 0.0, 600.0, "seconds", "How long numbers take to a recalled preset.", transient=True),
    Number("glide.recalls", 0, 0, 2**53, description="With a new number, numbers glide.", integer=True, transient=True),
    # what moves along paths
    Text("playheads.*.path", description="Name of the path that it follows: a sound's id, or a path of its own."),
    Number(
        "playheads.*.speed",
        1.0,
        -MAX_SPEED,
        MAX_SPEED,
        description="1 is the sound's own; below 0 is backwards.",
        target=True,
    ),
    Number("playheads.*.shift", 0.0, -1e6, 1e6, "points", "How far from where it is it plays.", target=True),
    Choice("playheads.*.loop", "loop", ("once", "loop", "ping-pong"), "What happens at the path's end."),
    Number("playheads.*.gain", 1.0, 0.0, 1.0, description="Level among the others, linear.", target=True),
    Switch("playheads.*.interpolate", True, "Go straight between two points of the path, or hold the first."),
    Switch("playheads.*.playing", True, "Whether it sounds; paused, it keeps its place.", transient=True),
    Number(
        "playheads.*.start", -1.0, -1.0, 1e9, "points", "Where it begins; -1 is the path's beginning.", transient=True
    ),
    Number(
        "playheads.*.seeks",
        0,
        0,
        2**53,
        description="A new number moves it to its start.",
        integer=True,
        transient=True,
    ),
    # the hands' own sound
    Number(
        "bend.amount",
        1.0,
        0.0,
        1.0,
        description="How far the decoder's weights go from their own to bent ones.",
        target=True,
        grain=1 / 16,  # for each step the decoder is built again
    ),
    Number("bend.level", 0.0, -40.0, 24.0, "dB", "Level of the bent sound, at the full amount, beside the own one."),
    Number("hand.width", 1.0, 0.0, 2.0, description="Stereo width of what the hands play; 0 is mono.", target=True),
    Number(
        "hand.offset",
        0.0,
        -1e6,
        1e6,
        "control units",
        "Added to where the hands are, one for each dimension.",
        each=True,
        target=True,
    ),
    Number("output.level", 1.0, 0.0, 1.0, description="Level of all that plays, linear.", target=True),
    # how a mosaic puts frames of its sounds together
    Number("mosaic.neighbours", 3, 1, 16, "frames", "Frames of the sounds that are mixed; 1: grains.", integer=True),
    Number(
        "mosaic.sharpness",
        0.7,
        0.0,
        1.0,
        description="How much the nearest counts for more; 0: all alike.",
        target=True,
    ),
    # when a codec of whole sounds strikes one
    Number(
        "one_shot.distance",
        0.25,
        0.01,
        4.0,
        "latent units",
        "How far from the sound struck last the next one is struck.",
        curve="log",
    ),
    Number("one_shot.repeat", 0.0, 0.0, 10.0, "seconds", "After which one that stays is struck again; 0: never."),
    Number("one_shot.ring", 1.0, 0.0, 10.0, "seconds", "How long a struck sound fades once the hand is up."),
    # what runs underneath the hand
    Text("clip.sound", description="Id of the sound that runs underneath; live: what is heard now; else nothing."),
    Choice(
        "clip.modes", "add", ("keep", "override", "add", "multiply"), "What the terrain does to its latents.", each=True
    ),
    Switch("clip.loop", True, "Begin again at its end, or fall silent there."),
    Switch("clip.running", True, "Play by itself, or only while the hand is down.", transient=True),
    Number("clip.wet", 1.0, 0.0, 1.0, description="Share of the steered sound; 0 is the clip itself.", target=True),
    # the map between labelled points, and pads that go to them
    Choice("points.method", "networks", POINT_METHODS, "How the map fills the space between the points."),
    Number("pads.seconds", 0.3, 0.0, 60.0, "seconds", "How long a pad takes to its point; 0 jumps."),
    Choice("pads.course", "eased", ("eased", "even"), "Whether a glide starts and stops gently."),
    # the map of sounds
    NEIGHBOURS,
    POWER,
    # how much of each attribute is in ``latents.offset``
    Number("attributes.*.amount", 0.0, -10.0, 10.0, "latent units", "How far along the attribute; absolute."),
    # latents set by hand
    Number("sliders.values", 0.0, -LATENT_RANGE, LATENT_RANGE, description="Where the sliders stand.", each=True),
    Switch("sliders.locked", False, "Sliders that neither chance nor zero moves.", each=True),
    # what a pen's pressure does while it plays
    Text("stylus.pressure", "nothing", description="nothing, gain, or the number of a control dimension, from 0."),
    Number("stylus.low", -1.0, -1e6, 1e6, "control units", "Place of no pressure, where it goes to a dimension."),
    Number("stylus.high", 1.0, -1e6, 1e6, "control units", "Place of full pressure, where it goes to a dimension."),
)
