"""Tensors to messages and back."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from serving import tensor_protos
from serving.status import ServingError

DTYPES = [np.float32, np.float64, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16]
DTYPES += [np.uint32, np.uint64, np.bool_, np.float16, np.complex64, np.complex128]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0)))
)
def test_any_array_survives_the_wire(array):
    proto = tensor_protos.encode(array)
    assert not proto.tensor_content
    for decoded in (tensor_protos.decode("x", proto, 10**6), tf.make_ndarray(proto)):
        assert decoded.dtype == array.dtype
        np.testing.assert_array_equal(decoded, array)


def test_bytes_survive_the_wire():
    array = np.array([[b"\0\xff", b""]], dtype=object)
    decoded = tensor_protos.decode("x", tensor_protos.encode(array), 10)
    assert decoded.dtype == object
    assert decoded.tolist() == array.tolist()


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.float32, hnp.array_shapes()))
def test_what_tensorflow_writes_is_read(array):
    proto = tf.make_tensor_proto(array)
    np.testing.assert_array_equal(tensor_protos.decode("x", proto, 10**6), array)


def test_one_value_stands_for_all_up_to_the_limit():
    proto = tf.make_tensor_proto(np.float32(3))
    proto.tensor_shape.dim.add(size=4)
    assert tensor_protos.decode("x", proto, 4).tolist() == [3.0] * 4
    with pytest.raises(ServingError, match="has 4 elements; the limit is 3"):
        tensor_protos.decode("x", proto, 3)
