"""Translators exported from text to text, and loaded by the Session loader in a fresh process."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from models.config import ModelConfig, TranslatorSpec
from models.decoding import DecodingConfig, build_search
from models.subwords import vocabulary_size
from models.text_translator import SubwordPair, TextTranslator
from models.translator import build_translator
from serving.export import export
from serving.ops import foreign_ops
from tests.subword_models import SENTENCES, train_subwords

MODELS = {
    "lstm_coverage": {
        "cell": "lstm",
        "attention": "general",
        "coverage": True,
        "decoder": {"input_feeding": True},
    },
    "simple_none_int8": {
        "cell": "simple",
        "attention": "none",
        "tying": "all",
        "weights": "int8",
    },
    "multi_head_sum_bfloat16": {
        "attention": "multi_head",
        "attention_heads": 2,
        "encoder": {"merge": "sum", "layer_norm": True},
        "dropout": {"inputs": 0.2, "outputs": 0.2, "recurrent": 0.2},
        "weights": "bfloat16",
    },
    "transformer": {"family": "transformer", "transformer": {"layers": 1, "feed_forward": 12}},
}
UNUSUAL = ["", "   ", "Hund " * 2000, "\N{DOG FACE}\N{ZERO WIDTH JOINER}", "مرحبا", "a\0b", "\0"]
LIMIT = 20
TEXTS = [*SENTENCES[:2], *UNUSUAL]

# Knows nothing of this project; loads as saved_model_cli and TF Serving do.
FRESH_PROCESS = """
import sys
import numpy as np
import tensorflow as tf
import tensorflow_text

texts = np.load(sys.argv[1], allow_pickle=True)
for folder in sys.argv[2:]:
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta_graph = tf.compat.v1.saved_model.load(session, ["serve"], folder)
        found = {}
        for name in ("nbest", "serving_default"):
            signature = meta_graph.signature_def[name]
            fetches = {name: output.name for name, output in signature.outputs.items()}
            found |= session.run(fetches, {signature.inputs["text"].name: texts})
    np.savez(folder + ".npz", **found)
assert not {"models", "serving"} & set(sys.modules)
"""


def text_translator(weights="float32", **keys) -> TextTranslator:
    tf.random.set_seed(3)
    subwords = train_subwords(vocabulary=60)
    config = ModelConfig.model_validate({"units": 8, "embedding": 8, **keys})
    size = vocabulary_size(subwords)
    spec = TranslatorSpec(model=config, source_vocabulary=size, target_vocabulary=size)
    search = build_search(DecodingConfig(beam=2, n_best=2, maximum_length=5))
    return TextTranslator(
        build_translator(spec), search, SubwordPair(subwords, subwords), 20, weights
    )


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """The folder of the exports, and what each translator answers in this process."""
    folder = tmp_path_factory.mktemp("exports")
    answers = {}
    for name, keys in MODELS.items():
        translator = text_translator(**keys)
        export(translator, folder / name, {"name": name})
        answers[name] = translator.translate(tf.constant(TEXTS))
    return folder, answers


def test_loaded_in_a_fresh_process_they_answer_every_text_equally(exports):
    folder, answers = exports
    np.save(folder / "texts.npy", np.array([text.encode() for text in TEXTS], dtype=object))
    subprocess.run(
        [sys.executable, "-c", FRESH_PROCESS, folder / "texts.npy", *(folder / n for n in answers)],
        check=True,
        cwd=folder,
        env={"PATH": "", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "2"},
        timeout=240,
    )
    for name, expected in answers.items():
        with np.load(folder / f"{name}.npz", allow_pickle=True) as found:
            assert found["translations"].tolist() == expected.text.numpy().tolist(), name
            np.testing.assert_allclose(found["scores"], expected.scores, atol=1e-5, err_msg=name)
            assert found["translation"].tolist() == expected.text[:, 0].numpy().tolist(), name
            np.testing.assert_allclose(found["score"], expected.scores[:, 0], atol=1e-5)


@pytest.mark.parametrize("name", MODELS)
def test_the_official_tf_serving_has_all_their_ops(exports, name):
    folder, _ = exports
    assert foreign_ops(folder / name) == []


def test_matrices_are_written_as_stored_and_not_a_second_time(exports):
    folder, _ = exports
    assert written_matrices(folder / "transformer") == {tf.float32}
    assert written_matrices(folder / "multi_head_sum_bfloat16") == {tf.bfloat16}
    assert written_matrices(folder / "simple_none_int8") == {tf.int8}


def written_matrices(folder) -> set[tf.DType]:
    """The types of the variables that have several columns."""
    variables = tf.train.load_checkpoint(folder / "variables" / "variables")
    shapes = variables.get_variable_to_shape_map()
    types = variables.get_variable_to_dtype_map()
    return {types[name] for name, shape in shapes.items() if len(shape) > 1 and shape[-1] > 1}
