"""The adjectives of the sample grammar: attributive stem, comparatives, what they describe."""

from typing import NamedTuple


class Adjective(NamedTuple):
    """An adjective in both languages.

    german: the predicative form; stem: what attributive endings are added to ("teuer", "teur").
    english_more, german_more: the comparatives, empty where the grammar compares nothing with it.
    kinds: the kinds of noun that it can describe.
    attributive: false for words that the grammar uses after the verb only.
    """

    english: str
    german: str
    stem: str
    english_more: str
    german_more: str
    kinds: frozenset[str]
    attributive: bool = True


def _adjective(row: str, kinds: str, attributive: bool) -> Adjective:
    """Reads ``english | German[/stem][ | English comparative | German comparative]``."""
    cells = [cell.strip() for cell in row.split("|")]
    german, _, stem = cells[1].partition("/")
    more = cells[2:] or ["", ""]
    return Adjective(cells[0], german, stem or german, *more, frozenset(kinds.split()), attributive)


def _adjectives(kinds: str, table: str, attributive: bool = True) -> tuple[Adjective, ...]:
    return tuple(_adjective(row, kinds, attributive) for row in table.strip().splitlines())


ADJECTIVES: tuple[Adjective, ...] = (
    *_adjectives(
        "person animal thing room building transport",
        """
        old | alt | older | älter
        """,
    ),
    *_adjectives(
        "animal thing room building outdoors transport food",
        """
        small | klein | smaller | kleiner
        big | groß | bigger | größer
        """,
    ),
    *_adjectives(
        "person animal",
        """
        young | jung | younger | jünger
        friendly | freundlich | friendlier | freundlicher
        tired | müde/müd | more tired | müder
        strong | stark | stronger | stärker
        clever | klug | cleverer | klüger
        lazy | faul | lazier | fauler
        """,
    ),
    *_adjectives(
        "person",
        """
        happy | glücklich | happier | glücklicher
        sad | traurig | sadder | trauriger
        famous | berühmt | more famous | berühmter
        polite | höflich | more polite | höflicher
        rich | reich | richer | reicher
        """,
    ),
    *_adjectives(
        "person animal",
        """
        ill | krank
        hungry | hungrig
        thirsty | durstig
        """,
        attributive=False,
    ),
    *_adjectives(
        "animal thing",
        """
        white | weiß
        black | schwarz
        brown | braun
        """,
    ),
    *_adjectives(
        "thing",
        """
        red | rot
        blue | blau
        green | grün
        yellow | gelb
        """,
    ),
    *_adjectives(
        "thing building room transport",
        """
        new | neu | newer | neuer
        modern | modern | more modern | moderner
        """,
    ),
    *_adjectives(
        "thing building room outdoors",
        """
        beautiful | schön | more beautiful | schöner
        """,
    ),
    *_adjectives(
        "ware",
        """
        expensive | teuer/teur | more expensive | teurer
        cheap | billig | cheaper | billiger
        """,
    ),
    *_adjectives(
        "thing",
        """
        heavy | schwer | heavier | schwerer
        light | leicht | lighter | leichter
        """,
    ),
    *_adjectives(
        "food fodder",
        """
        fresh | frisch | fresher | frischer
        good | gut | better | besser
        """,
    ),
    *_adjectives(
        "drink",
        """
        cold | kalt | colder | kälter
        warm | warm | warmer | wärmer
        sweet | süß | sweeter | süßer
        """,
    ),
    *_adjectives(
        "building room",
        """
        dark | dunkel/dunkl | darker | dunkler
        quiet | ruhig | quieter | ruhiger
        """,
    ),
    *_adjectives(
        "transport",
        """
        fast | schnell | faster | schneller
        slow | langsam | slower | langsamer
        full | voll
        """,
    ),
    *_adjectives(
        "story event",
        """
        long | lang | longer | länger
        short | kurz | shorter | kürzer
        """,
    ),
    *_adjectives(
        "event",
        """
        interesting | interessant | more interesting | interessanter
        boring | langweilig | more boring | langweiliger
        """,
    ),
)

_BY_ENGLISH = {adjective.english: adjective for adjective in ADJECTIVES}


def adjective(english: str) -> Adjective:
    """The adjective with this English form."""
    return _BY_ENGLISH[english]


def adjectives_for(kinds: frozenset[str]) -> tuple[Adjective, ...]:
    """The adjectives that can describe a noun of these kinds."""
    return tuple(entry for entry in ADJECTIVES if entry.kinds & kinds)
