"""Tiny SavedModels with every kind of signature that the server has to carry."""

from pathlib import Path

import tensorflow as tf

FLOATS = tf.TensorSpec([None], tf.float32)
TEXTS = tf.TensorSpec([None], tf.string)


def signature(**specs: tf.TensorSpec):
    """A tf.function whose inputs have these names and specs."""

    def wrap(function):
        named = [tf.TensorSpec(spec.shape, spec.dtype, name) for name, spec in specs.items()]
        return tf.function(function, input_signature=named)

    return wrap


def _parse(inputs: tf.Tensor) -> tf.Tensor:
    feature = tf.io.FixedLenSequenceFeature([], tf.float32, allow_missing=True, default_value=0.0)
    return tf.io.parse_example(inputs, {"x": feature})["x"]


class Toy(tf.Module):
    """A pretended translator (upper case) and arithmetic; `version` shows in its answers."""

    def __init__(self, version: int):
        super().__init__()
        self.version = tf.Variable(float(version))

    @signature(text=TEXTS)
    def serving_default(self, text):
        scores = -tf.cast(tf.strings.length(text, unit="UTF8_CHAR"), tf.float32) / 8.0
        return {"translation": tf.strings.upper(text, encoding="utf-8"), "score": scores}

    @signature(text=TEXTS)
    def nbest(self, text):
        upper = tf.strings.upper(text, encoding="utf-8")
        lower = tf.strings.lower(text, encoding="utf-8")
        rows = tf.stack([upper, lower, text], axis=1)
        scores = tf.broadcast_to(tf.constant([[-0.5, -1.5, -3.0]]), tf.shape(rows))
        return {"translations": rows, "scores": scores}

    @signature(text=TEXTS)
    def explain(self, text):
        words = tf.strings.split(text)
        tokens = words.to_tensor(default_value=b"")
        length = tf.shape(tokens)[1]
        lengths = tf.cast(words.row_lengths(), tf.int32)
        attention = tf.broadcast_to(
            tf.eye(length) * 0.8 + 0.2 / tf.cast(tf.maximum(length, 1), tf.float32),
            [tf.shape(text)[0], length, length],
        )
        return {
            "source_tokens": tokens,
            "source_lengths": lengths,
            "output_tokens": tf.strings.upper(tokens),
            "output_lengths": lengths,
            "attention": attention,
        }

    @signature(text=TEXTS)
    def card(self, text):
        return {"card": tf.fill(tf.shape(text), '{"bleu": 31.44, "bleu_signature": "nrefs:1"}')}

    @signature(x=FLOATS)
    def halve(self, x):
        return {"y": x / 2.0 + self.version}

    @signature(x=tf.TensorSpec(None, tf.float32))
    def identity(self, x):
        return {"y": tf.identity(x)}

    @signature(x=tf.TensorSpec([None], tf.float64))
    def identity_double(self, x):
        return {"y": tf.identity(x)}

    @signature(a=FLOATS, b=FLOATS)
    def arithmetic(self, a, b):
        return {"sum": a + b, "difference": a - b}

    @signature(a=tf.TensorSpec([], tf.float32), b=tf.TensorSpec([], tf.float32))
    def scalars(self, a, b):
        return {"sum": a + b, "product": a * b}

    @tf.function(input_signature=[])
    def constant(self):
        return {"version": tf.identity(self.version)}

    @signature(
        f64=tf.TensorSpec([None], tf.float64),
        i8=tf.TensorSpec([None], tf.int8),
        i16=tf.TensorSpec([None], tf.int16),
        i32=tf.TensorSpec([None], tf.int32),
        i64=tf.TensorSpec([None], tf.int64),
        u8=tf.TensorSpec([None], tf.uint8),
        u32=tf.TensorSpec([None], tf.uint32),
        u64=tf.TensorSpec([None], tf.uint64),
        flag=tf.TensorSpec([None], tf.bool),
        text=TEXTS,
    )
    def echo(self, f64, i8, i16, i32, i64, u8, u32, u64, flag, text):
        inputs = {"f64": f64, "i8": i8, "i16": i16, "i32": i32, "i64": i64, "u8": u8}
        inputs |= {"u32": u32, "u64": u64, "flag": flag, "text": text}
        return {f"{name}_out": tf.identity(value) for name, value in inputs.items()}

    @signature(x=tf.TensorSpec([None], tf.int32))
    def integers(self, x):
        return {"y": x * 2}

    @signature(x=tf.TensorSpec([None], tf.bool))
    def booleans(self, x):
        return {"y": tf.logical_not(x)}

    @signature(x=tf.TensorSpec([None], tf.float16))
    def halves(self, x):
        return {"y": x * 2}

    @signature(x=tf.TensorSpec([None], tf.complex64))
    def complexes(self, x):
        return {"y": x}

    @signature(data=TEXTS)
    def encode(self, data):
        return {"data_bytes": tf.identity(data), "size": tf.strings.length(data)}

    @signature(x=FLOATS)
    def uneven(self, x):
        return {"short": x, "long": tf.concat([x, x], axis=0)}

    @signature(x=FLOATS)
    def total(self, x):
        return {"sum": tf.reduce_sum(x)}

    @signature(x=FLOATS)
    def refuse(self, x):
        with tf.control_dependencies([tf.debugging.assert_less(x, 0.0, message="not negative")]):
            return {"y": tf.identity(x)}

    @signature(seconds=FLOATS)
    def wait(self, seconds):
        end = tf.timestamp() + tf.cast(seconds[0], tf.float64)
        spins = tf.while_loop(lambda i: tf.timestamp() < end, lambda i: [i + 1], [tf.constant(0)])
        with tf.control_dependencies(spins):
            return {"version": tf.fill(tf.shape(seconds), self.version)}

    @signature(inputs=TEXTS)
    def classify(self, inputs):
        x = _parse(inputs)
        labels = tf.broadcast_to(tf.constant([["cat", "dog"]]), [tf.shape(x)[0], 2])
        total = tf.reduce_sum(x, axis=1)
        return {"classes": labels, "scores": tf.stack([total, -total], axis=1)}

    @signature(inputs=TEXTS)
    def classify_scores(self, inputs):
        return {"scores": _parse(inputs)}

    @signature(inputs=TEXTS)
    def classify_classes(self, inputs):
        return {"classes": tf.strings.as_string(_parse(inputs), precision=1)}

    @signature(inputs=TEXTS)
    def classify_vector(self, inputs):
        return {"scores": tf.reduce_sum(_parse(inputs), axis=1)}

    @signature(inputs=TEXTS)
    def regress(self, inputs):
        return {"outputs": tf.reduce_sum(_parse(inputs), axis=1) + self.version}

    @signature(inputs=TEXTS)
    def regress_column(self, inputs):
        return {"outputs": tf.reduce_sum(_parse(inputs), axis=1, keepdims=True)}

    @signature(inputs=TEXTS)
    def regress_matrix(self, inputs):
        return {"outputs": tf.tile(_parse(inputs)[:, :1], [1, 2])}


