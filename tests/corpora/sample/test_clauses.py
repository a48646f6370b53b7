"""Clauses in every order and tense, against sentence pairs checked by hand."""

import pytest

from corpora.sample.adjectives import adjective
from corpora.sample.clauses import (
    MODALS,
    Clause,
    Description,
    after_clause,
    described,
    described_fronted,
    described_question,
    described_subordinate,
    fronted,
    purpose,
    question,
    statement,
    subordinate,
)
from corpora.sample.nouns import noun
from corpora.sample.phrases import (
    PRONOUNS,
    Phrase,
    Subject,
    coordinated,
    name,
    noun_phrase,
    noun_subject,
    prepositional,
)
from corpora.sample.sentences import finish
from corpora.sample.verbs import verb

ME, YOU, HE, SHE, WE, THEY = (pronoun.subject() for pronoun in PRONOUNS)
HIM, HER, THEM = PRONOUNS[2], PRONOUNS[3], PRONOUNS[5]
CAN, MUST, SHOULD, WANT, WOULD_LIKE = MODALS
TODAY, YESTERDAY = Phrase("today", "heute"), Phrase("yesterday", "gestern")
TOMORROW, EVERY_DAY = Phrase("tomorrow", "morgen"), Phrase("every day", "jeden Tag")
OFTEN, NEVER = Phrase("often", "oft"), Phrase("never", "nie")
BECAUSE, THAT = Phrase("because", "weil"), Phrase("that", "dass")
WOMAN, MAN = noun_subject(noun("woman")), noun_subject(noun("man"))


def thing(english, determiner="the", case="acc", number="singular", quality=None):
    return noun_phrase(
        noun(english), determiner, case, number, adjective(quality) if quality else None
    )


def who(english, determiner="the", number="singular", quality=None):
    return noun_subject(noun(english), determiner, number, adjective(quality) if quality else None)


def at(english, german, english_noun, case):
    return prepositional(english, german, thing(english_noun, "the", case))


GARDEN, KITCHEN = at("in", "in", "garden", "dat"), at("in", "in", "kitchen", "dat")
TO_STATION, INTO_HOUSE = at("to", "zu", "station", "dat"), at("into", "in", "house", "acc")
FOR_BUS = Phrase("the bus", "auf den Bus")
BOOK, A_CAR = thing("book"), thing("car", "a", quality="red")
NO_CAR, NO_MILK = thing("car", "no"), thing("milk", "no")

