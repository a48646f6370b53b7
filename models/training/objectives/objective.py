"""What an objective is: from a batch to a sum whose gradient makes the update."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import tensorflow as tf


class Outcome(NamedTuple):
    """Scalars of a batch, all of them sums, so that parts of a batch add up.

    loss: what is differentiated; divided by ``weight`` after all parts are summed.
    weight: tokens or sentences, int32.
    measures: what reports are made of; each ratio is taken where it is reported.
    """

    loss: tf.Tensor
    weight: tf.Tensor
    measures: Mapping[str, tf.Tensor]


Objective = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], Outcome]
"""(source_ids [B, S], target_ids [B, T], update as int32 []) to an Outcome."""