def save_toy(base_path: Path, version: int) -> Path:
    """Saves a Toy as `base_path/version`."""
    toy = Toy(version)
    signatures = {
        name: member
        for name in dir(Toy)
        if hasattr(member := getattr(toy, name), "get_concrete_function")
    }
    path = base_path / str(version)
    tf.saved_model.save(toy, str(path), signatures=signatures)
    return path


def save_small(base_path: Path, version: int, folder: str | None = None) -> Path:
    """Saves a model of one signature: y = x / 2 + version."""
    module = tf.Module()
    module.version = tf.Variable(float(version))
    halve = tf.function(
        lambda x: {"y": x / 2.0 + module.version},
        input_signature=[tf.TensorSpec([None], tf.float32, "x")],
    )
    path = base_path / (folder or str(version))
    tf.saved_model.save(module, str(path), signatures=halve)
    return path


def save_tf1(base_path: Path, version: int) -> Path:
    """Saves a graph as TensorFlow 1 did: y = x / 2 + 2, with method names that fit."""
    v1 = tf.compat.v1
    path = base_path / str(version)
    with tf.Graph().as_default(), v1.Session() as session:
        half = v1.get_variable("half", initializer=0.5, use_resource=False)
        serialised = v1.placeholder(tf.string, [None], name="examples")
        parsed = v1.io.parse_example(
            serialised, {"x": tf.io.FixedLenFeature([1], tf.float32, [0.0])}
        )["x"]
        x = tf.identity(parsed, name="x")
        y = tf.add(half * x, 2.0, name="y")
        session.run(v1.global_variables_initializer())
        definitions = v1.saved_model.signature_def_utils
        info = v1.saved_model.build_tensor_info
        builder = v1.saved_model.Builder(str(path))
        builder.add_meta_graph_and_variables(
            session,
            ["serve"],
            signature_def_map={
                "serving_default": definitions.predict_signature_def({"x": x}, {"y": y}),
                "classify_x": definitions.build_signature_def(
                    {"inputs": info(serialised)},
                    {"scores": info(y)},
                    "tensorflow/serving/classify",
                ),
                "regress_x": definitions.build_signature_def(
                    {"inputs": info(serialised)}, {"outputs": info(y)}, "tensorflow/serving/regress"
                ),
            },
        )
        builder.save()
    return path
