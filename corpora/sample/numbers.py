"""Numbers, clock times, dates and prices as words."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same words in both languages."""

    english: str
    german: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH = _words(
    "zero one two three four five six seven eight nine "
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_GERMAN = _words(
    "null eins zwei drei vier fünf sechs sieben acht neun "
    "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
)
_GERMAN_TENS = _words("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
_ENGLISH_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_GERMAN_ORDINALS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}

WEEKDAYS = (
    Words("Monday", "Montag"),
    Words("Tuesday", "Dienstag"),
    Words("Wednesday", "Mittwoch"),
    Words("Thursday", "Donnerstag"),
    Words("Friday", "Freitag"),
    Words("Saturday", "Samstag"),
    Words("Sunday", "Sonntag"),
)
MONTHS = (
    Words("January", "Januar"),
    Words("February", "Februar"),
    Words("March", "März"),
    Words("April", "April"),
    Words("May", "Mai"),
    Words("June", "Juni"),
    Words("July", "Juli"),
    Words("August", "August"),
    Words("September", "September"),
    Words("October", "Oktober"),
    Words("November", "November"),
    Words("December", "Dezember"),
)


def cardinal(number: int) -> Words:
    """A number from 0 to 999, counted without a noun: one is "eins".

    Raises:
        ValueError: the number lies outside 0 to 999.
    """
    if not 0 <= number <= 999:
        raise ValueError(f"{number} is not between 0 and 999")
    return Words(_english_cardinal(number), _german_cardinal(number))


def _english_cardinal(number: int) -> str:
    if number < 20:
        return _ENGLISH[number]
    if number < 100:
        tens, units = divmod(number, 10)
        word = _ENGLISH_TENS[tens - 2]
        return f"{word}-{_ENGLISH[units]}" if units else word
    hundreds, rest = divmod(number, 100)
    word = f"{_ENGLISH[hundreds]} hundred"
    return f"{word} and {_english_cardinal(rest)}" if rest else word


def _german_cardinal(number: int) -> str:
    if number < 20:
        return _GERMAN[number]
    if number < 100:
        tens, units = divmod(number, 10)
        word = _GERMAN_TENS[tens - 2]
        return f"{_before_noun(units)}und{word}" if units else word
    hundreds, rest = divmod(number, 100)
    return f"{_before_noun(hundreds)}hundert{_german_cardinal(rest) if rest else ''}"


def _before_noun(number: int) -> str:
    """One is "ein" inside a larger number and before Uhr and Euro."""
    return "ein" if number == 1 else _GERMAN[number]


def ordinal_day(day: int, ending: str) -> Words:
    """A day of the month, 1 to 31, with the German adjective ending: "erste", "dritten"."""
    english = _english_cardinal(day)
    head, dash, last = english.rpartition("-")
    if last in _ENGLISH_ORDINALS:
        last = _ENGLISH_ORDINALS[last]
    else:
        last = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    german = _GERMAN_ORDINALS.get(day, _german_cardinal(day) + ("t" if day < 20 else "st"))
    return Words(head + dash + last, german + ending)


def date(day: int, month: int, ending: str) -> Words:
    """A date, month 1 to 12: "the third of May", "dritten Mai"."""
    ordinal = ordinal_day(day, ending)
    name = MONTHS[month - 1]
    return Words(
        f"the {ordinal.english} of {name.english}",
        f"{ordinal.german} {name.german}",
    )


def clock(hour: int, minute: int) -> Words:
    """A time on the twelve-hour clock: "half past seven" is "halb acht".

    hour: 1 to 12; minute: 0, 15, 30, 45, or 5, 10, 20 before or after the hour.
    """
    following = hour % 12 + 1
    now, later = _ENGLISH[hour], _ENGLISH[following]
    german_now, german_later = _GERMAN[hour], _GERMAN[following]
    if minute == 0:
        return Words(f"{now} o'clock", f"{_before_noun(hour)} Uhr")
    if minute == 30:
        return Words(f"half past {now}", f"halb {german_later}")
    if minute == 15:
        return Words(f"quarter past {now}", f"Viertel nach {german_now}")
    if minute == 45:
        return Words(f"quarter to {later}", f"Viertel vor {german_later}")
    if minute < 30:
        words = cardinal(minute)
        return Words(f"{words.english} past {now}", f"{words.german} nach {german_now}")
    words = cardinal(60 - minute)
    return Words(f"{words.english} to {later}", f"{words.german} vor {german_later}")


def price(euros: int) -> Words:
    """An amount in whole euros: "einundzwanzig Euro"."""
    words = cardinal(euros)
    german = words.german.removesuffix("s") if euros % 100 == 1 else words.german
    return Words(f"{words.english} {'euro' if euros == 1 else 'euros'}", f"{german} Euro")
