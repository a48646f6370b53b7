"""Rewards against sacreBLEU's own sentence scores on the words in question."""

import pytest
import sacrebleu
import tensorflow as tf

from foundation.errors import UserError
from models.training.rewards import build_reward

IDS = tf.constant([[4, 5, 6, 7, 8, 3], [9, 3, 0, 0, 0, 0]])
REFERENCES = tf.constant([[4, 5, 6, 7, 3], [5, 6, 3, 0, 0]])


def test_without_a_detokeniser_ids_are_words():
    found = build_reward("bleu")(IDS, REFERENCES).numpy()
    # Precisions 4/5, 3/4, 2/3, 1/2; no brevity penalty.
    assert found[0] == pytest.approx((4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25, rel=1e-5)
    assert found[1] == 0


@pytest.mark.parametrize(
    ("kind", "score"), [("bleu", sacrebleu.sentence_bleu), ("chrf", sacrebleu.sentence_chrf)]
)
def test_with_a_detokeniser_it_is_the_score_of_the_text(kind, score):
    letters = tf.constant(list("....the cat sat"))

    def detokenise(ids):
        return tf.strings.reduce_join(tf.gather(letters, ids), axis=-1)

    ids, references = tf.constant([[4, 5, 6, 7, 8, 9]]), tf.constant([[4, 5, 6, 7, 8, 9, 10]])
    found = build_reward(kind, detokenise)(ids, references)
    assert float(found[0]) == pytest.approx(score("the ca", ["the cat"]).score / 100, rel=1e-5)


def test_chrf_of_ids_is_refused():
    with pytest.raises(UserError, match="use bleu"):
        build_reward("chrf")


def test_it_runs_in_a_graph():
    reward = tf.function(build_reward("bleu"))
    assert reward(REFERENCES, REFERENCES).numpy()[0] == pytest.approx(1)
