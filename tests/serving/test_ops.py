"""Which ops of a SavedModel the official TF Serving has not."""

import tensorflow as tf
import tensorflow_text as tf_text
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel
from tensorflow.python.framework import op_def_registry

from serving.ops import PYTHON_OPS, TEXT_OPS, foreign_ops, ops_of


def save(folder, function):
    module = tf.Module()
    module.serve = tf.function(function, input_signature=[tf.TensorSpec([None], tf.string)])
    tf.saved_model.save(module, str(folder), signatures=module.serve)
    return folder


def test_ops_inside_loops_and_branches_are_found(tmp_path):
    def function(text):
        for _ in tf.range(3):
            if tf.size(text) > 1:
                text = tf.strings.upper(text)
        return text

    ops = ops_of(save(tmp_path, function))
    graph = SavedModel.FromString((tmp_path / "saved_model.pb").read_bytes()).meta_graphs[0]
    assert "StringUpper" not in {node.op for node in graph.graph_def.node}
    assert {"StringUpper", "StatelessWhile", "StatelessIf"} <= ops


def test_ops_of_tensorflow_and_of_the_linked_tf_text_are_no_foreign_ones(toy_base, tmp_path):
    assert foreign_ops(toy_base / "1") == []
    assert foreign_ops(save(tmp_path, tf_text.normalize_utf8)) == []


def test_a_graph_of_tensorflow_1_can_be_read(tf1_base):
    assert foreign_ops(tf1_base / "123") == []
    assert "ParseExampleV2" in ops_of(tf1_base / "123")


def test_an_op_that_tf_text_got_later_is_foreign(tmp_path):
    def function(text):
        trimmer = tf_text.RoundRobinTrimmer(max_seq_length=4)
        return trimmer.trim([tf.strings.split(text)])[0].to_tensor()

    assert foreign_ops(save(tmp_path, function)) == ["TFText>RoundRobinTrim"]


def test_python_in_the_graph_is_foreign(tmp_path):
    def function(text):
        return tf.numpy_function(lambda x: x, [text], tf.string)

    assert foreign_ops(save(tmp_path, function)) == ["PyFunc"]


def test_the_lists_name_registered_ops():
    """A misspelt name would allow nothing; TF-Text's ops are none of TensorFlow's own."""
    assert set(dir(tf.raw_ops)) >= PYTHON_OPS
    assert not TEXT_OPS & set(dir(tf.raw_ops))
    assert all(op_def_registry.get(name) for name in TEXT_OPS)
