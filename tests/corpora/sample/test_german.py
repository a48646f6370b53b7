"""German inflection against forms written by hand from the school grammar."""

import pytest

from corpora.sample.adjectives import adjective
from corpora.sample.german import after_preposition
from corpora.sample.nouns import noun
from corpora.sample.phrases import noun_phrase
from corpora.sample.verbs import german_verb

CASES = ("nom", "acc", "dat", "gen")

DECLENSIONS = {
    ("the", "man", "singular"): "der alte Mann, den alten Mann, dem alten Mann, des alten Mannes",
    ("the", "woman", "singular"): "die alte Frau, die alte Frau, der alten Frau, der alten Frau",
    ("the", "child", "singular"): (
        "das alte Kind, das alte Kind, dem alten Kind, des alten Kindes"
    ),
    ("the", "man", "plural"): (
        "die alten Männer, die alten Männer, den alten Männern, der alten Männer"
    ),
    ("a", "man", "singular"): (
        "ein alter Mann, einen alten Mann, einem alten Mann, eines alten Mannes"
    ),
    ("a", "woman", "singular"): (
        "eine alte Frau, eine alte Frau, einer alten Frau, einer alten Frau"
    ),
    ("a", "child", "singular"): (
        "ein altes Kind, ein altes Kind, einem alten Kind, eines alten Kindes"
    ),
    ("a", "man", "plural"): "alte Männer, alte Männer, alten Männern, alter Männer",
    ("no", "child", "plural"): (
        "keine alten Kinder, keine alten Kinder, keinen alten Kindern, keiner alten Kinder"
    ),
    ("our", "friend", "singular"): (
        "unser alter Freund, unseren alten Freund, unserem alten Freund, unseres alten Freundes"
    ),
    ("this", "house", "singular"): (
        "dieses alte Haus, dieses alte Haus, diesem alten Haus, dieses alten Hauses"
    ),
    ("the", "student", "singular"): (
        "der alte Student, den alten Studenten, dem alten Studenten, des alten Studenten"
    ),
    ("a", "boy", "singular"): (
        "ein alter Junge, einen alten Jungen, einem alten Jungen, eines alten Jungen"
    ),
    ("the", "car", "plural"): (
        "die alten Autos, die alten Autos, den alten Autos, der alten Autos"
    ),
    ("my", "aunt", "plural"): (
        "meine alten Tanten, meine alten Tanten, meinen alten Tanten, meiner alten Tanten"
    ),
}


@pytest.mark.parametrize(("determiner", "english", "number"), DECLENSIONS)
def test_a_noun_phrase_in_four_cases(determiner, english, number):
    forms = ", ".join(
        noun_phrase(noun(english), determiner, case, number, adjective("old")).german
        for case in CASES
    )
    assert forms == DECLENSIONS[determiner, english, number]


@pytest.mark.parametrize(
    ("english", "case", "quality", "expected"),
    [
        ("coffee", "acc", "warm", "warmen Kaffee"),
        ("coffee", "dat", "warm", "warmem Kaffee"),
        ("milk", "dat", "cold", "kalter Milch"),
        ("water", "nom", "cold", "kaltes Wasser"),
        ("beer", "gen", "cold", "kalten Biers"),
    ],
)
def test_without_an_article_the_adjective_shows_the_case(english, case, quality, expected):
    assert noun_phrase(noun(english), "", case, adjective=adjective(quality)).german == expected


@pytest.mark.parametrize(
    ("quality", "determiner", "english", "expected"),
    [
        ("expensive", "a", "car", "ein teures Auto"),
        ("dark", "the", "forest", "der dunkle Wald"),
        ("tired", "a", "dog", "ein müder Hund"),
    ],
)
def test_stems_that_lose_their_e(quality, determiner, english, expected):
    phrase = noun_phrase(noun(english), determiner, adjective=adjective(quality))
    assert phrase.german == expected


@pytest.mark.parametrize(
    ("preposition", "phrase", "expected"),
    [
        ("in", "dem Garten", "im Garten"),
        ("in", "das Haus", "ins Haus"),
        ("in", "den Wald", "in den Wald"),
        ("zu", "der Schule", "zur Schule"),
        ("zu", "dem Bahnhof", "zum Bahnhof"),
        ("an", "dem See", "am See"),
        ("von", "dem Urlaub", "vom Urlaub"),
        ("auf", "dem Dach", "auf dem Dach"),
        ("mit", "dem Hund", "mit dem Hund"),
    ],
)
def test_contraction(preposition, phrase, expected):
    assert after_preposition(preposition, phrase) == expected


@pytest.mark.parametrize(
    ("forms", "present", "participle"),
    [
        (("lernen",), "lerne lernst lernt lernen", "gelernt"),
        (("arbeiten",), "arbeite arbeitest arbeitet arbeiten", "gearbeitet"),
        (("öffnen",), "öffne öffnest öffnet öffnen", "geöffnet"),
        (("zeichnen",), "zeichne zeichnest zeichnet zeichnen", "gezeichnet"),
        (("regnen",), "regne regnest regnet regnen", "geregnet"),
        (("tanzen",), "tanze tanzt tanzt tanzen", "getanzt"),
        (("grüßen",), "grüße grüßt grüßt grüßen", "gegrüßt"),
        (("füttern",), "füttere fütterst füttert füttern", "gefüttert"),
        (
            ("auf|stehen", "", "", "gestanden", "sein"),
            "stehe stehst steht stehen",
            "aufgestanden",
        ),
        (
            ("ein|laden", "lädst", "lädt", "geladen"),
            "lade lädst lädt laden",
            "eingeladen",
        ),
    ],
)
def test_verb_forms(forms, present, participle):
    verb = german_verb(*forms)
    assert " ".join(verb.present) == present
    assert verb.participle == participle
