"""Tokenised pairs for benchmarks: Multi30k German to English, or any folder of that shape."""

import argparse
import gzip
import os
import tempfile
from pathlib import Path

import sentencepiece

from foundation.vocabulary import BEGIN, END, PAD, UNKNOWN

VOCABULARY = 8000
Pair = tuple[list[int], list[int]]


def add_corpus_argument(parser: argparse.ArgumentParser) -> None:
    """Adds ``--corpus``, a folder with train.de.gz and train.en.gz."""
    parser.add_argument(
        "--corpus",
        type=Path,
        default=os.environ.get("CORPUS_DIR"),
        required="CORPUS_DIR" not in os.environ,
        help="a folder with train.de.gz and train.en.gz; CORPUS_DIR if not given",
    )


def tokenised_pairs(corpus: Path, split: str = "train") -> list[Pair]:
    """The split's pairs as ids of the training text's two vocabularies, END last, in its order."""
    sides = [_tokenised(corpus, split, language) for language in ("de", "en")]
    return list(zip(*sides, strict=True))


def batches_of(pairs: list[Pair], size: int, count: int) -> list[tuple[list, list]]:
    """The first ``count`` batches of ``size`` pairs: a list of sources and a list of targets."""
    groups = [pairs[first : first + size] for first in range(0, size * count, size)]
    return [tuple(map(list, zip(*group, strict=True))) for group in groups]


def _tokenised(corpus: Path, split: str, language: str) -> list[list[int]]:
    training = gzip.decompress((corpus / f"train.{language}.gz").read_bytes()).decode()
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/{language}"
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(training.splitlines()),
            model_prefix=prefix,
            vocab_size=VOCABULARY,
            hard_vocab_limit=False,
            pad_id=PAD,
            unk_id=UNKNOWN,
            bos_id=BEGIN,
            eos_id=END,
            minloglevel=2,
        )
        pieces = sentencepiece.SentencePieceProcessor(model_file=f"{prefix}.model")
    text = gzip.decompress((corpus / f"{split}.{language}.gz").read_bytes()).decode()
    return pieces.encode(text.splitlines(), add_eos=True)
