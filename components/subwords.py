"""Training SentencePiece on a bounded, deterministic sample of sentences."""

import hashlib
import heapq
import io
from collections.abc import Iterable
from typing import Literal

import sentencepiece
from pydantic import Field

from foundation.errors import UserError
from foundation.settings import Settings
from foundation.vocabulary import BEGIN, END, PAD, UNKNOWN

SubwordKind = Literal["unigram", "bpe", "word", "char"]


class SubwordSettings(Settings):
    """What the user writes under ``subwords:``."""

    kind: SubwordKind = "unigram"
    joint: bool = True
    vocabulary: int = Field(4000, ge=8)
    coverage: float = Field(1.0, gt=0, le=1)
    byte_fallback: bool = False
    symbols: tuple[str, ...] = ()
    sample: int = Field(1_000_000, ge=1)


def sample_sentences(sentences: Iterable[str], size: int) -> list[str]:
    """The ``size`` sentences with the smallest hashes, in the order of their hashes.

    The sample depends on the set of sentences alone, not on the order in which parallel
    workers wrote them, and takes memory for ``size`` sentences only.
    """

    def key(sentence: str) -> bytes:
        return hashlib.blake2b(sentence.encode(), digest_size=16).digest()

    return heapq.nsmallest(size, sentences, key=key)


def train_subwords(sentences: Iterable[str], settings: SubwordSettings) -> bytes:
    """A serialised SentencePiece model with the special ids of foundation.vocabulary.

    A vocabulary larger than the sample can fill is cut down to what it can.

    Raises:
        UserError: the vocabulary is too small for the corpus's characters.
    """
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sample_sentences(sentences, settings.sample)),
            model_writer=model,
            model_type=settings.kind,
            vocab_size=settings.vocabulary,
            hard_vocab_limit=False,
            character_coverage=settings.coverage,
            byte_fallback=settings.byte_fallback,
            user_defined_symbols=list(settings.symbols),
            pad_id=PAD,
            unk_id=UNKNOWN,
            bos_id=BEGIN,
            eos_id=END,
            num_threads=1,  # with more, the order of sums and so the scores may differ
            minloglevel=2,
        )
    except RuntimeError as error:
        raise UserError(
            f"subwords: SentencePiece cannot make {settings.vocabulary} {settings.kind} pieces "
            f"from this corpus; raise subwords.vocabulary or lower subwords.coverage ({error})."
        ) from error
    return model.getvalue()
