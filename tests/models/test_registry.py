import pytest

from foundation.errors import UserError
from models.recurrence.cells import cells
from models.recurrence.gru import GRUCell
from tests.models.recurrence.own_cell import MinimalGatedUnit


def test_built_in_parts_by_name():
    assert cells["gru"] is GRUCell
    assert cells.names == ("gru", "lstm", "simple")


def test_a_class_of_ones_own():
    assert cells["tests.models.recurrence.own_cell:MinimalGatedUnit"] is MinimalGatedUnit


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("elman", "Unknown cell 'elman': there are gru, lstm, simple, and a class of your own"),
        ("no.such.module:Cell", "cannot be imported .* put the folder that holds 'no.such.module'"),
        ("tests.models.recurrence.own_cell:Other", "has no 'Other'"),
        ("foundation.errors:UserError", "must be a class that derives from .*Cell"),
        ("foundation.vocabulary:PAD", "must be a class that derives from .*Cell"),
    ],
)
def test_what_does_not_exist_is_named(name, sentence):
    with pytest.raises(UserError, match=sentence):
        cells[name]
