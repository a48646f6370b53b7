import pytest
from pydantic import ValidationError

from foundation.settings import Settings


class Cell(Settings):
    units: int = 8
    dropout: float = 0.0


def test_an_unknown_key_is_named():
    with pytest.raises(ValidationError, match="unit\n"):
        Cell.model_validate({"unit": 8})


def test_a_string_is_no_number():
    with pytest.raises(ValidationError, match="units"):
        Cell.model_validate({"units": "8"})


def test_a_whole_number_is_a_float():
    assert Cell.model_validate({"dropout": 0}).dropout == 0.0


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Cell().units = 3
