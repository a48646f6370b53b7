"""Examples and TFRecords against TensorFlow's own classes."""

import io

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from components.shards import RecordWriter, read_records, shard_path, shard_paths
from components.wire import decode_example, encode_example, frame, frames

FEATURES = st.dictionaries(st.text(max_size=8), st.binary(max_size=300), max_size=5)


def tensorflows(features: dict[str, bytes]) -> bytes:
    example = tf.train.Example(
        features=tf.train.Features(
            feature={
                name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[content]))
                for name, content in features.items()
            }
        )
    )
    return example.SerializeToString(deterministic=True)


@settings(max_examples=200, deadline=None)
@given(features=FEATURES)
def test_tensorflow_reads_what_we_write(features):
    example = tf.train.Example.FromString(encode_example(features))
    found = {
        name: list(feature.bytes_list.value) for name, feature in example.features.feature.items()
    }
    assert found == {name: [content] for name, content in features.items()}


@settings(max_examples=200, deadline=None)
@given(features=FEATURES)
def test_we_read_what_tensorflow_writes(features):
    assert decode_example(tensorflows(features)) == features


def test_a_long_text():
    features = {"source": b"x" * 3_000_000, "target": b""}
    assert encode_example(features) == tensorflows(features)
    assert decode_example(encode_example(features)) == features


def test_numbers_are_refused():
    number = tf.train.Feature(float_list=tf.train.FloatList(value=[1.0]))
    example = tf.train.Example(features=tf.train.Features(feature={"a": number}))
    with pytest.raises(ValueError, match="not an Example of byte strings"):
        decode_example(example.SerializeToString())


def test_shards_are_tfrecords(tmp_path):
    records = [b"", b"a", b"b" * 100_000, *(b"%d" % i for i in range(3000))]
    path = shard_path(str(tmp_path), "train", 7)
    with RecordWriter(path) as writer:
        for record in records:
            writer.write(record)
    assert writer.count == len(records)
    assert list(read_records(path)) == records
    assert list(tf.data.TFRecordDataset(path, "GZIP").as_numpy_iterator()) == records
    assert shard_paths(str(tmp_path), "train") == [path]
    assert shard_paths(str(tmp_path), "test") == []


@pytest.mark.parametrize("cut", [1, 5, 13, 20])
def test_damaged_frames(cut):
    content = frame(b"some record") + frame(b"another")
    with pytest.raises(ValueError, match="damaged"):
        list(frames(io.BytesIO(content[:-cut])))
    broken = bytearray(content)
    broken[cut] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        list(frames(io.BytesIO(bytes(broken))))
