"""Bending in files: the session's, its own, those of earlier programs and of Latent-Playground, and damaged ones."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from safetensors.numpy import save as save_arrays

from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.bending.bend import Bend, model_hash
from terrain_widgets.core.bending.edits import Curve, Noise, Towards
from terrain_widgets.io.reading import tensors_of
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.bending.bend_files import BendFileError
from tests.session.doubles import tones
from tests.session.test_bending import FIRST, LAST, sent


@pytest.fixture
def session():
    made = Session(codec=PebbleCodec(), sounds=tones(1))
    yield made
    made.close()


def test_amount_and_edits_are_in_a_session_file(session: Session, tmp_path: Path) -> None:
    session.stage.bending.add(LAST, Curve((-1.0, 0.0, 2.0)))
    session.stage.bending.set_amount(0.25)
    session.save(tmp_path / "bent.zip")
    opened = Session.load(tmp_path / "bent.zip")
    try:
        assert opened.stage.bending.bend == session.stage.bending.bend and opened.stage.bending.amount == 0.25
        assert model_hash(sent(opened)) == model_hash(sent(session))
    finally:
        opened.close()


def test_its_file_comes_back_and_one_for_other_weights_is_refused(session: Session, tmp_path: Path) -> None:
    bending, file, bad = session.stage.bending, tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    bending.add(LAST, Noise(0.5, 3))
    bending.add(FIRST, Towards.of(-bending.layers[FIRST], 0.25, "other"))
    bending.save(file)
    bend, digest = bending.bend, model_hash(sent(session))
    bending.clear()
    bending.load(file)
    assert bending.bend == bend and model_hash(sent(session)) == digest
    arrays, header = tensors_of(file.read_bytes())
    content = json.loads(header["bend"])
    for change, said in (
        ({"model": "0" * 64}, "was made for other weights"),
        ({"steps": [{"layer": "none", "edit": {"kind": "flip"}}]}, "no layer 'none'"),
        ({"steps": [{**content["steps"][1], "layer": "net.0.bias"}]}, "the layer has 256 weights, those to go towards"),
        ({"format": "x"}, "no bend of this program"),
    ):
        bad.write_bytes(save_arrays(arrays, metadata={"bend": json.dumps({**content, **change})}))
        with pytest.raises(BendFileError, match=said):
            bending.load(bad)
    bad.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(BendFileError, match="is no bend, or it is damaged"):
        bending.load(bad)
    assert bending.bend == bend


def test_a_file_of_an_earlier_program_still_opens(session: Session, tmp_path: Path) -> None:
    bending, weights = session.stage.bending, -session.stage.bending.layers[FIRST]
    edit = {"kind": "towards", "weights": base64.b64encode(weights.tobytes()).decode(), "share": 1.0, "source": "x"}
    content = {"format": "terrain_widgets/bend", "version": 1, "steps": [{"layer": FIRST, "on": True, "edit": edit}]}
    (tmp_path / "a.json").write_text(json.dumps({**content, "model": model_hash(bending.layers), "codec": "pebble"}))
    assert bending.load(tmp_path / "a.json") == "1 edit of a.json." and (sent(session)[FIRST] == weights).all()
    session.save(tmp_path / "bent.zip")
    opened = Session.load(tmp_path / "bent.zip")
    try:
        assert opened.stage.bending.bend == bending.bend
    finally:
        opened.close()


def playground(layers: dict[str, np.ndarray]) -> tuple[bytes, bytes]:
    """A pair of files as Latent-Playground writes them: lists of at most 32767 numbers."""
    index, parts, at = [], [], 0
    for number, weights in enumerate(layers.values(), 1):
        flat = weights.ravel()
        if flat.size > 32767:
            flat = np.interp(np.linspace(0, flat.size - 1, 32767), np.arange(flat.size), flat)
        index.append({"name": f"layer_weights_tmp.{number}", "start_sample": at, "length_sample": flat.size})
        parts.append(flat)
        at += flat.size
    wav = io.BytesIO()
    soundfile.write(wav, np.concatenate(parts).astype(np.float32), 44100, format="WAV", subtype="FLOAT")
    return wav.getvalue(), json.dumps(index).encode()


def test_latent_playgrounds_weights_are_edits_and_shortened_layers_are_named(session: Session, tmp_path: Path) -> None:
    bending = session.stage.bending
    own = dict(bending.layers)
    wav, index = playground({**own, FIRST: -own[FIRST], LAST: 2 * own[LAST]})
    (tmp_path / "odd.wav").write_bytes(wav)
    (tmp_path / "odd.json").write_bytes(index)
    said = bending.load(tmp_path / "odd.json")
    long = [name for name, weights in own.items() if weights.size > 32767]
    assert (bending.weights(FIRST) == -own[FIRST]).all() and LAST in long
    assert f"shortened {', '.join(long)}: stretched" in said
    assert np.corrcoef(bending.weights(LAST).ravel(), own[LAST].ravel())[0, 1] > 0.1
    session.undo()
    assert bending.bend == Bend() and sent(session) == {}


def test_a_pair_that_is_damaged_or_of_another_model_is_refused(session: Session) -> None:
    bending = session.stage.bending
    wav, index = playground(dict(bending.layers))
    entries = json.loads(index)
    assert "open odd.json too" in bending.take_file("odd.wav", wav)
    for spoilt, said in (
        ([*entries, {**entries[-1], "name": "layer_weights_tmp.99"}], "layers, and this model has"),
        ([{**entries[0], "length_sample": 3}], "layer 1 has 3 numbers"),
        ([{**entries[0], "start_sample": 10**9}], "ends within layer 1"),
        ([{"name": "x"}], "an index names layers"),
    ):
        bending.take_file("odd.wav", wav)
        with pytest.raises(BendFileError, match=said):
            bending.take_file("odd.json", json.dumps(spoilt).encode())
    bending.take_file("odd.json", index)
    with pytest.raises(BendFileError, match="odd: these are no weights of Latent-Playground, or they are damaged"):
        bending.take_file("odd.wav", wav[:30])
    assert bending.bend == Bend()


def test_a_file_from_before_the_encoder_could_be_bent_still_opens(session: Session, tmp_path: Path) -> None:
    bending = session.stage.bending
    old = model_hash({name: weights for name, weights in bending.layers.items() if name.startswith("net.")})
    steps = [{"layer": LAST, "edit": {"kind": "flip"}}]
    content = {"format": "terrain_widgets/bend", "version": 1, "steps": steps, "model": old, "codec": "pebble"}
    (tmp_path / "a.json").write_text(json.dumps(content))
    bending.load(tmp_path / "a.json")
    assert set(sent(session)) == {LAST}
