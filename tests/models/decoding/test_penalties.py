import numpy as np
import tensorflow as tf

from models.decoding.penalties import coverage_penalty, length_penalty


def test_the_length_penalty_is_that_of_the_paper():
    lengths = np.array([1, 2, 7, 50])
    for alpha in (0.0, 0.6, 1.0, 2.0):
        expected = [(5 + length) ** alpha / (5 + 1) ** alpha for length in lengths]
        np.testing.assert_allclose(length_penalty(tf.constant(lengths), alpha), expected, rtol=1e-6)


def test_the_coverage_penalty_counts_what_was_not_attended_to():
    coverage = tf.constant([[0.5, 2.0, 0.25, 0.0], [1.0, 1.0, 1.0, 1.0]])
    mask = tf.constant([[True, True, True, False], [True, True, True, True]])
    expected = [0.3 * (np.log(0.5) + np.log(0.25)), 0.0]
    np.testing.assert_allclose(coverage_penalty(coverage, mask, 0.3), expected, rtol=1e-6)


def test_a_source_position_without_any_attention_costs_a_finite_penalty():
    penalty = coverage_penalty(tf.zeros([1, 1]), tf.ones([1, 1], tf.bool), 1.0)
    np.testing.assert_allclose(penalty, [np.log(1e-10)], rtol=1e-6)