STATEMENTS = [
    (
        Clause(who("dog", quality="small"), verb("sleep")),
        "The small dog is sleeping.",
        "Der kleine Hund schläft.",
    ),
    (Clause(ME, verb("work"), time=TODAY), "I am working today.", "Ich arbeite heute."),
    (Clause(YOU, verb("work")), "You are working.", "Du arbeitest."),
    (Clause(WE, verb("get up")), "We are getting up.", "Wir stehen auf."),
    (Clause(THEY, verb("shop")), "They are shopping.", "Sie kaufen ein."),
    (
        Clause(SHE, verb("sleep"), "simple", frequency=OFTEN, place=GARDEN),
        "She often sleeps in the garden.",
        "Sie schläft oft im Garten.",
    ),
    (
        Clause(HE, verb("watch television"), "simple", time=EVERY_DAY),
        "He watches television every day.",
        "Er sieht jeden Tag fern.",
    ),
    (
        Clause(WOMAN, verb("buy"), "past", objects=(A_CAR,), time=YESTERDAY),
        "The woman bought a red car yesterday.",
        "Die Frau hat gestern ein rotes Auto gekauft.",
    ),
    (
        Clause(WOMAN, verb("get up"), "past"),
        "The woman got up.",
        "Die Frau ist aufgestanden.",
    ),
    (
        Clause(THEY, verb("go"), "past", place=TO_STATION),
        "They went to the station.",
        "Sie sind zum Bahnhof gegangen.",
    ),
    (
        Clause(MAN, verb("buy"), "future", objects=(BOOK,), time=TOMORROW),
        "The man will buy the book tomorrow.",
        "Der Mann wird morgen das Buch kaufen.",
    ),
    (
        Clause(name("Anna"), verb("invite"), "future", objects=(thing("guest", "her"),)),
        "Anna will invite her guest.",
        "Anna wird ihren Gast einladen.",
    ),
    (
        Clause(MAN, verb("read"), negated=True, objects=(BOOK,)),
        "The man is not reading the book.",
        "Der Mann liest das Buch nicht.",
    ),
    (
        Clause(MAN, verb("buy"), negated=True, kein=True, objects=(NO_CAR,)),
        "The man is not buying a car.",
        "Der Mann kauft kein Auto.",
    ),
    (
        Clause(SHE, verb("drink"), "simple", negated=True, kein=True, objects=(NO_MILK,)),
        "She does not drink milk.",
        "Sie trinkt keine Milch.",
    ),
    (
        Clause(ME, verb("drink"), "past", negated=True, kein=True, objects=(NO_MILK,)),
        "I did not drink milk.",
        "Ich habe keine Milch getrunken.",
    ),
    (
        Clause(MAN, verb("wait for"), negated=True, oblique=FOR_BUS, time=TODAY),
        "The man is not waiting for the bus today.",
        "Der Mann wartet heute nicht auf den Bus.",
    ),
    (
        Clause(WE, verb("go"), negated=True, place=INTO_HOUSE),
        "We are not going into the house.",
        "Wir gehen nicht ins Haus.",
    ),
    (
        Clause(WE, verb("tidy up"), negated=True, objects=(thing("kitchen"),)),
        "We are not tidying up the kitchen.",
        "Wir räumen die Küche nicht auf.",
    ),
    (
        Clause(ME, verb("sleep"), "modal", CAN, negated=True),
        "I cannot sleep.",
        "Ich kann nicht schlafen.",
    ),
    (
        Clause(HE, verb("sleep"), "modal", WANT, negated=True),
        "He does not want to sleep.",
        "Er will nicht schlafen.",
    ),
    (
        Clause(YOU, verb("work"), "modal", MUST),
        "You must work.",
        "Du musst arbeiten.",
    ),
    (
        Clause(SHE, verb("switch on"), "modal", WANT, objects=(thing("lamp"),)),
        "She wants to switch on the lamp.",
        "Sie will die Lampe einschalten.",
    ),
    (
        Clause(WE, verb("drink"), "modal", WOULD_LIKE, objects=(thing("tea", "", quality="warm"),)),
        "We would like to drink warm tea.",
        "Wir möchten warmen Tee trinken.",
    ),
    (
        Clause(THEY, verb("work"), "modal", SHOULD, negated=True),
        "They should not work.",
        "Sie sollten nicht arbeiten.",
    ),
    (
        Clause(name("Peter"), verb("help"), light=HER.object("dat"), time=TODAY),
        "Peter is helping her today.",
        "Peter hilft ihr heute.",
    ),
    (
        Clause(name("Peter"), verb("help"), "simple", objects=(thing("boy", case="dat"),)),
        "Peter helps the boy.",
        "Peter hilft dem Jungen.",
    ),
    (
        Clause(SHE, verb("see"), "simple", light=HIM.object("acc")),
        "She sees him.",
        "Sie sieht ihn.",
    ),
    (
        Clause(MAN, verb("follow"), "past", light=THEM.object("dat")),
        "The man followed them.",
        "Der Mann ist ihnen gefolgt.",
    ),
    (
        Clause(
            WOMAN,
            verb("give"),
            objects=(thing("child", "the", "dat"), thing("ball", "a", quality="blue")),
        ),
        "The woman is giving the child a blue ball.",
        "Die Frau gibt dem Kind einen blauen Ball.",
    ),
    (
        Clause(WOMAN, verb("give"), "past", light=HIM.object("dat"), objects=(BOOK,)),
        "The woman gave him the book.",
        "Die Frau hat ihm das Buch gegeben.",
    ),
    (
        Clause(who("cat"), verb("eat", "fodder"), objects=(thing("meat", "", quality="fresh"),)),
        "The cat is eating fresh meat.",
        "Die Katze frisst frisches Fleisch.",
    ),
    (
        Clause(who("child", "the", "plural"), verb("play"), place=GARDEN, time=TODAY),
        "The children are playing in the garden today.",
        "Die Kinder spielen heute im Garten.",
    ),
    (
        Clause(coordinated(name("Max"), who("aunt", "his")), verb("dance")),
        "Max and his aunt are dancing.",
        "Max und seine Tante tanzen.",
    ),
    (
        Clause(name("Lisa"), verb("have"), "simple", objects=(thing("book", 21, quality="old"),)),
        "Lisa has twenty-one old books.",
        "Lisa hat einundzwanzig alte Bücher.",
    ),
    (
        Clause(who("dog", 2, quality="big"), verb("run"), place=INTO_HOUSE),
        "Two big dogs are running into the house.",
        "Zwei große Hunde laufen ins Haus.",
    ),
    (
        Clause(ME, verb("listen to"), "past", objects=(thing("teacher", case="dat"),)),
        "I listened to the teacher.",
        "Ich habe dem Lehrer zugehört.",
    ),
    (
        Clause(HE, verb("bake"), "simple", objects=(thing("cake", "a"),), frequency=NEVER),
        "He never bakes a cake.",
        "Er backt nie einen Kuchen.",
    ),
]


