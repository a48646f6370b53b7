"""Sentences with numbers: ages, prices, amounts, clock times, dates, timetables."""

from random import Random

from corpora.sample import events
from corpora.sample.clauses import Clause, Description, described, question, statement
from corpora.sample.nouns import NOUNS, noun, nouns_of
from corpora.sample.numbers import WEEKDAYS, cardinal, clock, price
from corpora.sample.phrases import (
    NAMES,
    POSSESSIVES,
    PRONOUNS,
    Phrase,
    Subject,
    name,
    noun_phrase,
    noun_subject,
)
from corpora.sample.times import (
    HOURS,
    MINUTES,
    at_clock,
    in_month,
    on_date,
    on_weekday,
    random_date,
)
from corpora.sample.verbs import Verb, english_verb, german_verb, verb

_TIMETABLE = (
    (
        "transport",
        (
            (english_verb("leave", "left"), german_verb("ab|fahren", "fährst", "fährt")),
            (english_verb("arrive", ""), german_verb("an|kommen")),
        ),
    ),
    (
        "building",
        (
            (english_verb("open", ""), german_verb("öffnen")),
            (english_verb("close", ""), german_verb("schließen")),
        ),
    ),
    (
        "event",
        (
            (english_verb("begin", "began"), german_verb("beginnen")),
            (english_verb("end", ""), german_verb("enden")),
        ),
    ),
)
_COST = Verb(english_verb("cost", "cost"), german_verb("kosten"), ("ware",), (), True, "")
_YOUNG = ("child", "boy", "girl", "son", "daughter")
_AGES = (
    (2, 17, tuple(noun(english) for english in _YOUNG)),
    (18, 99, tuple(entry for entry in nouns_of("person") if entry.english not in _YOUNG)),
    (2, 20, nouns_of("animal")),
)
_COUNTABLE = tuple(entry for entry in NOUNS if entry.kinds & {"ware", "animal"})


def age(rng: Random) -> tuple[Phrase, str]:
    """The girl is seven years old."""
    youngest, oldest, nouns = rng.choice(_AGES)
    entry = rng.choice(nouns)
    years = cardinal(rng.randint(youngest, oldest))
    predicate = Phrase(f"{years.english} years old", f"{years.german} Jahre alt")
    who = noun_subject(entry, events.definite_determiner(entry, rng))
    if youngest == 18 and rng.random() < 0.5:
        who = rng.choice((*(pronoun.subject() for pronoun in PRONOUNS), *map(name, NAMES)))
    return described(Description(who, predicate, rng.random() < 0.2)), "."


def cost(rng: Random) -> tuple[Phrase, str]:
    """The book costs twenty-one euros."""
    ware = events.pick(nouns_of("ware"), rng)
    what = noun_subject(ware, "the", adjective=events.quality(ware, rng))
    amount = Phrase(*price(rng.randint(2, 99)))
    return statement(Clause(what, _COST, "simple", objects=(amount,))), "."


def amount(rng: Random) -> tuple[Phrase, str]:
    """My sister has twenty-one books; how many books do you have?"""
    counted = events.pick(_COUNTABLE, rng)
    have = verb("have")
    who = events.subject(("person",), rng)
    if rng.random() < 0.3:
        plural = noun_phrase(counted, "a", "acc", "plural")
        word = Phrase(f"how many {plural.english}", f"wie viele {plural.german}")
        return question(Clause(who, have, "simple"), word), "?"
    what = noun_phrase(counted, rng.randint(2, 99), "acc", adjective=events.quality(counted, rng))
    return statement(Clause(who, have, "simple", objects=(what,))), "."


def clock_time(rng: Random) -> tuple[Phrase, str]:
    """It is half past seven: Es ist halb acht."""
    words = clock(rng.choice(HOURS), rng.choice(MINUTES))
    now = rng.choice((Phrase("it is", "es ist"), Phrase("it is already", "es ist schon")))
    return Phrase(f"{now.english} {words.english}", f"{now.german} {words.german}"), "."


def timetable(rng: Random) -> tuple[Phrase, str]:
    """The train leaves at quarter past four: Der Zug fährt um Viertel nach vier ab."""
    kind, verbs = rng.choice(_TIMETABLE)
    what = noun_subject(events.pick(nouns_of(kind), rng))
    english, german = rng.choice(verbs)
    time = at_clock(rng)
    if rng.random() < 0.3:
        day = on_weekday(rng)
        time = Phrase(f"{time.english} {day.english}", f"{day.german} {time.german}")
    clause = Clause(what, Verb(english, german, (), (), True, ""), "simple")
    if rng.random() < 0.2:
        return question(clause, Phrase("when", "wann")), "?"
    return statement(clause._replace(time=time)), "."


def calendar(rng: Random) -> tuple[Phrase, str]:
    """Today is the third of May: Heute ist der dritte Mai."""
    draw = rng.random()
    if draw < 0.35:
        day = random_date(rng, "e")
        return Phrase(f"today is {day.english}", f"heute ist der {day.german}"), "."
    if draw < 0.5:
        day = rng.choice(WEEKDAYS)
        return Phrase(f"tomorrow is {day.english}", f"morgen ist {day.german}"), "."
    owner = events.possessive(rng)
    when = on_date(rng) if draw < 0.85 else in_month(rng)
    birthday = Subject(f"{owner} birthday", f"{POSSESSIVES[owner]} Geburtstag", 2)
    return described(Description(birthday, when)), "."


CONSTRUCTIONS = ((age, 4), (cost, 3), (amount, 4), (clock_time, 1), (timetable, 4), (calendar, 3))
