"""Every rule on pairs that it must drop and on pairs that it must keep."""

import socket
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from corpora.rules.config import Bounds, CleaningConfig, LanguageRule
from corpora.rules.judge import (
    build_repairs,
    build_rules,
    is_identical,
    numbers_disagree,
    out_of_characters,
    out_of_ratio,
    out_of_tokens,
    too_few_letters,
)
from corpora.rules.language import LanguageJudge, SparseIdentifier
from corpora.rules.repair import compose, single_spaces
from foundation.languages import Languages

LANGUAGES = Languages(source="en", target="de")
ENGLISH = "The little dog is sleeping in the garden behind our house."
GERMAN = "Der kleine Hund schläft heute im Garten hinter unserem Haus."


@pytest.mark.parametrize(
    ("drops", "source", "target", "expected"),
    [
        (out_of_characters(Bounds(minimum=2, maximum=4)), "abc", "abcd", False),
        (out_of_characters(Bounds(minimum=2, maximum=4)), "abc", "abcde", True),
        (out_of_characters(Bounds(minimum=2, maximum=4)), "a", "abc", True),
        (out_of_tokens(Bounds(minimum=1, maximum=2)), "a b", "c", False),
        (out_of_tokens(Bounds(minimum=1, maximum=2)), "a b c", "c", True),
        (out_of_ratio(2.0, 0), "ab", "abcd", False),
        (out_of_ratio(2.0, 0), "ab", "abcde", True),
        (out_of_ratio(2.0, 0), "abcde", "ab", True),
        (out_of_ratio(2.0, 10), "a", "abcde", False),
        (is_identical, "New York", "New York", True),
        (is_identical, "Berlin", "Berlin", False),
        (is_identical, "a b", "a B", False),
        (too_few_letters(0.5), "ab 12", "ab", False),
        (too_few_letters(0.5), "a 123", "ab", True),
        (too_few_letters(0.5), "ab", "-> 7 <-", True),
        (too_few_letters(0.5), "नमस्ते", "Привет", False),
        (numbers_disagree, "in 1,000.50", "in 1.000,50", False),
        (numbers_disagree, "in 1999", "im Jahr 1998", True),
        (numbers_disagree, "two dogs", "2 Hunde", False),
        (numbers_disagree, "3 and 4", "4 und 3", False),
    ],
)
def test_rules(drops, source, target, expected):
    assert drops(source, target) is expected


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (ENGLISH, GERMAN, False),
        (GERMAN, ENGLISH, True),
        (ENGLISH, ENGLISH, True),
        (ENGLISH, "Le petit chien dort aujourd'hui dans le jardin de la maison.", True),
        ("Hund", "dog", False),
    ],
)
def test_languages(monkeypatch, source, target, expected):
    def refuse(*_):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert LanguageJudge(LanguageRule(), LANGUAGES).drops(source, target) is expected


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, "", "x", "日本語の文", "Où est la gare ?"])
def test_the_sparse_product_is_the_librarys(text):
    theirs = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True).classify(text)
    ours = SparseIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True).classify(text)
    assert ours[0] == theirs[0]
    assert ours[1] == pytest.approx(theirs[1], rel=1e-3)


def test_an_unknown_language_is_not_judged():
    languages = Languages(source="en", target="tlh")
    assert not LanguageJudge(LanguageRule(), languages).drops(ENGLISH, GERMAN)


def test_rules_are_built_in_order_and_switched_off():
    names = [rule.name for rule in build_rules(CleaningConfig(), LANGUAGES)]
    assert names == ["empty", "characters", "tokens", "ratio", "identical", "letters"]
    more = CleaningConfig(numbers=True, language=LanguageRule(), ratio=False, empty=False)
    names = [rule.name for rule in build_rules(more, LANGUAGES)]
    assert names == ["characters", "tokens", "identical", "letters", "numbers", "language"]
    assert build_repairs(CleaningConfig(unicode=False, spaces=False)) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cafe\u0301", "Café"),
        ("\ufeffa\x00b\x07c\x9f", "abc"),
        ("a\tb\nc", "a\tb\nc"),
        ("क्\u200dष", "क्\u200dष"),
        ("plain", "plain"),
    ],
)
def test_compose(text, expected):
    assert compose(text) == expected


def test_single_spaces():
    assert single_spaces(" a\u00a0\t b\u2003c\n") == "a b c"


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_repairs_are_idempotent_and_composed(text):
    once = single_spaces(compose(text))
    assert single_spaces(compose(once)) == once
    assert unicodedata.is_normalized("NFC", compose(text))
