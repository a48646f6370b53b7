"""The constructions of the sample grammar: each is a function from a random source to a pair."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from corpora.sample import descriptions, events, measures
from corpora.sample.clauses import (
    Clause,
    after_clause,
    fronted,
    purpose,
    question,
    statement,
    subordinate,
)
from corpora.sample.german import definite, indefinite
from corpora.sample.nouns import nouns_of
from corpora.sample.phrases import Phrase, Subject, noun_phrase, noun_subject
from corpora.sample.verbs import VERBS, english_verb, german_verb
from corpora.sample.verbs import Verb as VerbEntry

_CONJUNCTIONS = (
    Phrase("because", "weil"),
    Phrase("although", "obwohl"),
    Phrase("while", "während"),
    Phrase("when", "wenn"),
)
# German tells what happens whenever (wenn) from what happened once (als).
_WHEN_PAST = Phrase("when", "als")
_OPINIONS = (
    (english_verb("know", "knew"), german_verb("wissen", "weißt", "weiß"), Phrase("that", "dass")),
    (english_verb("say", "said"), german_verb("sagen"), Phrase("that", "dass")),
    (english_verb("believe", ""), german_verb("glauben"), Phrase("that", "dass")),
    (english_verb("hope", ""), german_verb("hoffen"), Phrase("that", "dass")),
    (english_verb("ask", ""), german_verb("fragen"), Phrase("whether", "ob")),
)
_RAIN = VerbEntry(english_verb("rain", ""), german_verb("regnen"), (), (), False, "")
_SNOW = VerbEntry(english_verb("snow", ""), german_verb("schneien"), (), (), False, "")
_IT = Subject("it", "es", 2)
_TRANSITIVE = tuple(
    verb
    for verb in VERBS
    if len(verb.slots) == 1 and verb.slots[0].case == "acc" and not verb.slots[0].preposition
)
_PERSONAL = tuple(verb for verb in VERBS if "person" in verb.subjects)
_MOTION = tuple(verb for verb in VERBS if "to" in verb.place.split() and "person" in verb.subjects)
_PURPOSES = tuple(verb for verb in _TRANSITIVE if "person" in verb.subjects and not verb.stative)


def plain(rng: Random) -> Phrase:
    """The small dog is sleeping."""
    return finish(statement(events.event(rng)))


def with_time_first(rng: Random) -> Phrase:
    """Yesterday the woman bought a car: Gestern hat die Frau ein Auto gekauft."""
    clause = events.event(rng, timed=1.0)
    return finish(fronted(clause) if clause.time else statement(clause))


def yes_no_question(rng: Random) -> Phrase:
    """Is the dog sleeping? Schläft der Hund?"""
    return finish(question(events.event(rng, denial=0.08)), "?")


def word_question(rng: Random) -> Phrase:
    """Where is the woman working today? Wo arbeitet die Frau heute?"""
    word = rng.choice((Phrase("when", "wann"), Phrase("why", "warum"), Phrase("where", "wo")))
    denial = 0.2 if word.english == "why" else 0.0
    if word.english == "where":
        verb = rng.choice([verb for verb in VERBS if verb.place in ("static", "position")])
        clause = events.event(rng, verb=verb, denial=denial)._replace(place=None, frequency=None)
    else:
        clause = events.event(rng, denial=denial, timed=0.2 if word.english == "why" else 0.0)
    return finish(question(clause, word), "?")


def object_question(rng: Random) -> Phrase:
    """Which book is the man reading? Welches Buch liest der Mann?"""
    verb = events.pick(_TRANSITIVE, rng)
    clause = events.event(rng, verb=verb, denial=0.0, timed=0.25)
    clause = clause._replace(objects=(), light=None, place=None)
    slot = verb.slots[0]
    if slot.kind in ("person", "creature"):
        return finish(question(clause, Phrase("who", "wen")), "?")
    if rng.random() < 0.4:
        return finish(question(clause, Phrase("what", "was")), "?")
    noun = events.pick(nouns_of(slot.kind), rng)
    return finish(question(clause, noun_phrase(noun, "which", "acc")), "?")


def subject_question(rng: Random) -> Phrase:
    """Who is buying the apple? Wer kauft den Apfel?"""
    verb = events.pick(_PERSONAL, rng)
    clause = events.event(rng, who=Subject("who", "wer", 2), verb=verb, denial=0.1)
    return finish(statement(clause), "?")


def two_clauses(rng: Random) -> Phrase:
    """The man is not working because he is tired, or the subordinate clause first."""
    conjunction = rng.choice(_CONJUNCTIONS)
    main = events.event(rng, timed=0.1)
    past = main.tense == "past"
    if past and conjunction.english == "when":
        conjunction = _WHEN_PAST
    if rng.random() < 0.3:
        rain = Clause(_IT, rng.choice((_RAIN, _SNOW)), "past" if past else "progressive")
        second = subordinate(rain, conjunction)
    elif conjunction.english in ("because", "although") and rng.random() < 0.4:
        second = descriptions.state_clause(conjunction, past, rng)
    else:
        tenses = ("past",) if past else ("progressive", "simple")
        second = subordinate(events.event(rng, tenses, timed=0.1), conjunction)
    if rng.random() < 0.35:
        english = f"{second.english}, {statement(main).english}"
        return finish(Phrase(english, after_clause(main, second.german)))
    first = statement(main)
    return finish(Phrase(f"{first.english} {second.english}", f"{first.german}, {second.german}"))


def reported(rng: Random) -> Phrase:
    """I know that the shop is closed: Ich weiß, dass ..."""
    english, german, opener = rng.choice(_OPINIONS)
    thinking = VerbEntry(english, german, ("person",), (), True, "")
    who = events.subject(("person",), rng)
    denied = english.base == "know" and rng.random() < 0.3
    if denied:
        opener = Phrase("whether", "ob")
    main = statement(Clause(who, thinking, "simple", negated=denied))
    what = subordinate(events.event(rng, timed=0.2), opener)
    return finish(Phrase(f"{main.english} {what.english}", f"{main.german}, {what.german}"))


def relative_subject(rng: Random) -> Phrase:
    """The man who is working in the garden is my uncle."""
    noun = events.pick(nouns_of("person"), rng)
    head = noun_subject(noun, adjective=events.quality(noun, rng, 0.2))
    verb = events.pick(_PERSONAL, rng)
    inner = events.event(rng, who=Subject("", "", 2), verb=verb, timed=0.15)
    opener = Phrase("who", definite(noun.gender, "singular", "nom"))
    relative = subordinate(inner, opener)
    described = Subject(
        f"{head.english} {relative.english}", f"{head.german}, {relative.german},", 2
    )
    return finish(descriptions.about(described, noun, rng))


def relative_object(rng: Random) -> Phrase:
    """The book that the woman is reading is expensive."""
    verb = rng.choice([verb for verb in _TRANSITIVE if verb.slots[0].kind not in _VAGUE])
    noun = events.pick(nouns_of(verb.slots[0].kind), rng)
    head = noun_subject(noun)
    inner = events.event(rng, verb=verb, timed=0.15, denial=0.0)
    inner = inner._replace(objects=(), light=None, place=None)
    opener = Phrase("that", definite(noun.gender, "singular", "acc"))
    relative = subordinate(inner, opener)
    described = Subject(
        f"{head.english} {relative.english}", f"{head.german}, {relative.german},", 2
    )
    return finish(descriptions.about(described, noun, rng))


# Kinds whose head noun would be a person ("whom") or has no adjective to be described by.
_VAGUE = frozenset({"person", "creature", "opening", "fodder", "dish", "song"})


def with_purpose(rng: Random) -> Phrase:
    """The man is going to the market to buy an apple: ..., um einen Apfel zu kaufen."""
    who = events.subject(("person",), rng)
    main = events.event(rng, ("progressive", "past", "future"), 0.2, 0.0, who, rng.choice(_MOTION))
    aim = events.event(rng, ("simple",), 0.0, 0.0, main.subject, rng.choice(_PURPOSES))
    aim = aim._replace(place=None, frequency=None)
    first, second = statement(main), purpose(aim)
    return finish(Phrase(f"{first.english} {second.english}", f"{first.german}, {second.german}"))


def belonging(rng: Random) -> Phrase:
    """The teacher's car is red; this is my sister's coat; the car belongs to my uncle."""
    owner = events.pick(nouns_of("person"), rng)
    determiner = events.possessive(rng) if "family" in owner.kinds else "the"
    thing = events.pick(nouns_of("thing"), rng)
    english_owner = noun_phrase(owner, determiner).english
    genitive = noun_phrase(owner, determiner, "gen").german
    draw = rng.random()
    if draw < 0.35:
        noun = noun_phrase(thing, "the", adjective=events.quality(thing, rng))
        dative = noun_phrase(owner, determiner, "dat").german
        return finish(
            Phrase(f"{noun.english} belongs to {english_owner}", f"{noun.german} gehört {dative}")
        )
    english = f"{english_owner}'s {thing.english}"
    german = f"{definite(thing.gender, 'singular', 'nom')} {thing.german} {genitive}"
    if draw < 0.6:
        return finish(Phrase(f"this is {english}", f"das ist {german}"))
    return finish(descriptions.about(Subject(english, german, 2), thing, rng))


def identity(rng: Random) -> Phrase:
    """This is a young man: Das ist ein junger Mann."""
    kind = rng.choice(("person", "animal", "thing", "building"))
    noun = events.pick(nouns_of(kind), rng)
    adjective = events.quality(noun, rng, 0.8)
    what = noun_phrase(noun, "a", adjective=adjective)
    if rng.random() < 0.3:
        article = indefinite("kein", noun.gender, "singular", "nom")
        rest = what.german.partition(" ")[2]
        return finish(Phrase(f"this is not {what.english}", f"das ist {article} {rest}"))
    return finish(Phrase(f"this is {what.english}", f"das ist {what.german}"))


def joined(rng: Random) -> Phrase:
    """The woman is reading a book and the man is cooking."""
    english, german = rng.choice((("and", " und"), (", but", ", aber")))
    first = statement(events.event(rng, ("progressive",), 0.0, 0.1))
    second = statement(events.event(rng, ("progressive",), 0.0, 0.1))
    space = "" if english.startswith(",") else " "
    return finish(
        Phrase(
            f"{first.english}{space}{english} {second.english}",
            f"{first.german}{german} {second.german}",
        )
    )


def finish(phrase: Phrase, mark: str = ".") -> Phrase:
    """A sentence: a capital at the start, a mark at the end."""
    return Phrase(*(text[0].upper() + text[1:].rstrip(",") + mark for text in phrase))


class Construction(NamedTuple):
    """A way to make a sentence, and how often it is taken, relative to the others."""

    make: Callable[[Random], Phrase]
    weight: int


CONSTRUCTIONS = (
    Construction(plain, 22),
    Construction(with_time_first, 12),
    Construction(yes_no_question, 6),
    Construction(word_question, 5),
    Construction(object_question, 3),
    Construction(subject_question, 2),
    Construction(two_clauses, 4),
    Construction(reported, 3),
    Construction(relative_subject, 2),
    Construction(relative_object, 2),
    Construction(with_purpose, 2),
    Construction(belonging, 5),
    Construction(identity, 3),
    Construction(joined, 1),
    *(
        Construction(lambda rng, make=make: finish(*make(rng)), weight)
        for make, weight in (*descriptions.CONSTRUCTIONS, *measures.CONSTRUCTIONS)
    ),
)
_WEIGHTS = [construction.weight for construction in CONSTRUCTIONS]


def sentence(rng: Random) -> Phrase:
    """One random sentence pair."""
    [construction] = rng.choices(CONSTRUCTIONS, _WEIGHTS)
    return construction.make(rng)
