import json
from typing import NamedTuple

import pytest
import tensorflow as tf

from foundation.examples import SOURCE
from serving.export import INFORMATION, export


class Found(NamedTuple):
    text: tf.Tensor
    scores: tf.Tensor
    source_ids: tf.Tensor
    output_ids: tf.Tensor
    attention: tf.Tensor
    truncated: tf.Tensor


class Echo(tf.Module):
    """Translates a text to itself in upper and in lower case."""

    def translate(self, text):
        length = tf.cast(tf.strings.length(text, "UTF8_CHAR"), tf.int64)
        ids = tf.ragged.range(1, length + 1).to_tensor()
        return Found(
            text=tf.stack([tf.strings.upper(text), tf.strings.lower(text)], axis=1),
            scores=tf.tile([[-1.0, -2.0]], [tf.size(text), 1]),
            source_ids=ids,
            output_ids=tf.stack([ids, ids], axis=1),
            attention=tf.zeros([tf.size(text), 2, tf.shape(ids)[1], tf.shape(ids)[1]]),
            truncated=length > 3,
        )

    def source_pieces(self, ids):
        return tf.strings.as_string(ids)

    def target_pieces(self, ids):
        return tf.strings.join([tf.strings.as_string(ids), "!"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "1"
    export(Echo(), folder, {"languages": {"source": "en"}})
    return folder


@pytest.fixture(scope="module")
def signatures(folder):
    loaded = tf.saved_model.load(str(folder))
    yield loaded.signatures


def test_serving_default_gives_the_best_translation(signatures):
    answer = signatures["serving_default"](text=tf.constant(["Ab", "c"]))
    assert answer["translation"].numpy().tolist() == [b"AB", b"C"]
    assert answer["score"].numpy().tolist() == [-1.0, -1.0]


def test_nbest_gives_all(signatures):
    answer = signatures["nbest"](text=tf.constant(["Ab", "cdef"]))
    assert answer["translations"].numpy().tolist() == [[b"AB", b"ab"], [b"CDEF", b"cdef"]]
    assert answer["scores"].shape == (2, 2)
    assert answer["truncated"].numpy().tolist() == [False, True]


def test_explain_gives_pieces_without_padding(signatures):
    answer = signatures["explain"](text=tf.constant(["ab", "c"]))
    assert answer["source_tokens"].numpy().tolist() == [[b"1", b"2"], [b"1", b""]]
    assert answer["output_tokens"].numpy().tolist() == [[b"1!", b"2!"], [b"1!", b""]]
    assert answer["attention"].shape == (2, 2, 2)


def test_serve_examples_reads_the_source_feature(signatures):
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"ab"]))
    example = tf.train.Example(features=tf.train.Features(feature={SOURCE: feature}))
    answer = signatures["serve_examples"](examples=tf.constant([example.SerializeToString()]))
    assert answer["translation"].numpy().tolist() == [b"AB"]


def test_information_travels_with_the_model(folder):
    text = (folder / "assets.extra" / INFORMATION).read_text()
    assert json.loads(text) == {"languages": {"source": "en"}}
