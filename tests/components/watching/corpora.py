"""Small corpora and their statistics."""

import io
import random

import sentencepiece
from tensorflow_data_validation.statistics.stats_impl import generate_statistics_in_memory

from components.watching.features import Sentences, measure
from components.watching.statistics import OPTIONS, SplitStatistics

_ENGLISH = ("the small dog sleeps in the garden", "my sister has bought an old house")
_GERMAN = ("der kleine Hund schläft im Garten", "meine Schwester hat ein altes Haus gekauft")


def pairs(count: int, seed: int, longest: int = 3) -> Sentences:
    """English and German, of one to ``longest`` clauses."""
    chance = random.Random(seed)
    chosen = [chance.choices((0, 1), k=chance.randint(1, longest)) for _ in range(count)]
    return Sentences(
        [" and ".join(_ENGLISH[i] for i in row) + "." for row in chosen],
        [" und ".join(_GERMAN[i] for i in row) + "." for row in chosen],
        ["grammar"] * count,
    )


def swapped(sentences: Sentences) -> Sentences:
    """Source for target."""
    return sentences._replace(source=sentences.target, target=sentences.source)


def subwords() -> sentencepiece.SentencePieceProcessor:
    """One model of both languages."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([f"{clause} and und." for clause in (*_ENGLISH, *_GERMAN)] * 20),
        model_writer=model,
        vocab_size=90,
        hard_vocab_limit=False,
        minloglevel=2,
        pad_id=0,
        unk_id=1,
        bos_id=2,
        eos_id=3,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


SUBWORDS = subwords()


def statistics(sentences: Sentences) -> SplitStatistics:
    """As PairStatistics writes them."""
    batch = measure(sentences, SUBWORDS, SUBWORDS)
    return SplitStatistics(generate_statistics_in_memory(batch, OPTIONS))