@pytest.mark.parametrize(("clause", "english", "german"), STATEMENTS)
def test_statements(clause, english, german):
    assert finish(statement(clause)) == (english, german)


@pytest.mark.parametrize(
    ("pair", "english", "german"),
    [
        (
            fronted(Clause(WOMAN, verb("buy"), "past", objects=(A_CAR,), time=YESTERDAY)),
            "Yesterday the woman bought a red car.",
            "Gestern hat die Frau ein rotes Auto gekauft.",
        ),
        (
            fronted(Clause(ME, verb("get up"), "simple", time=Phrase("at six", "um sechs"))),
            "At six I get up.",
            "Um sechs stehe ich auf.",
        ),
        (
            fronted(Clause(WE, verb("sell"), "future", objects=(BOOK,), time=TOMORROW)),
            "Tomorrow we will sell the book.",
            "Morgen werden wir das Buch verkaufen.",
        ),
        (
            fronted(Clause(THEY, verb("work"), negated=True, time=TODAY)),
            "Today they are not working.",
            "Heute arbeiten sie nicht.",
        ),
    ],
)
def test_the_verb_stays_second_behind_a_fronted_time(pair, english, german):
    assert finish(pair) == (english, german)


@pytest.mark.parametrize(
    ("pair", "english", "german"),
    [
        (question(Clause(who("dog"), verb("sleep"))), "Is the dog sleeping?", "Schläft der Hund?"),
        (
            question(Clause(WOMAN, verb("have", "ware"), "simple", objects=(A_CAR,))),
            "Does the woman have a red car?",
            "Hat die Frau ein rotes Auto?",
        ),
        (
            question(Clause(YOU, verb("get up"), "past")),
            "Did you get up?",
            "Bist du aufgestanden?",
        ),
        (
            question(Clause(YOU, verb("open"), "modal", CAN, objects=(thing("door"),))),
            "Can you open the door?",
            "Kannst du die Tür öffnen?",
        ),
        (
            question(Clause(HE, verb("sleep"), "modal", WANT)),
            "Does he want to sleep?",
            "Will er schlafen?",
        ),
        (
            question(Clause(SHE, verb("sing"), "modal", WOULD_LIKE)),
            "Would she like to sing?",
            "Möchte sie singen?",
        ),
        (
            question(Clause(MAN, verb("work"), negated=True, time=TODAY), Phrase("why", "warum")),
            "Why is the man not working today?",
            "Warum arbeitet der Mann heute nicht?",
        ),
        (
            question(Clause(SHE, verb("come back"), "future"), Phrase("when", "wann")),
            "When will she come back?",
            "Wann wird sie zurückkommen?",
        ),
        (
            question(Clause(MAN, verb("read")), thing("book", "which")),
            "Which book is the man reading?",
            "Welches Buch liest der Mann?",
        ),
        (
            question(Clause(MAN, verb("put on")), thing("coat", "which")),
            "Which coat is the man putting on?",
            "Welchen Mantel zieht der Mann an?",
        ),
    ],
)
def test_questions(pair, english, german):
    assert finish(pair, "?") == (english, german)


