"""Clauses: who does what, in which tense, when and where; in every order of both languages."""

from typing import Literal, NamedTuple

from corpora.sample.german import GermanClause, join, verb_final, verb_first, verb_second
from corpora.sample.phrases import Phrase, Subject
from corpora.sample.verbs import Verb

Tense = Literal["progressive", "simple", "past", "future", "modal"]

_BE = ("am", "are", "is", "are")
_BE_PAST = ("was", "were", "was", "were")
_DO = ("do", "do", "does", "do")
_HAVE = ("habe", "hast", "hat", "haben")
_SEIN = ("bin", "bist", "ist", "sind")
_WAR = ("war", "warst", "war", "waren")
_WERDEN = ("werde", "wirst", "wird", "werden")


class Modal(NamedTuple):
    """A modal verb: English for third person and the others, German for ich, du, er, wir.

    negatable: its negation means the same in both languages.
    """

    english: str
    english_third: str
    german: tuple[str, str, str, str]
    negatable: bool


MODALS = (
    Modal("can", "can", ("kann", "kannst", "kann", "können"), True),
    Modal("must", "must", ("muss", "musst", "muss", "müssen"), False),
    Modal("should", "should", ("sollte", "solltest", "sollte", "sollten"), True),
    Modal("want to", "wants to", ("will", "willst", "will", "wollen"), True),
    Modal("would like to", "would like to", ("möchte", "möchtest", "möchte", "möchten"), False),
)


class Clause(NamedTuple):
    """One clause; both languages are rendered from it.

    subject, verb, tense: who does what, when. modal: with tense "modal".
    negated: English not; German nicht, or nothing where an object carries kein.
    kein: an object carries kein.
    light: a pronoun as object, before everything else in German.
    objects: objects without preposition, in the order of both languages.
    oblique: an object whose English preposition belongs to the verb ("wait for the bus").
    place, time: adverbials; English says place before time at the end, German time first.
    frequency: "often"; English before the verb.
    """

    subject: Subject
    verb: Verb
    tense: Tense = "progressive"
    modal: Modal | None = None
    negated: bool = False
    kein: bool = False
    light: Phrase | None = None
    objects: tuple[Phrase, ...] = ()
    oblique: Phrase | None = None
    place: Phrase | None = None
    time: Phrase | None = None
    frequency: Phrase | None = None


def statement(clause: Clause) -> Phrase:
    """Main clause with the subject first."""
    return Phrase(
        join(clause.subject.english, _english_predicate(clause), _english(clause.time)),
        verb_second(_german(clause)),
    )


def fronted(clause: Clause) -> Phrase:
    """Main clause with its time first: the German verb stays second."""
    assert clause.time is not None
    untimed = clause._replace(time=None)
    return Phrase(
        join(clause.time.english, clause.subject.english, _english_predicate(clause)),
        verb_second(_german(untimed), clause.time.german),
    )


def after_clause(clause: Clause, first: str) -> str:
    """The German main clause behind a subordinate one, which takes the first place."""
    return verb_second(_german(clause), first + ",")


def subordinate(clause: Clause, opener: Phrase) -> Phrase:
    """A subordinate clause with its conjunction or relative pronoun: the German verb last."""
    return Phrase(
        join(
            opener.english,
            clause.subject.english,
            _english_predicate(clause),
            _english(clause.time),
        ),
        verb_final(_german(clause), opener.german),
    )


def question(clause: Clause, word: Phrase | None = None) -> Phrase:
    """A yes-no question, or one that a question word opens; without the question mark."""
    auxiliary, rest = _english_question_verb(clause)
    german = _german(clause)
    return Phrase(
        join(
            word.english if word else "",
            auxiliary,
            clause.subject.english,
            rest,
            _english_complements(clause),
            _english(clause.time),
        ),
        verb_second(german, word.german) if word else verb_first(german),
    )


def purpose(clause: Clause) -> Phrase:
    """An infinitive clause of purpose without a subject: to buy, um zu kaufen."""
    german = clause.verb.german
    base = german.infinitive.removeprefix(german.prefix)
    infinitive = f"{german.prefix}zu{base}" if german.prefix else f"zu {base}"
    return Phrase(
        join("to", clause.verb.english.base, _english_complements(clause), _english(clause.time)),
        join("um", *_german(clause).field, infinitive),
    )


def _english(phrase: Phrase | None) -> str:
    return phrase.english if phrase else ""


def _english_complements(clause: Clause) -> str:
    parts = (clause.light, *clause.objects, clause.oblique, clause.place)
    return join(*(_english(part) for part in parts))


def _english_predicate(clause: Clause) -> str:
    return join(_english_verb(clause), _english_complements(clause))


