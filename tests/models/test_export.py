"""Translators exported, and loaded again in one fresh process."""

import subprocess
import sys

import numpy as np
import tensorflow as tf

from foundation.vocabulary import END, PAD
from models.config import ModelConfig, TranslatorSpec
from models.decoding import DecodingConfig, build_search
from models.translator import build_translator

MODELS = {
    "plain": {},
    "lstm_coverage": {
        "cell": "lstm",
        "attention": "general",
        "coverage": True,
        "decoder": {"input_feeding": True},
    },
    "simple_none": {"cell": "simple", "attention": "none", "tying": "all"},
    "multi_head_sum": {
        "attention": "multi_head",
        "attention_heads": 2,
        "encoder": {"merge": "sum", "layer_norm": True},
        "dropout": {"inputs": 0.2, "outputs": 0.2, "recurrent": 0.2},
    },
    "transformer": {"family": "transformer", "transformer": {"layers": 1, "feed_forward": 12}},
}
SOURCE = np.array([[4, 5, 6, END], [7, END, PAD, PAD], [PAD] * 4])

# Knows nothing of this project.
FRESH_PROCESS = """
import sys
import numpy as np
import tensorflow as tf

source = tf.constant(np.load(sys.argv[1]))
for folder in sys.argv[2:]:
    loaded = tf.saved_model.load(folder)
    found = loaded.search(source)
    np.savez(folder + ".npz", **{name: tensor.numpy() for name, tensor in found.items()})
assert "models" not in sys.modules
"""


class Exported(tf.Module):
    """A search in a graph. It holds the bare variables, since tracking a Keras model as well would
    write each of them twice."""

    def __init__(self, translator):
        super().__init__()
        self._variables = [variable.value for variable in translator.variables]
        search = build_search(DecodingConfig(strategy="greedy", maximum_length=5))

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int64)])
        def searched(source_ids):
            return search(translator, source_ids)._asdict()

        self.search = searched


def test_exported_and_loaded_in_a_fresh_process_they_are_equal(tmp_path):
    expected = {}
    for name, keys in MODELS.items():
        config = ModelConfig.model_validate({"units": 8, "embedding": 8, **keys})
        translator = build_translator(
            TranslatorSpec(model=config, source_vocabulary=9, target_vocabulary=9)
        )
        exported = Exported(translator)
        expected[name] = exported.search(tf.constant(SOURCE))
        tf.saved_model.save(exported, str(tmp_path / name))
    np.save(tmp_path / "source.npy", SOURCE)
    folders = [str(tmp_path / name) for name in MODELS]
    subprocess.run(
        [sys.executable, "-c", FRESH_PROCESS, str(tmp_path / "source.npy"), *folders],
        check=True,
        cwd=tmp_path,
        env={"PATH": "", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "2"},
        timeout=240,
    )
    for name, hypotheses in expected.items():
        with np.load(tmp_path / f"{name}.npz") as found:
            for part, tensor in hypotheses.items():
                np.testing.assert_allclose(found[part], tensor, atol=1e-5, err_msg=f"{name} {part}")
