"""What the session says, in the words of somebody who sees panels: events as sentences, methods as buttons."""

from __future__ import annotations

from terrain_widgets.session.notices import events
from terrain_widgets.session.notices.events import Notice
from terrain_widgets.session.notices.silence import Silence

SILENCES = {
    Silence.NO_TERRAIN: "there is no terrain to play yet: encode, draw and train first",
    Silence.NOTHING_PLAYS: "nothing plays yet: train the points, or the terrain",
    Silence.SOUND_OFF: "turn the sound on to hear it: press “Turn sound on”",
    Silence.REVIVED: "the sound's process had ended; it is starting again, move on in a moment",
}

#: The button that calls a method, by the method's name in the session's sentences.
BUTTONS = {
    "session.encode()": "Encode",
    "session.explore.map.make()": "Make the map",
    "session.explore.reconstruction.make()": "Reconstruct the selected sound",
    "session.stage.tracer.start()": "Trace",
    "session.stage.tracer.stop()": "Stop",
    "session.stage.sliders.hear()": "Hear them",
}


def words(notice: Notice) -> str:
    """The sentence of a notice, with buttons for methods.

    Raises:
        TypeError: If there are no words for it.
    """
    return in_buttons(_sentence(notice))


def why_silent(silence: Silence | None) -> str:
    """A sentence on why nothing is heard, or nothing."""
    return "" if silence is None else SILENCES[silence]


def in_buttons(sentence: str) -> str:
    """The session's sentence with buttons for methods: “call session.encode()” is “press “Encode””."""
    for method, label in BUTTONS.items():
        sentence = sentence.replace(f"call {method}", f"press “{label}”").replace(method, f"“{label}”")
    return sentence


def _sentence(notice: Notice) -> str:
    match notice:
        case events.Failed(why):
            return why
        case events.NotHeard(silence):
            return SILENCES[silence]
        case events.CodecChanged(codec):
            return f"{codec}: sounds and drawings stay, their latents are made again; the terrain starts over"
        case events.CodecRebuilt(codec):
            return (
                f"{codec}: these sounds are too different from those before: all are encoded again, and the terrain "
                "starts over"
            )
        case events.SessionOpened(name, sounds, drawings, trained):
            return f"{name}: {sounds} sounds, {drawings} drawings{', and a terrain' if trained else ''}."
        case events.TerrainOpened(name, terrain):
            return f"{name}: a terrain from {terrain}, spread over this plane."
        case events.SettingsLeftOut(why):
            return f"not all of this session's settings could be taken over: {'; '.join(why)}"
        case events.CellResumed(page_settings):
            kept = ", with the settings that this page has kept" if page_settings else ""
            return f"This is the session that the cell showed before{kept}."
        case events.CellNotResumed(why):
            return f"the session that this cell showed could not be brought back: {why}"
        case events.PlacedWithoutSound(why):
            return f"placed without a sound: {why}"
        case events.VariationKept(preset):
            return f"{preset} is among the presets."
        case events.NothingTraced():
            return "nothing sounded meanwhile, so nothing was traced"
        case events.TraceEnded(before, now):
            return f"the trace has ended: it has places of {before} dimensions, and what plays has {now} now"
        case events.FunctionRuns(function, address):
            return f"{function} moves {address} while this kernel runs; it is not saved."
        case events.FunctionStopped(function, seconds, why):
            return f"{function} was stopped after {seconds:.1f} s, and the sound goes on: {why}"
        case events.ListeningEnded():
            return "The page plays now, and listens by its own microphone: press its button to begin."
        case events.LoudnessUnknown(why):
            return f"the loudness could not be found out: {why}"
        case _:
            raise TypeError(f"there are no words for {notice!r}")
