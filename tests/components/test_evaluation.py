import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.evaluation import corpus_scores, moses_bleu, sentence_chrf, translate_in_batches


def test_equal_texts_score_100():
    texts = ["Der kleine Hund schläft auf dem Sofa.", "Sie liest ein gutes Buch im Garten."]
    scores = corpus_scores(texts, texts)
    assert scores.bleu == pytest.approx(100)
    assert scores.chrf == pytest.approx(100)
    assert "tok:13a" in scores.bleu_signature
    assert "nc:6" in scores.chrf_signature


def test_bleu_by_hand():
    # One sentence of 6 tokens, the last differs: precisions 5/6, 4/5, 3/4, 2/3; no brevity penalty.
    expected = 100 * (5 / 6 * 4 / 5 * 3 / 4 * 2 / 3) ** 0.25
    assert corpus_scores(["a b c d e x"], ["a b c d e f"]).bleu == pytest.approx(expected)


def test_tokenised_bleu_by_hand():
    # 7 tokens, lowercased, the full stop cut off. The n-grams in common: das, ist, ja, haus and
    # the full stop; das ist, ist ja, haus .; das ist ja; none, which is smoothed to half of one.
    expected = 100 * (5 / 7 * 3 / 6 * 1 / 5 * 1 / 8) ** 0.25
    found = moses_bleu(["Das ist ja so ein Haus."], ["das IST ja doch mein Haus."], "de")
    assert found.moses_bleu == pytest.approx(expected)
    assert "tok:none" in found.moses_bleu_signature and "sacremoses" in found.moses_bleu_signature


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="1 outputs for 2"):
        corpus_scores(["a"], ["a", "b"])


def test_sentence_chrf_is_lower_for_a_worse_output():
    reference = "Das ist ein Haus."
    assert sentence_chrf("Das ist ein Baum.", reference) < sentence_chrf(reference, reference)


@given(st.lists(st.text(max_size=20), max_size=30), st.integers(1, 7))
def test_batches_keep_the_order_and_the_size(texts, size):
    seen = []

    def translate(chunk):
        seen.append(len(chunk))
        return [text + "!" for text in chunk]

    assert translate_in_batches(translate, texts, size) == [text + "!" for text in texts]
    assert sum(seen) == len(texts)
    assert all(count <= size for count in seen)