@pytest.mark.parametrize(
    ("clause", "opener", "english", "german"),
    [
        (
            Clause(HE, verb("get up"), "simple"),
            BECAUSE,
            "because he gets up",
            "weil er aufsteht",
        ),
        (
            Clause(HE, verb("get up"), "past", time=TODAY),
            BECAUSE,
            "because he got up today",
            "weil er heute aufgestanden ist",
        ),
        (
            Clause(SHE, verb("read"), "past", negated=True, objects=(BOOK,)),
            BECAUSE,
            "because she did not read the book",
            "weil sie das Buch nicht gelesen hat",
        ),
        (
            Clause(HE, verb("work"), "modal", MUST, time=TODAY),
            THAT,
            "that he must work today",
            "dass er heute arbeiten muss",
        ),
        (
            Clause(WE, verb("throw away"), "modal", WANT, objects=(thing("letter"),)),
            THAT,
            "that we want to throw away the letter",
            "dass wir den Brief wegwerfen wollen",
        ),
        (
            Clause(Subject("", "", 2), verb("work"), place=GARDEN),
            Phrase("who", "der"),
            "who is working in the garden",
            "der im Garten arbeitet",
        ),
        (
            Clause(WOMAN, verb("read")),
            Phrase("that", "das"),
            "that the woman is reading",
            "das die Frau liest",
        ),
    ],
)
def test_the_verb_stands_last_in_subordinate_clauses(clause, opener, english, german):
    assert subordinate(clause, opener) == (english, german)


@pytest.mark.parametrize(
    ("clause", "english", "german"),
    [
        (
            Clause(ME, verb("buy"), objects=(A_CAR,)),
            "to buy a red car",
            "um ein rotes Auto zu kaufen",
        ),
        (
            Clause(ME, verb("tidy up"), objects=(thing("kitchen"),)),
            "to tidy up the kitchen",
            "um die Küche aufzuräumen",
        ),
    ],
)
def test_purpose(clause, english, german):
    assert purpose(clause) == (english, german)


def test_a_main_clause_behind_a_subordinate_one_begins_with_its_verb():
    german = after_clause(Clause(WE, verb("get up")), "weil es regnet")
    assert german == "weil es regnet, stehen wir auf"


@pytest.mark.parametrize(
    ("pair", "english", "german"),
    [
        (
            described(Description(who("soup"), Phrase("cold", "kalt"))),
            "The soup is cold",
            "Die Suppe ist kalt",
        ),
        (
            described(Description(THEY, Phrase("very tired", "sehr müde"), True, True)),
            "They were not very tired",
            "Sie waren nicht sehr müde",
        ),
        (
            described_fronted(Description(ME, Phrase("ill", "krank"), True, time=YESTERDAY)),
            "Yesterday I was ill",
            "Gestern war ich krank",
        ),
        (
            described_question(Description(YOU, Phrase("hungry", "hungrig"))),
            "Are you hungry",
            "Bist du hungrig",
        ),
        (
            described_question(Description(who("key"), Phrase("", "")), Phrase("where", "wo")),
            "Where is the key",
            "Wo ist der Schlüssel",
        ),
        (
            described_subordinate(Description(HE, Phrase("tired", "müde")), BECAUSE),
            "Because he is tired",
            "Weil er müde ist",
        ),
    ],
)
def test_descriptions(pair, english, german):
    assert finish(pair, "") == (english, german)
