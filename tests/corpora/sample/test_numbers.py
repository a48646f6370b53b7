"""Number words, clock times and dates against hand-written ones."""

import pytest

from corpora.sample.numbers import cardinal, clock, date, price


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [
        (1, "one", "eins"),
        (12, "twelve", "zwölf"),
        (16, "sixteen", "sechzehn"),
        (17, "seventeen", "siebzehn"),
        (21, "twenty-one", "einundzwanzig"),
        (30, "thirty", "dreißig"),
        (66, "sixty-six", "sechsundsechzig"),
        (77, "seventy-seven", "siebenundsiebzig"),
        (100, "one hundred", "einhundert"),
        (101, "one hundred and one", "einhunderteins"),
        (345, "three hundred and forty-five", "dreihundertfünfundvierzig"),
        (999, "nine hundred and ninety-nine", "neunhundertneunundneunzig"),
    ],
)
def test_cardinals(number, english, german):
    assert cardinal(number) == (english, german)


def test_cardinals_are_distinct():
    assert len({cardinal(number).german for number in range(1000)}) == 1000


@pytest.mark.parametrize("number", [-1, 1000])
def test_cardinals_have_a_range(number):
    with pytest.raises(ValueError, match="between 0 and 999"):
        cardinal(number)


@pytest.mark.parametrize(
    ("hour", "minute", "english", "german"),
    [
        (7, 30, "half past seven", "halb acht"),
        (12, 30, "half past twelve", "halb eins"),
        (1, 0, "one o'clock", "ein Uhr"),
        (5, 0, "five o'clock", "fünf Uhr"),
        (3, 15, "quarter past three", "Viertel nach drei"),
        (12, 45, "quarter to one", "Viertel vor eins"),
        (6, 10, "ten past six", "zehn nach sechs"),
        (8, 40, "twenty to nine", "zwanzig vor neun"),
        (12, 55, "five to one", "fünf vor eins"),
    ],
)
def test_clock_times(hour, minute, english, german):
    assert clock(hour, minute) == (english, german)


@pytest.mark.parametrize(
    ("day", "month", "ending", "english", "german"),
    [
        (1, 1, "e", "the first of January", "erste Januar"),
        (3, 5, "en", "the third of May", "dritten Mai"),
        (7, 3, "en", "the seventh of March", "siebten März"),
        (8, 8, "e", "the eighth of August", "achte August"),
        (12, 12, "en", "the twelfth of December", "zwölften Dezember"),
        (19, 6, "en", "the nineteenth of June", "neunzehnten Juni"),
        (20, 7, "en", "the twentieth of July", "zwanzigsten Juli"),
        (21, 3, "en", "the twenty-first of March", "einundzwanzigsten März"),
        (28, 2, "e", "the twenty-eighth of February", "achtundzwanzigste Februar"),
    ],
)
def test_dates(day, month, ending, english, german):
    assert date(day, month, ending) == (english, german)


@pytest.mark.parametrize(
    ("euros", "english", "german"),
    [
        (1, "one euro", "ein Euro"),
        (21, "twenty-one euros", "einundzwanzig Euro"),
        (201, "two hundred and one euros", "zweihundertein Euro"),
    ],
)
def test_prices(euros, english, german):
    assert price(euros) == (english, german)
