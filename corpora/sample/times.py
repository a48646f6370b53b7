"""When something happens: adverbials of time that agree with the tense."""

from random import Random

from corpora.sample.clauses import Tense
from corpora.sample.numbers import MONTHS, WEEKDAYS, cardinal, clock, date
from corpora.sample.phrases import Phrase

FREQUENCIES = (
    Phrase("always", "immer"),
    Phrase("often", "oft"),
    Phrase("sometimes", "manchmal"),
    Phrase("never", "nie"),
    Phrase("seldom", "selten"),
    Phrase("usually", "meistens"),
)
_PRESENT = (
    Phrase("now", "jetzt"),
    Phrase("today", "heute"),
    Phrase("this evening", "heute Abend"),
    Phrase("at the moment", "im Moment"),
)
_HABITUAL = (
    Phrase("every day", "jeden Tag"),
    Phrase("every morning", "jeden Morgen"),
    Phrase("every evening", "jeden Abend"),
    Phrase("every week", "jede Woche"),
    Phrase("every year", "jedes Jahr"),
    Phrase("in the morning", "am Morgen"),
    Phrase("in the evening", "am Abend"),
    Phrase("at night", "in der Nacht"),
    Phrase("in winter", "im Winter"),
    Phrase("in summer", "im Sommer"),
)
_PAST = (
    Phrase("yesterday", "gestern"),
    Phrase("yesterday evening", "gestern Abend"),
    Phrase("this morning", "heute Morgen"),
    Phrase("last week", "letzte Woche"),
    Phrase("last month", "letzten Monat"),
    Phrase("last year", "letztes Jahr"),
)
_FUTURE = (
    Phrase("tomorrow", "morgen"),
    Phrase("tomorrow evening", "morgen Abend"),
    Phrase("soon", "bald"),
    Phrase("next week", "nächste Woche"),
    Phrase("next month", "nächsten Monat"),
    Phrase("next year", "nächstes Jahr"),
)
_UNITS = (Phrase("days", "Tagen"), Phrase("weeks", "Wochen"), Phrase("months", "Monaten"))
HOURS = range(1, 13)
MINUTES = (0, 0, 15, 30, 30, 45, 5, 10, 20, 40, 50, 55)


def at_clock(rng: Random) -> Phrase:
    """At half past seven: um halb acht."""
    words = clock(rng.choice(HOURS), rng.choice(MINUTES))
    return Phrase(f"at {words.english}", f"um {words.german}")


def on_weekday(rng: Random) -> Phrase:
    """On Monday: am Montag."""
    day = rng.choice(WEEKDAYS)
    return Phrase(f"on {day.english}", f"am {day.german}")


def on_date(rng: Random) -> Phrase:
    """On the third of May: am dritten Mai."""
    words = random_date(rng, "en")
    return Phrase(f"on {words.english}", f"am {words.german}")


def random_date(rng: Random, ending: str) -> Phrase:
    """A date with the German ordinal's ending; every month has its days up to 28."""
    return Phrase(*date(rng.randint(1, 28), rng.randint(1, 12), ending))


def in_month(rng: Random) -> Phrase:
    """In July: im Juli."""
    month = rng.choice(MONTHS)
    return Phrase(f"in {month.english}", f"im {month.german}")


def _ago(rng: Random) -> Phrase:
    number, unit = cardinal(rng.randint(2, 10)), rng.choice(_UNITS)
    return Phrase(f"{number.english} {unit.english} ago", f"vor {number.german} {unit.german}")


def _from_now(rng: Random) -> Phrase:
    number, unit = cardinal(rng.randint(2, 10)), rng.choice(_UNITS)
    return Phrase(f"in {number.english} {unit.english}", f"in {number.german} {unit.german}")


def time_for(tense: Tense, rng: Random) -> Phrase:
    """An adverbial of time that fits a tense."""
    if tense == "progressive":
        return rng.choice(_PRESENT)
    if tense == "simple":
        every = rng.choice(WEEKDAYS)
        weekly = Phrase(f"every {every.english}", f"jeden {every.german}")
        return rng.choice((*_HABITUAL, weekly, at_clock(rng)))
    calendar = (on_weekday(rng), on_date(rng), in_month(rng), at_clock(rng))
    if tense == "past":
        return rng.choice((*_PAST, *calendar, _ago(rng)))
    return rng.choice((*_FUTURE, *calendar, _from_now(rng)))
