"""Keys: what counts as a letter, against Unicode's own categories."""

from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.rules.keys import letters, near_key, only_letters

_TEXTS = st.text(st.sampled_from("aéßЖक漢0٣½²_. !?\u00a0\u0301-")) | st.text()


@given(_TEXTS)
@settings(max_examples=300, deadline=None)
def test_letters_are_what_is_left_character_by_character(text):
    kept = [c for c in text if (c.isalnum() and not c.isdecimal())]
    assert only_letters(text) == "".join(kept)


@given(_TEXTS)
@settings(max_examples=100, deadline=None)
def test_punctuation_at_the_end_and_case_change_nothing(text):
    assert letters(text.upper() + " .!?") == letters(text.upper())


def test_near_pairs_share_a_key_and_others_do_not():
    key = near_key("A dog.", "Ein Hund 3!")
    assert key == near_key("a  DOG", "ein Hund, 4")
    assert key != near_key("a dog", "ein Hut")
