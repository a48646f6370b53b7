"""Tensors on the wire: `TensorProto` to NumPy and back, in typed fields as TF Serving writes."""

import math

import numpy as np
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from serving.status import invalid

_FIELDS = {
    tf.float32: "float_val",
    tf.float64: "double_val",
    tf.int8: "int_val",
    tf.int16: "int_val",
    tf.int32: "int_val",
    tf.uint8: "int_val",
    tf.uint16: "int_val",
    tf.int64: "int64_val",
    tf.uint32: "uint32_val",
    tf.uint64: "uint64_val",
    tf.bool: "bool_val",
    tf.string: "string_val",
}
_PACKED = (tf.float16, tf.bfloat16)
_COMPLEX = (tf.complex64, tf.complex128)
_KNOWN = {dtype.as_datatype_enum for dtype in (*_FIELDS, *_PACKED, *_COMPLEX)}


def decode(name: str, proto: TensorProto, max_elements: int) -> np.ndarray:
    """The array in a message; strings become an object array of bytes.

    A message may give fewer values than the shape asks for, the last one standing for the rest,
    so a small message can ask for a huge tensor: `max_elements` bounds that.

    Raises:
        ServingError: INVALID_ARGUMENT where type, shape and values do not make a tensor.
    """
    if proto.dtype not in _KNOWN:
        raise invalid(f"Tensor {name} is of a type that cannot be sent: {proto.dtype}")
    if proto.tensor_shape.unknown_rank or any(size.size < 0 for size in proto.tensor_shape.dim):
        raise invalid(f"Tensor {name} has no complete shape")
    elements = math.prod(size.size for size in proto.tensor_shape.dim)
    if elements > max_elements:
        raise invalid(f"Tensor {name} has {elements} elements; the limit is {max_elements}")
    try:
        return tf.make_ndarray(proto)
    except (TypeError, ValueError) as error:
        raise invalid(f"Tensor {name} is malformed: {error}") from error


def encode(array: np.ndarray) -> TensorProto:
    """The message of an array, its values in the field of its type (not in `tensor_content`)."""
    dtype = tf.as_dtype(array.dtype) if array.dtype != object else tf.string
    proto = TensorProto(dtype=dtype.as_datatype_enum)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    proto.tensor_shape.SetInParent()
    if dtype in _FIELDS:
        getattr(proto, _FIELDS[dtype]).extend(array.ravel().tolist())
    elif dtype in _PACKED:
        proto.half_val.extend(array.ravel().view(np.uint16).tolist())
    elif dtype in _COMPLEX:
        field = proto.scomplex_val if dtype == tf.complex64 else proto.dcomplex_val
        for value in array.ravel().tolist():
            field.extend((value.real, value.imag))
    else:
        raise invalid(f"Cannot write a tensor of type {dtype.name}")
    return proto
