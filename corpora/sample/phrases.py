"""Noun phrases and pronouns: one English and one German rendering of the same thing."""

from typing import NamedTuple

from corpora.sample.adjectives import Adjective
from corpora.sample.german import (
    Declension,
    Number,
    adjective_form,
    after_preposition,
    definite,
    indefinite,
    join,
    noun_form,
    pronominal,
)
from corpora.sample.nouns import Noun
from corpora.sample.numbers import cardinal
from corpora.sample.verbs import Case

POSSESSIVES = {
    "my": "mein",
    "your": "dein",
    "his": "sein",
    "her": "ihr",
    "our": "unser",
    "their": "ihr",
}
_PRONOMINAL_STEMS = {"this": "dies", "every": "jed", "which": "welch"}


class Phrase(NamedTuple):
    """The same phrase in both languages."""

    english: str
    german: str


class Subject(NamedTuple):
    """A phrase that a verb agrees with.

    person: 0 ich, 1 du, 2 er/sie/es, 3 a plural.
    """

    english: str
    german: str
    person: int


class Pronoun(NamedTuple):
    """A personal pronoun: nominative, accusative and dative; person as in Subject."""

    english: str
    english_object: str
    german: str
    accusative: str
    dative: str
    person: int

    def subject(self) -> Subject:
        """The pronoun as the subject of a clause."""
        return Subject(self.english, self.german, self.person)

    def object(self, case: Case) -> Phrase:
        """The pronoun in accusative or dative."""
        return Phrase(self.english_object, self.accusative if case == "acc" else self.dative)


PRONOUNS = (
    Pronoun("I", "me", "ich", "mich", "mir", 0),
    Pronoun("you", "you", "du", "dich", "dir", 1),
    Pronoun("he", "him", "er", "ihn", "ihm", 2),
    Pronoun("she", "her", "sie", "sie", "ihr", 2),
    Pronoun("we", "us", "wir", "uns", "uns", 3),
    Pronoun("they", "them", "sie", "sie", "ihnen", 3),
)
NAMES = ("Anna", "Peter", "Maria", "Thomas", "Julia", "Paul", "Lisa", "Felix", "Emma", "Max")


def name(text: str) -> Subject:
    """A person's name."""
    return Subject(text, text, 2)


def noun_phrase(
    noun: Noun,
    determiner: str | int = "the",
    case: Case = "nom",
    number: Number = "singular",
    adjective: Adjective | None = None,
) -> Phrase:
    """A noun with its determiner and at most one adjective.

    determiner: "the", "a" (nothing in the plural), "no" ("a" under an English negation, German
        kein), "" (a mass noun), "this", "every", "which", a possessive, or a number from two.
    """
    if isinstance(determiner, int):
        number = "plural"
    german_noun = noun_form(noun, number, case)
    article, declension = _article(determiner, noun.gender, number, case)
    quality = (
        adjective_form(adjective.stem, declension, noun.gender, number, case) if adjective else ""
    )
    english_noun = noun.english_plural if number == "plural" else noun.english
    described = join(adjective.english if adjective else "", english_noun)
    return Phrase(
        _english_determined(determiner, described, number, "mass" in noun.kinds),
        join(article, quality, german_noun),
    )


def noun_subject(
    noun: Noun,
    determiner: str | int = "the",
    number: Number = "singular",
    adjective: Adjective | None = None,
) -> Subject:
    """A noun phrase in the nominative, as the subject of a clause."""
    phrase = noun_phrase(noun, determiner, "nom", number, adjective)
    plural = number == "plural" or isinstance(determiner, int)
    return Subject(*phrase, 3 if plural else 2)


def _article(
    determiner: str | int, gender: str, number: Number, case: Case
) -> tuple[str, Declension]:
    """The German determiner, and the declension of an adjective behind it."""
    if isinstance(determiner, int):
        return cardinal(determiner).german, "strong"
    if determiner == "the":
        return definite(gender, number, case), "weak"
    if determiner in _PRONOMINAL_STEMS:
        return pronominal(_PRONOMINAL_STEMS[determiner], gender, number, case), "weak"
    if determiner in POSSESSIVES or determiner == "no":
        stem = POSSESSIVES.get(determiner, "kein")
        return indefinite(stem, gender, number, case), "mixed"
    if determiner == "a" and number == "singular":
        return indefinite("ein", gender, number, case), "mixed"
    return "", "strong"


def _english_determined(determiner: str | int, described: str, number: Number, mass: bool) -> str:
    if isinstance(determiner, int):
        return f"{cardinal(determiner).english} {described}"
    if determiner == "this" and number == "plural":
        return f"these {described}"
    if determiner in ("a", "no"):
        return described if number == "plural" or mass else with_article(described)
    return join(determiner, described)


def with_article(described: str) -> str:
    """English a or an before a word, by its first letter (the lexicon has no exceptions)."""
    return f"{'an' if described[0] in 'aeiou' else 'a'} {described}"


def prepositional(english: str, german: str, phrase: Phrase) -> Phrase:
    """A prepositional phrase; the noun phrase must stand in the case that German asks for."""
    return Phrase(f"{english} {phrase.english}", after_preposition(german, phrase.german))


def coordinated(first: Subject, second: Subject) -> Subject:
    """Two subjects joined by "and": a plural."""
    return Subject(
        f"{first.english} and {second.english}", f"{first.german} und {second.german}", 3
    )
