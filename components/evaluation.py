"""Scores of translations, with the signatures that make them comparable."""

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from typing import NamedTuple

from sacrebleu.metrics import BLEU, CHRF
from sacremoses import MosesTokenizer


class Scores(NamedTuple):
    """Corpus scores in points (0 to 100) and sacreBLEU's signatures of how they were made."""

    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str


def corpus_scores(outputs: Sequence[str], references: Sequence[str]) -> Scores:
    """Detokenised, cased sacreBLEU BLEU (13a) and chrF of one system output.

    Raises:
        ValueError: the two lists differ in length.
    """
    if len(outputs) != len(references):
        raise ValueError(f"{len(outputs)} outputs for {len(references)} references")
    bleu, chrf = BLEU(), CHRF()
    bleu_score = bleu.corpus_score(outputs, [references]).score
    chrf_score = chrf.corpus_score(outputs, [references]).score
    return Scores(bleu_score, str(bleu.get_signature()), chrf_score, str(chrf.get_signature()))


class TokenisedBleu(NamedTuple):
    """BLEU in points of lowercased, Moses-tokenised texts, and how it was made."""

    moses_bleu: float
    moses_bleu_signature: str


def moses_bleu(outputs: Sequence[str], references: Sequence[str], language: str) -> TokenisedBleu:
    """The BLEU that papers on Multi30k report (Elliott et al. 2016), for comparison with them.

    Args:
        outputs: of a system
        references: as many
        language: of both, whose rules the tokeniser takes; those of English where it has none
    """
    tokenise = MosesTokenizer(language).tokenize

    def prepared(texts: Sequence[str]) -> list[str]:
        return [tokenise(text.lower(), return_str=True, escape=False) for text in texts]

    # The texts are tokenised and lowercased on purpose, which sacreBLEU would warn of.
    bleu = BLEU(tokenize="none", force=True)
    score = bleu.corpus_score(prepared(outputs), [prepared(references)]).score
    made = f"{bleu.get_signature()}|input:lowercased,sacremoses-{version('sacremoses')}"
    return TokenisedBleu(score, made)


def sentence_chrf(output: str, reference: str) -> float:
    """chrF of one sentence in points."""
    return CHRF().sentence_score(output, [reference]).score


def translate_in_batches(
    translate: Callable[[list[str]], Sequence[str]], texts: Sequence[str], batch: int = 64
) -> list[str]:
    """Translate many texts; sentences of like length share a batch, the order is kept."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    outputs: list[str] = [""] * len(texts)
    for chunk in _chunks(order, batch):
        for i, output in zip(chunk, translate([texts[i] for i in chunk]), strict=True):
            outputs[i] = output
    return outputs


def _chunks(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