def _english_verb(clause: Clause) -> str:
    forms, person = clause.verb.english, clause.subject.person
    denied = clause.negated or clause.kein
    if clause.tense == "progressive":
        return join(_BE[person], "not" if denied else "", forms.progressive)
    if clause.tense == "future":
        return join("will", "not" if denied else "", forms.base)
    if clause.tense == "modal":
        return join(_english_modal(clause.modal, person, denied), forms.base)
    if denied:
        return join("did" if clause.tense == "past" else _DO[person], "not", forms.base)
    if clause.tense == "past":
        return forms.past
    return join(_english(clause.frequency), forms.third if person == 2 else forms.base)


def _english_modal(modal: Modal, person: int, denied: bool) -> str:
    if not denied:
        return modal.english_third if person == 2 else modal.english
    if modal.english == "can":
        return "cannot"
    if modal.english.endswith(" to"):
        return f"{_DO[person]} not {modal.english}"
    return f"{modal.english} not"


def _english_question_verb(clause: Clause) -> tuple[str, str]:
    """What stands before and behind the subject of a question."""
    forms, person = clause.verb.english, clause.subject.person
    denied = "not" if clause.negated or clause.kein else ""
    if clause.tense == "progressive":
        return _BE[person], join(denied, forms.progressive)
    if clause.tense == "future":
        return "will", join(denied, forms.base)
    if clause.tense == "modal":
        auxiliary, space, particle = clause.modal.english.partition(" ")
        if auxiliary == "want":
            return _DO[person], join(denied, "want to", forms.base)
        return auxiliary, join(denied, particle if space else "", forms.base)
    auxiliary = "did" if clause.tense == "past" else _DO[person]
    return auxiliary, join(denied, _english(clause.frequency), forms.base)


def _german(clause: Clause) -> GermanClause:
    verb, person = clause.verb.german, clause.subject.person
    field = _german_field(clause)
    subject = clause.subject.german
    if clause.tense in ("progressive", "simple"):
        return GermanClause(subject, verb.present[person], field, prefix=verb.prefix)
    if clause.tense == "past":
        auxiliary = _SEIN if verb.auxiliary == "sein" else _HAVE
        return GermanClause(subject, auxiliary[person], field, nonfinite=verb.participle)
    finite = _WERDEN if clause.tense == "future" else clause.modal.german
    return GermanClause(subject, finite[person], field, nonfinite=verb.infinitive)


def _german_field(clause: Clause) -> tuple[str, ...]:
    """Light pronoun, time, objects, nicht, oblique object, place.

    nicht denies the whole clause: behind the objects, before what belongs closely to the verb.
    """
    parts = (
        clause.light,
        clause.time,
        clause.frequency,
        *clause.objects,
        Phrase("not", "nicht") if clause.negated and not clause.kein else None,
        clause.oblique,
        clause.place,
    )
    return tuple(part.german for part in parts if part)


class Description(NamedTuple):
    """A clause with the verb to be: "The soup is cold", "The book was on the table"."""

    subject: Subject
    predicate: Phrase
    past: bool = False
    negated: bool = False
    time: Phrase | None = None


def described(clause: Description) -> Phrase:
    """Main clause with the subject first."""
    return Phrase(
        join(clause.subject.english, *_english_be(clause), _english(clause.time)),
        verb_second(_german_sein(clause)),
    )


def described_fronted(clause: Description) -> Phrase:
    """Main clause with its time first."""
    assert clause.time is not None
    return Phrase(
        join(clause.time.english, clause.subject.english, *_english_be(clause)),
        verb_second(_german_sein(clause._replace(time=None)), clause.time.german),
    )


def described_subordinate(clause: Description, opener: Phrase) -> Phrase:
    """Subordinate clause: the German verb last."""
    return Phrase(
        join(opener.english, clause.subject.english, *_english_be(clause), _english(clause.time)),
        verb_final(_german_sein(clause), opener.german),
    )


def described_question(clause: Description, word: Phrase | None = None) -> Phrase:
    """A question without the question mark."""
    be, *rest = _english_be(clause)
    german = _german_sein(clause)
    return Phrase(
        join(
            word.english if word else "", be, clause.subject.english, *rest, _english(clause.time)
        ),
        verb_second(german, word.german) if word else verb_first(german),
    )


def _english_be(clause: Description) -> tuple[str, str, str]:
    forms = _BE_PAST if clause.past else _BE
    return forms[clause.subject.person], "not" if clause.negated else "", clause.predicate.english


def _german_sein(clause: Description) -> GermanClause:
    forms = _WAR if clause.past else _SEIN
    time = clause.time.german if clause.time else ""
    field = (time, "nicht" if clause.negated else "", clause.predicate.german)
    return GermanClause(clause.subject.german, forms[clause.subject.person], field)
