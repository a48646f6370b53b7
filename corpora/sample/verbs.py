"""The verbs of the sample grammar: forms in both languages, and the complements they govern."""

from typing import Literal, NamedTuple

Case = Literal["nom", "acc", "dat", "gen"]


class EnglishVerb(NamedTuple):
    """Forms of an English verb, a particle included ("switch on", "wait for")."""

    base: str
    third: str
    past: str
    progressive: str


class GermanVerb(NamedTuple):
    """Forms of a German verb.

    present: the forms for ich, du, er and wir, without the separable prefix.
    infinitive, participle: with the prefix. auxiliary: "haben" or "sein" in the perfect.
    """

    present: tuple[str, str, str, str]
    infinitive: str
    participle: str
    auxiliary: str
    prefix: str


class Slot(NamedTuple):
    """A complement: the kind of noun, its case, and the German preposition, if one governs it."""

    kind: str
    case: Case
    preposition: str = ""


class Verb(NamedTuple):
    """A verb with what it goes with.

    subjects: the kinds of its subject. slots: its complements in the order of both languages.
    stative: English uses no progressive form.
    place: how a place may be added to the clause: "static" (in the kitchen), "position" (under
        the table), or, for verbs of motion, one or more of "into" and "to".
    """

    english: EnglishVerb
    german: GermanVerb
    subjects: tuple[str, ...]
    slots: tuple[Slot, ...]
    stative: bool
    place: str


def english_verb(base: str, past: str, progressive: str = "") -> EnglishVerb:
    """The forms of an English verb; the first word is inflected, a particle follows it.

    past, progressive: the first word's forms where they are irregular.
    """
    word, space, particle = base.partition(" ")
    tail = space + particle
    regular_past = word + "d" if word.endswith("e") else word + "ed"
    stem = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    return EnglishVerb(
        base=base,
        third=_third_person(word) + tail,
        past=(past or regular_past) + tail,
        progressive=(progressive or stem + "ing") + tail,
    )


