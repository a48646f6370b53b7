"""Scripts of letters, against the names that Unicode gives them."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from components.watching.scripts import NAMES, letters

_ALPHABETS = "abcXYZäßñприветαβγΔשלום漢字 0123.,!?-\u0301"  # noqa: RUF001


def script_by_name(character: str) -> str | None:
    first = unicodedata.name(character).split()[0]
    known = {"LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek", "HEBREW": "Hebrew"}
    return "Han" if first == "CJK" else known.get(first)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(_ALPHABETS, max_size=12), min_size=1, max_size=6))
def test_letters_are_counted_text_by_text(texts):
    found = letters(texts)
    expected = [[s for s in map(script_by_name, text) if s] for text in texts]
    assert found.counts.tolist() == list(map(len, expected))
    assert [NAMES[i] for i in found.scripts] == [s for row in expected for s in row]


def test_a_script_without_a_name_is_other():
    [index] = letters(["\U00010a00"]).scripts  # Kharoshthi
    assert NAMES[index] == "other"
