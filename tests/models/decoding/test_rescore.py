import numpy as np
import tensorflow as tf

from foundation.vocabulary import END, PAD
from models.decoding import rescore
from tests.models.decoding.machines import TableTranslator, random_tables, score


def test_translations_are_scored_by_the_chain_rule():
    tables = random_tables(4, count=2)
    sources = tf.constant([[4, 5, END], [5, END, PAD]])
    targets = [[(4, 1, END), (5, 5, 5)], [(END,), ()]]
    padded = [[(*ids, *[PAD] * (4 - len(ids))) for ids in row] for row in targets]
    expected = [[score(tables[source], ids) for ids in row] for source, row in enumerate(targets)]
    for dtype in (tf.int32, tf.int64):
        scores = rescore(TableTranslator(tables), sources, tf.constant(padded, dtype))
        np.testing.assert_allclose(scores, expected, rtol=1e-5)