def _third_person(word: str) -> str:
    if word == "have":
        return "has"
    if word.endswith(("s", "sh", "ch", "x", "z", "o")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def german_verb(
    infinitive: str, du: str = "", er: str = "", participle: str = "", auxiliary: str = "haben"
) -> GermanVerb:
    """The forms of a German verb; what is left out is weak and regular.

    infinitive: a separable prefix is marked off with "|": "auf|stehen".
    """
    prefix, _, base = infinitive.rpartition("|")
    stem = base.removesuffix("n").removesuffix("e")
    linking = "e" if stem.endswith(("t", "d", "ffn", "chn", "gn")) else ""
    regular_du = stem + ("t" if stem.endswith(("s", "ß", "z")) else linking + "st")
    regular_participle = "ge" + stem + linking + "t"
    return GermanVerb(
        present=(stem + "e", du or regular_du, er or stem + linking + "t", base),
        infinitive=prefix + base,
        participle=prefix + (participle or regular_participle),
        auxiliary=auxiliary,
        prefix=prefix,
    )


def _slot(text: str) -> Slot:
    """Reads ``case kind`` or ``preposition case kind``."""
    *preposition, case, kind = text.split()
    return Slot(kind, case, "".join(preposition))


def _verb(subjects: str, row: str, stative: bool = False, place: str = "static") -> Verb:
    """Reads ``English[/past[/progressive]] | infinitive[, du, er, participle[, auxiliary]]``.

    Further cells are complements.
    """
    english, german, *slots = (cell.strip() for cell in row.split(" | "))
    base, past, progressive = (*english.split("/"), "", "")[:3]
    return Verb(
        english_verb(base, past, progressive),
        german_verb(*(form.strip() for form in german.split(","))),
        tuple(subjects.split()),
        tuple(_slot(slot) for slot in slots),
        stative,
        place,
    )


def _verbs(
    subjects: str, table: str, stative: bool = False, place: str = "static"
) -> tuple[Verb, ...]:
    return tuple(_verb(subjects, row, stative, place) for row in table.strip().splitlines())


VERBS: tuple[Verb, ...] = (
    *_verbs(
        "person animal",
        """
        sleep/slept | schlafen, schläfst, schläft, geschlafen
        sit/sat/sitting | sitzen, , , gesessen
        lie/lay/lying | liegen, , , gelegen
        """,
        place="position",
    ),
    *_verbs("person animal", "play | spielen"),
    *_verbs("person animal", "wait | warten"),
    *_verbs(
        "person",
        """
        work | arbeiten
        laugh | lachen
        cry/cried | weinen
        dance | tanzen
        sing/sang | singen, , , gesungen
        cook | kochen
        """,
    ),
    *_verbs(
        "person",
        """
        get up/got/getting | auf|stehen, , , gestanden, sein
        wake up/woke | auf|wachen, , , , sein
        fall asleep/fell | ein|schlafen, schläfst, schläft, geschlafen, sein
        come back/came | zurück|kommen, , , gekommen, sein
        watch television | fern|sehen, siehst, sieht, gesehen
        shop/shopped/shopping | ein|kaufen
        go out/went | aus|gehen, , , gegangen, sein
        """,
        place="",
    ),
    *_verbs(
        "person",
        """
        go/went | gehen, , , gegangen, sein
        """,
        place="into to",
    ),
    *_verbs("person", "drive/drove | fahren, fährst, fährt, gefahren, sein", place="to"),
    *_verbs(
        "person animal",
        """
        run/ran/running | laufen, läufst, läuft, gelaufen, sein
        come/came | kommen, , , gekommen, sein
        """,
        place="into to",
    ),
    *_verbs(
        "person animal",
        """
        see/saw | sehen, siehst, sieht, gesehen | acc creature
        hear/heard | hören | acc creature
        """,
        stative=True,
    ),
    *_verbs(
        "person",
        """
        love | lieben | acc creature
        know/knew | kennen, , , gekannt | acc person
        need | brauchen | acc ware
        """,
        stative=True,
        place="",
    ),
    *_verbs(
        "animal",
        """
        eat/ate | fressen, frisst, frisst, gefressen | acc food
        eat/ate | fressen, frisst, frisst, gefressen | acc fodder
        """,
    ),
    *_verbs(
        "person",
        """
        eat/ate | essen, isst, isst, gegessen | acc food
        eat/ate | essen, isst, isst, gegessen | acc fodder
        drink/drank | trinken, , , getrunken | acc drink
        read/read | lesen, liest, liest, gelesen | acc text
        write/wrote | schreiben, , , geschrieben | acc story
        paint | malen | acc creature
        draw/drew | zeichnen | acc furniture
        buy/bought | kaufen | acc ware
        sell/sold | verkaufen, , , verkauft | acc ware
        look for | suchen | acc thing
        find/found | finden, , , gefunden | acc small
        carry/carried | tragen, trägst, trägt, getragen | acc small
        wash | waschen, wäschst, wäscht, gewaschen | acc clothing
        clean | putzen | acc opening
        clean | putzen | acc room
        repair | reparieren, , , repariert | acc vehicle
        repair | reparieren, , , repariert | acc machine
        feed/fed | füttern | acc animal
        bake | backen, , , gebacken | acc pastry
        cook | kochen | acc dish
        order | bestellen, , , bestellt | acc food
        order | bestellen, , , bestellt | acc drink
        forget/forgot/forgetting | vergessen, vergisst, vergisst, vergessen | acc small
        lose/lost | verlieren, , , verloren | acc small
        """,
    ),
    *_verbs(
        "person",
        """
        visit | besuchen, , , besucht | acc person
        meet/met | treffen, triffst, trifft, getroffen | acc person
        greet | grüßen | acc person
        ask | fragen | acc person
        open | öffnen | acc opening
        close | schließen, , , geschlossen | acc opening
        sing/sang | singen, , , gesungen | acc song
        """,
        place="",
    ),
    *_verbs(
        "person",
        """
        tidy up/tidied | auf|räumen | acc room
        put on/put/putting | an|ziehen, , , gezogen | acc clothing
        take off/took | aus|ziehen, , , gezogen | acc clothing
        switch on | ein|schalten | acc machine
        switch off | aus|schalten | acc machine
        call | an|rufen, , , gerufen | acc person
        invite | ein|laden, lädst, lädt, geladen | acc person
        collect | ab|holen | acc person
        look at | betrachten, , , betrachtet | acc hanging
        throw away/threw | weg|werfen, wirfst, wirft, geworfen | acc text
        bring back/brought | zurück|bringen, , , gebracht | acc small
        listen to | zu|hören | dat person
        """,
        place="",
    ),
    *_verbs(
        "person",
        """
        help | helfen, hilfst, hilft, geholfen | dat person
        thank | danken | dat person
        answer | antworten | dat person
        congratulate | gratulieren, , , gratuliert | dat person
        """,
        place="",
    ),
    *_verbs("person animal", "follow | folgen, , , , sein | dat creature", place=""),
    *_verbs(
        "person",
        """
        give/gave | geben, gibst, gibt, gegeben | dat person | acc small
        give/gave | geben, gibst, gibt, gegeben | dat animal | acc fodder
        show/showed | zeigen | dat person | acc hanging
        show/showed | zeigen | dat person | acc vehicle
        bring/brought | bringen, , , gebracht | dat person | acc drink
        bring/brought | bringen, , , gebracht | dat person | acc text
        send/sent | schicken | dat person | acc text
        lend/lent | leihen, , , geliehen | dat person | acc small
        lend/lent | leihen, , , geliehen | dat person | acc vehicle
        tell/told | erzählen, , , erzählt | dat person | acc tale
        """,
        place="",
    ),
    *_verbs(
        "person",
        """
        wait for | warten | auf acc person
        wait for | warten | auf acc transport
        think of/thought | denken, , , gedacht | an acc person
        think of/thought | denken, , , gedacht | an acc matter
        talk about | sprechen, sprichst, spricht, gesprochen | über acc event
        talk about | sprechen, sprichst, spricht, gesprochen | über acc matter
        dream of | träumen | von dat matter
        dream of | träumen | von dat vehicle
        laugh about | lachen | über acc story
        talk to | sprechen, sprichst, spricht, gesprochen | mit dat person
        dance with | tanzen | mit dat person
        play with | spielen | mit dat creature
        """,
        place="",
    ),
    *_verbs("person", "have/had/having | haben, hast, hat, gehabt | acc ware", True, ""),
    *_verbs("person", "have/had/having | haben, hast, hat, gehabt | acc animal", True, ""),
)


def verb(english: str, kind: str = "") -> Verb:
    """The reading with this English base and, where given, this kind of last complement."""
    return next(
        entry
        for entry in VERBS
        if entry.english.base == english and (not kind or entry.slots[-1].kind == kind)
    )
