import numpy as np
import tensorflow as tf

from models.decoding import DecodingConfig
from models.decoding.limits import length_limits


def test_the_limit_is_the_lesser_of_the_absolute_and_the_relative_one():
    config = DecodingConfig(maximum_length=12, maximum_ratio=1.5, maximum_offset=3)
    mask = tf.sequence_mask([0, 1, 4, 6, 40], 50)
    expected = [min(12, int(1.5 * length + 3)) for length in (0, 1, 4, 6, 40)]
    np.testing.assert_array_equal(length_limits(config, mask), expected)


def test_the_minimum_wins_over_the_relative_limit():
    config = DecodingConfig(minimum_length=8, maximum_ratio=1.0, maximum_offset=1)
    np.testing.assert_array_equal(length_limits(config, tf.ones([1, 2], tf.bool)), [8])
