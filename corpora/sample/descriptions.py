"""Sentences with the verb to be: qualities, comparisons, places of things."""

from random import Random

from corpora.sample import events
from corpora.sample.adjectives import ADJECTIVES, Adjective, adjectives_for
from corpora.sample.clauses import (
    Description,
    described,
    described_fronted,
    described_question,
    described_subordinate,
)
from corpora.sample.nouns import NOUNS, Noun, nouns_of
from corpora.sample.phrases import PRONOUNS, Phrase, Subject, noun_subject
from corpora.sample.times import time_for

_DESCRIBABLE = tuple(
    noun for noun in NOUNS if adjectives_for(noun.kinds) and "dish" not in noun.kinds
)
_STATES = tuple(
    entry for entry in ADJECTIVES if entry.english in ("tired", "hungry", "thirsty", "ill", "sad")
)
_THINGS = ("small", "text", "clothing")


def _predicate(adjective: Adjective, rng: Random) -> Phrase:
    draw = rng.random()
    if draw < 0.2:
        return Phrase(f"very {adjective.english}", f"sehr {adjective.german}")
    if draw < 0.3:
        return Phrase(f"too {adjective.english}", f"zu {adjective.german}")
    return Phrase(adjective.english, adjective.german)


def _gradable(noun: Noun) -> list[Adjective]:
    return [entry for entry in adjectives_for(noun.kinds) if entry.german_more]


def about(subject: Subject, noun: Noun, rng: Random) -> Phrase:
    """A subject, which the noun heads, and a quality of it: not yet a sentence."""
    adjective = rng.choice(adjectives_for(noun.kinds))
    past = rng.random() < 0.2
    return described(
        Description(subject, Phrase(adjective.english, adjective.german), past, rng.random() < 0.15)
    )


def state_clause(opener: Phrase, past: bool, rng: Random) -> Phrase:
    """A subordinate clause about somebody's state: because he was tired."""
    adjective = rng.choice(_STATES)
    who = events.subject(("person",), rng)
    return described_subordinate(
        Description(who, Phrase(adjective.english, adjective.german), past), opener
    )


def quality(rng: Random) -> tuple[Phrase, str]:
    """The film was very long yesterday. Is the old house dark?"""
    if rng.random() < 0.25:
        subject = rng.choice(PRONOUNS).subject()
        adjective = rng.choice(_STATES)
    else:
        noun = rng.choice(_DESCRIBABLE)
        plural = rng.random() < 0.25 and not noun.kinds & {"event", "mass"}
        determiner = "the" if "mass" in noun.kinds else events.definite_determiner(noun, rng)
        subject = noun_subject(noun, determiner, "plural" if plural else "singular")
        adjective = rng.choice(adjectives_for(noun.kinds))
    past = rng.random() < 0.3
    clause = Description(subject, _predicate(adjective, rng), past, rng.random() < 0.2)
    if adjective in _STATES and rng.random() < 0.5:
        clause = clause._replace(time=time_for("past" if past else "progressive", rng))
        if rng.random() < 0.5:
            return described_fronted(clause), "."
    if rng.random() < 0.2:
        return described_question(clause._replace(negated=False)), "?"
    return described(clause), "."


def comparison(rng: Random) -> tuple[Phrase, str]:
    """The dog is bigger than the cat; the dog is as big as the cat."""
    kind = rng.choice(("person", "animal", "furniture", "clothing", "vehicle", "building"))
    noun, other = rng.sample(nouns_of(kind), 2)
    common = [entry for entry in _gradable(noun) if entry in _gradable(other)]
    adjective = rng.choice(common)
    first = noun_subject(noun, events.definite_determiner(noun, rng))
    second = noun_subject(other, events.definite_determiner(other, rng))
    denied = rng.random() < 0.15
    if rng.random() < 0.6:
        predicate = Phrase(
            f"{adjective.english_more} than {second.english}",
            f"{adjective.german_more} als {second.german}",
        )
    else:
        predicate = Phrase(
            f"as {adjective.english} as {second.english}",
            f"so {adjective.german} wie {second.german}",
        )
    return described(Description(first, predicate, negated=denied)), "."


def whereabouts(rng: Random) -> tuple[Phrase, str]:
    """The key is under the bed; where is my red umbrella?"""
    noun = events.pick(nouns_of(rng.choice(_THINGS)), rng)
    number = "plural" if rng.random() < 0.2 else "singular"
    determiner = events.definite_determiner(noun, rng)
    subject = noun_subject(noun, determiner, number, events.quality(noun, rng))
    draw = rng.random()
    if draw < 0.25:
        nowhere = Description(subject, Phrase("", ""), rng.random() < 0.3)
        return described_question(nowhere, Phrase("where", "wo")), "?"
    where = rng.choice((events.position, events.place))(rng)
    clause = Description(subject, where, rng.random() < 0.25, rng.random() < 0.2)
    if draw < 0.4:
        return described_question(clause._replace(negated=False)), "?"
    return described(clause), "."


CONSTRUCTIONS = ((quality, 9), (comparison, 4), (whereabouts, 5))
