"""Random clauses about everyday things: the lexicon decides what goes together."""

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import TypeVar

from corpora.sample.adjectives import Adjective, adjectives_for
from corpora.sample.clauses import MODALS, Clause, Tense
from corpora.sample.nouns import Noun, nouns_of
from corpora.sample.phrases import (
    NAMES,
    POSSESSIVES,
    PRONOUNS,
    Phrase,
    Pronoun,
    Subject,
    coordinated,
    name,
    noun_phrase,
    noun_subject,
    prepositional,
)
from corpora.sample.times import FREQUENCIES, time_for
from corpora.sample.verbs import VERBS, Slot, Verb

T = TypeVar("T")
TENSES: tuple[Tense, ...] = ("progressive", "simple", "past", "future", "modal")
# The third-person pronouns may be objects of any subject; "I see me" is no sentence.
_THIRD_PERSON = tuple(p for p in PRONOUNS if p.english in ("he", "she", "they"))
_POSITIONS = (
    ("on", "auf", "furniture"),
    ("on", "auf", "surface"),
    ("under", "unter", "furniture"),
    ("behind", "hinter", "furniture"),
    ("behind", "hinter", "building"),
    ("next to", "neben", "furniture"),
    ("next to", "neben", "vehicle"),
    ("in front of", "vor", "building"),
    ("in front of", "vor", "opening"),
)
_STATIC = (
    ("in", "in", "room"),
    ("in", "in", "building"),
    ("in", "in", "outdoors"),
    ("at", "an", "edge"),
)


@cache
def _qualities(noun: Noun) -> tuple[Adjective, ...]:
    return tuple(entry for entry in adjectives_for(noun.kinds) if entry.attributive)


def chance(rng: Random, probability: float) -> bool:
    """True with this probability."""
    return rng.random() < probability


def pick(entries: Sequence[T], rng: Random) -> T:
    """One of the entries, the first ones more often: words are not equally frequent either."""
    return entries[int(len(entries) * rng.random() ** 2)]


def quality(noun: Noun, rng: Random, probability: float = 0.35) -> Adjective | None:
    """Sometimes an adjective that suits the noun."""
    fitting = _qualities(noun)
    return pick(fitting, rng) if fitting and chance(rng, probability) else None


def possessive(rng: Random) -> str:
    """my, your, his, her, our or their."""
    return rng.choice(tuple(POSSESSIVES))


def definite_determiner(noun: Noun, rng: Random) -> str:
    """Family is somebody's; everything else is mostly known."""
    if "family" in noun.kinds:
        return possessive(rng)
    return rng.choice(("the", "the", "the", "this", possessive(rng)))


def creature(kind: str, rng: Random) -> Subject:
    """A noun phrase for a person or an animal as the subject."""
    noun = pick(nouns_of(kind), rng)
    adjective = quality(noun, rng)
    if chance(rng, 0.1):
        return noun_subject(noun, rng.randint(2, 12), adjective=adjective)
    if chance(rng, 0.15):
        return noun_subject(noun, "a", adjective=adjective)
    number = "plural" if chance(rng, 0.2) else "singular"
    return noun_subject(noun, definite_determiner(noun, rng), number, adjective)


def subject(kinds: tuple[str, ...], rng: Random) -> Subject:
    """Who does it: a pronoun, a name, a noun, or two of them."""
    kind = rng.choice(kinds)
    if kind == "animal":
        return creature(kind, rng)
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(PRONOUNS).subject()
    if draw < 0.42:
        return name(pick(NAMES, rng))
    if draw < 0.48:
        return coordinated(name(pick(NAMES, rng)), creature(kind, rng))
    return creature(kind, rng)


def _object_pronoun(slot: Slot, rng: Random) -> Pronoun | None:
    if slot.preposition or slot.kind not in ("person", "creature") or not chance(rng, 0.3):
        return None
    return rng.choice(_THIRD_PERSON)


def complement(slot: Slot, rng: Random, denied: bool = False, taken: str = "") -> Phrase:
    """A noun phrase for a complement.

    denied: an indefinite determiner is meant, to be denied by kein.
    taken: English of the subject, whose nouns are not repeated.
    """
    free = [noun for noun in nouns_of(slot.kind) if noun.english not in taken]
    noun = pick(free or nouns_of(slot.kind), rng)
    adjective = quality(noun, rng)
    determiner, number = _object_determiner(noun, slot, rng)
    if denied:
        determiner = "no"
    return noun_phrase(noun, determiner, slot.case, number, adjective)


