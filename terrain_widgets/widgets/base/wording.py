"""What the session says, in the words of somebody who sees panels: events as sentences, methods as buttons."""

from __future__ import annotations

from terrain_widgets.session.stage.hand import Silence

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


def why_silent(silence: Silence | None) -> str:
    """A sentence on why nothing is heard, or nothing."""
    return "" if silence is None else SILENCES[silence]


def in_buttons(sentence: str) -> str:
    """The session's sentence with buttons for methods: “call session.encode()” is “press “Encode””."""
    for method, label in BUTTONS.items():
        sentence = sentence.replace(f"call {method}", f"press “{label}”").replace(method, f"“{label}”")
    return sentence
