"""A session is a short map; names that moved still lead there, with a warning."""

import warnings
from operator import attrgetter

import pytest

from terrain_widgets.session import former_names
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones(1))
    yield made
    made.close()


def test_its_map_has_at_most_thirty_names_and_each_is_there(session):
    names = dir(session)
    assert len(names) == len(set(names)) <= 30
    for name in names:
        assert hasattr(session, name)
    parts = [session.document, session.jobs, session.sounds, session.stage, session.sound, session.training]
    assert all(type(part).__name__ in repr(part) for part in parts)


def test_every_former_name_leads_to_where_it_went_and_says_so(session):
    for old, new in former_names.MOVED.items():
        with pytest.warns(DeprecationWarning, match=rf"session\.{old} is now session\.{new}"):
            found = getattr(session, old)
        wanted = attrgetter(new)(session)
        assert found is wanted or found == wanted
    with pytest.raises(AttributeError, match="has no 'nonsense'"):
        session.nonsense  # noqa: B018 - asking is the test


def test_a_former_name_is_not_set_in_vain(session):
    with pytest.raises(AttributeError, match="session.training.gauss_scale: set that"):
        session.gauss_scale = 3.0


def test_present_names_warn_of_nothing(session):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in dir(session):
            getattr(session, name)
