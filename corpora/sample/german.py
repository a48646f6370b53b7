"""German inflection: articles, adjective endings, noun cases, contractions, verb-second order.

The tables follow the usual school grammar (Duden, "Die Grammatik", the declension of the article
words, the adjective and the noun).
"""

from typing import Literal, NamedTuple

from corpora.sample.nouns import Noun
from corpora.sample.verbs import Case

Number = Literal["singular", "plural"]
Declension = Literal["weak", "mixed", "strong"]

_COLUMNS = {"m": 0, "f": 1, "n": 2, "plural": 3}

_DEFINITE = {
    "nom": ("der", "die", "das", "die"),
    "acc": ("den", "die", "das", "die"),
    "dat": ("dem", "der", "dem", "den"),
    "gen": ("des", "der", "des", "der"),
}
# The endings of dieser, jeder, welcher; ein, kein and the possessives lack the bracketed ones.
_PRONOMINAL = {
    "nom": ("er", "e", "es", "e"),
    "acc": ("en", "e", "es", "e"),
    "dat": ("em", "er", "em", "en"),
    "gen": ("es", "er", "es", "er"),
}
_EIN = {
    "nom": ("", "e", "", "e"),
    "acc": ("en", "e", "", "e"),
    "dat": ("em", "er", "em", "en"),
    "gen": ("es", "er", "es", "er"),
}
_ADJECTIVE: dict[Declension, dict[Case, tuple[str, str, str, str]]] = {
    "weak": {
        "nom": ("e", "e", "e", "en"),
        "acc": ("en", "e", "e", "en"),
        "dat": ("en", "en", "en", "en"),
        "gen": ("en", "en", "en", "en"),
    },
    "mixed": {
        "nom": ("er", "e", "es", "en"),
        "acc": ("en", "e", "es", "en"),
        "dat": ("en", "en", "en", "en"),
        "gen": ("en", "en", "en", "en"),
    },
    "strong": {
        "nom": ("er", "e", "es", "e"),
        "acc": ("en", "e", "es", "e"),
        "dat": ("em", "er", "em", "en"),
        "gen": ("en", "er", "en", "er"),
    },
}
_CONTRACTIONS = {
    ("in", "dem"): "im",
    ("in", "das"): "ins",
    ("an", "dem"): "am",
    ("von", "dem"): "vom",
    ("zu", "dem"): "zum",
    ("zu", "der"): "zur",
}


def _column(gender: str, number: Number) -> int:
    return _COLUMNS["plural" if number == "plural" else gender]


def definite(gender: str, number: Number, case: Case) -> str:
    """der, die, das."""
    return _DEFINITE[case][_column(gender, number)]


def pronominal(stem: str, gender: str, number: Number, case: Case) -> str:
    """dieser, jeder, welcher from dies-, jed-, welch-."""
    return stem + _PRONOMINAL[case][_column(gender, number)]


def indefinite(stem: str, gender: str, number: Number, case: Case) -> str:
    """ein, kein, mein, dein, sein, ihr, unser with their endings."""
    return stem + _EIN[case][_column(gender, number)]


def adjective_form(
    stem: str, declension: Declension, gender: str, number: Number, case: Case
) -> str:
    """An attributive adjective: weak behind der and dieser, mixed behind ein, else strong."""
    return stem + _ADJECTIVE[declension][case][_column(gender, number)]


def noun_form(noun: Noun, number: Number, case: Case) -> str:
    """A noun in number and case: genitive -s, dative plural -n, the weak masculines."""
    if number == "plural":
        needs_n = case == "dat" and not noun.plural.endswith(("n", "s"))
        return noun.plural + ("n" if needs_n else "")
    if noun.gender == "f" or case == "nom":
        return noun.german
    return noun.genitive if noun.weak or case == "gen" else noun.german


def after_preposition(preposition: str, phrase: str) -> str:
    """Preposition and phrase, contracted with a definite article where German does so."""
    article, _, rest = phrase.partition(" ")
    contracted = _CONTRACTIONS.get((preposition, article))
    return f"{contracted} {rest}" if contracted else f"{preposition} {phrase}"


class GermanClause(NamedTuple):
    """A German clause before its order is chosen.

    field: what stands between the finite verb and the end in every order: light pronouns,
        time, objects, nicht, place, in this order, without the subject.
    finite: the finite verb; prefix: its separable prefix; nonfinite: infinitive or participle.
    """

    subject: str
    finite: str
    field: tuple[str, ...]
    prefix: str = ""
    nonfinite: str = ""


def verb_second(clause: GermanClause, front: str = "") -> str:
    """Main clause: the subject or a fronted phrase, the finite verb, the rest."""
    tail = clause.prefix or clause.nonfinite
    start = (front, clause.finite, clause.subject) if front else (clause.subject, clause.finite)
    return join(*start, *clause.field, tail)


def verb_first(clause: GermanClause) -> str:
    """Yes-no question."""
    tail = clause.prefix or clause.nonfinite
    return join(clause.finite, clause.subject, *clause.field, tail)


def verb_final(clause: GermanClause, opener: str = "") -> str:
    """Subordinate clause: the finite verb last, a separable prefix joined to it."""
    end = clause.prefix + clause.finite
    return join(opener, clause.subject, *clause.field, clause.nonfinite, end)


def join(*parts: str) -> str:
    """The parts that are not empty, with single spaces."""
    return " ".join(part for part in parts if part)
