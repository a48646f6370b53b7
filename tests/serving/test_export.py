import json

import pytest
import tensorflow as tf
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from foundation.examples import SOURCE
from serving.export import INFORMATION, WARM_UP, WARMED, export
from tests.serving.echo import Echo


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


def test_the_card_says_what_the_model_is(signatures):
    answer = signatures["card"](text=tf.constant(["", "x"]))
    assert [json.loads(card) for card in answer["card"].numpy()] == [
        {"languages": {"source": "en"}}
    ] * 2


def test_warm_up_requests_can_be_replayed(folder, signatures):
    records = tf.data.TFRecordDataset(str(folder / "assets.extra" / WARM_UP))
    requests = [
        PredictionLog.FromString(record).predict_log.request
        for record in records.as_numpy_iterator()
    ]
    assert [request.model_spec.signature_name for request in requests] == list(WARMED)
    for request in requests:
        inputs = {name: tf.constant(tf.make_ndarray(t)) for name, t in request.inputs.items()}
        signatures[request.model_spec.signature_name](**inputs)
