"""Transform: raw pairs to ids, with the one tokeniser inside the transform graph."""

import json
from pathlib import Path
from typing import Any

import tensorflow as tf
from tfx import v1 as tfx
from tfx.components.transform.executor import Executor as TransformExecutor
from tfx.dsl.components.base import executor_spec
from tfx.types.channel import BaseChannel
from tfx.types.component_spec import ChannelParameter

from components.artifacts import SubwordModel
from foundation.examples import SOURCE, SOURCE_IDS, TARGET, TARGET_IDS
from models.subwords import tokenise

SUBWORDS = "subwords"
# What Transform reads of a pair.
PAIR_SCHEMA = Path(__file__).with_name("pair_schema.pbtxt").resolve()


def preprocessing_fn(inputs: dict[str, tf.Tensor], custom_config: dict[str, Any]) -> dict:
    """Tokenise both sides.

    Args:
        inputs: SOURCE and TARGET, string, [B, 1]
        custom_config: under SUBWORDS the folder of the SentencePiece models

    Returns:
        SOURCE_IDS and TARGET_IDS, sparse int64, [B, (S)] and [B, (T)]
    """
    folder = Path(custom_config[SUBWORDS])
    sides = ((SOURCE, SOURCE_IDS, "source.model"), (TARGET, TARGET_IDS, "target.model"))
    return {
        ids: tokenise(tf.reshape(inputs[text], [-1]), (folder / model).read_bytes()).to_sparse()
        for text, ids, model in sides
    }


class SubwordTransformExecutor(TransformExecutor):
    """TFX's executor, which hands the folder of the subword models to preprocessing_fn."""

    def Do(self, input_dict, output_dict, exec_properties):  # noqa: N802
        """See BaseExecutor."""
        inputs = dict(input_dict)
        [subwords] = inputs.pop(SUBWORDS)
        custom_config = json.loads(exec_properties["custom_config"]) | {SUBWORDS: subwords.uri}
        super().Do(
            inputs, output_dict, exec_properties | {"custom_config": json.dumps(custom_config)}
        )


class SubwordTransform(tfx.components.Transform):
    """TFX's Transform with one more input: the subword models.

    Args:
        examples: raw sentence pairs
        schema: their schema
        subwords: a SubwordModel channel
        code: the fingerprint of this module
    """

    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(SubwordTransformExecutor)

    def __init__(
        self, examples: BaseChannel, schema: BaseChannel, subwords: BaseChannel, code: str
    ):
        super().__init__(
            examples=examples,
            schema=schema,
            preprocessing_fn=f"{__name__}.{preprocessing_fn.__name__}",
            custom_config={"code": code},
            # They count every distinct sentence, in memory that grows with the corpus; what is
            # worth watching is in PairStatistics.
            disable_statistics=True,
        )
        # The base class fixes its inputs in the specification; a subclass of that is refused.
        self.spec.INPUTS = {**self.spec.INPUTS, SUBWORDS: ChannelParameter(type=SubwordModel)}
        self.spec.inputs[SUBWORDS] = subwords