def _object_determiner(noun: Noun, slot: Slot, rng: Random):
    if "mass" in noun.kinds:
        return "", "singular"
    if noun.kinds & {"family", "matter", "room", "opening", "transport"}:
        return ("the" if "family" not in noun.kinds else possessive(rng)), "singular"
    if slot.case == "dat" or slot.preposition:
        plural = chance(rng, 0.15) and "event" not in noun.kinds
        return definite_determiner(noun, rng), "plural" if plural else "singular"
    draw = rng.random()
    if draw < 0.35:
        return "a", "singular"
    if draw < 0.45:
        return "a", "plural"
    if draw < 0.53:
        return rng.randint(2, 12), "plural"
    return definite_determiner(noun, rng), "plural" if chance(rng, 0.15) else "singular"


def _located(places, case: str, rng: Random) -> Phrase:
    english, german, kind = rng.choice(places)
    noun = pick(nouns_of(kind), rng)
    phrase = noun_phrase(noun, "the", case, adjective=quality(noun, rng, 0.15))
    return prepositional(english, german, phrase)


def position(rng: Random) -> Phrase:
    """Where a thing or a body is: under the table, in front of the house."""
    return _located(_POSITIONS, "dat", rng)


def place(rng: Random) -> Phrase:
    """Where something goes on: in the kitchen, at the lake."""
    return _located(_STATIC, "dat", rng)


def destination(ways: str, rng: Random) -> Phrase:
    """Where somebody goes: into the garden (in + accusative), to the station (zu + dative)."""
    if rng.choice(ways.split()) == "to":
        kind = rng.choice(("edge", "building"))
        return prepositional("to", "zu", noun_phrase(pick(nouns_of(kind), rng), "the", "dat"))
    kind = rng.choice(("room", "building", "outdoors"))
    return prepositional("into", "in", noun_phrase(pick(nouns_of(kind), rng), "the", "acc"))


def place_for(verb: Verb, rng: Random) -> Phrase | None:
    """A place that suits the verb: always for motion, sometimes for the rest."""
    if "to" in verb.place.split():
        return destination(verb.place, rng)
    if verb.place == "position":
        return rng.choice((position, place))(rng) if chance(rng, 0.7) else None
    if verb.place == "static":
        return place(rng) if chance(rng, 0.35) else None
    return None


def event(
    rng: Random,
    tenses: tuple[Tense, ...] = TENSES,
    timed: float = 0.4,
    denial: float = 0.18,
    who: Subject | None = None,
    verb: Verb | None = None,
) -> Clause:
    """A random clause.

    timed: the probability of an adverbial of time; denial: of a negation.
    who, verb: given instead of chosen; the verb must suit the subject.
    """
    verb = verb or pick(VERBS, rng)
    tense = rng.choice(tenses)
    if verb.stative and tense == "progressive":
        tense = "simple"
    who = who or subject(verb.subjects, rng)
    modal = rng.choice(MODALS) if tense == "modal" else None
    deniable = modal is None or modal.negatable
    denied = deniable and chance(rng, denial)
    clause = Clause(who, verb, tense, modal)
    lasting = tense == "simple" and verb.stative
    time = time_for(tense, rng) if chance(rng, timed) and not lasting else None
    clause = clause._replace(time=time, place=place_for(verb, rng))
    clause = _with_objects(clause, denied, rng)
    if tense == "simple" and not time and not denied and not verb.stative and chance(rng, 0.6):
        return clause._replace(frequency=rng.choice(FREQUENCIES))
    return clause


def _with_objects(clause: Clause, denied: bool, rng: Random) -> Clause:
    """Fills the verb's slots; a denied indefinite object takes kein instead of nicht."""
    light, oblique, objects = None, None, []
    last = clause.verb.slots[-1] if clause.verb.slots else None
    kein = denied and _takes_kein(last) and chance(rng, 0.5)
    for slot in clause.verb.slots:
        pronoun = _object_pronoun(slot, rng)
        if pronoun and light is None:
            light = pronoun.object(slot.case)
            kein = kein and slot is not last
            continue
        phrase = _definite_or_denied(slot, rng, denied, kein and slot is last, clause)
        if slot.preposition:
            from_german = prepositional("", slot.preposition, phrase).german
            oblique = Phrase(phrase.english, from_german)
        else:
            objects.append(phrase)
    return clause._replace(
        negated=denied, kein=kein, light=light, objects=tuple(objects), oblique=oblique
    )


def _takes_kein(slot: Slot | None) -> bool:
    return slot is not None and slot.case == "acc" and not slot.preposition


def _definite_or_denied(
    slot: Slot, rng: Random, denied: bool, kein: bool, clause: Clause
) -> Phrase:
    """German denies an indefinite object by kein only, so beside nicht it must be definite."""
    if not denied or kein or slot.preposition:
        return complement(slot, rng, kein, clause.subject.english)
    noun = pick(nouns_of(slot.kind), rng)
    return noun_phrase(noun, definite_determiner(noun, rng), slot.case, "singular")
