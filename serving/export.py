"""Writing a translator as a SavedModel: raw text in, raw text out.

The signatures: ``serving_default`` (the best translation), ``nbest``, ``explain`` (pieces and
attention), ``serve_examples`` (serialised tf.train.Example) and ``card`` (what the model is). The
graph holds TensorFlow and TF-Text ops only. Warm-up requests lie beside it, where TF Serving
looks for them, so that nobody waits for the first use of a signature.
"""

import json
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog, PredictLog

from foundation.examples import SOURCE

SIGNATURES = ("serving_default", "nbest", "explain", "serve_examples", "card")
WARMED = ("serving_default", "nbest", "explain")
INFORMATION = "translator.json"
WARM_UP = "tf_serving_warmup_requests"


class TranslatorModule(tf.Module):
    """The exported object: a text translator behind serving signatures.

    Args:
        text_translator: has ``translate(text [B])``, returning text [B, N], scores [B, N],
            source_ids [B, S], output_ids [B, N, T], attention [B, N, T, S] and truncated [B];
            ``best(text)``, the same with the first of the N at least; and
            ``source_pieces(ids)``, ``target_pieces(ids)``
        card: what the model is, as JSON
    """

    def __init__(self, text_translator: Any, card: str):
        super().__init__()
        self._text_translator = text_translator
        self._card = card

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def serving_default(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """text [B] → translation [B], score [B]."""
        found = self._text_translator.best(text)
        return {"translation": found.text[:, 0], "score": found.scores[:, 0]}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def nbest(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """text [B] → translations [B, N], scores [B, N], truncated [B]."""
        found = self._text_translator.translate(text)
        return {
            "translations": found.text,
            "scores": found.scores,
            "truncated": found.truncated,
        }

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def explain(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """text [B] → source_tokens [B, S], output_tokens [B, T], attention [B, T, S] and more.

        Padding is "" in the tokens and 0 in the attention.
        """
        found = self._text_translator.best(text)
        output_ids = found.output_ids[:, 0]
        return {
            "source_tokens": _blank_padding(
                self._text_translator.source_pieces(found.source_ids), found.source_ids
            ),
            "output_tokens": _blank_padding(
                self._text_translator.target_pieces(output_ids), output_ids
            ),
            "attention": found.attention[:, 0],
            "translation": found.text[:, 0],
            "score": found.scores[:, 0],
            "truncated": found.truncated,
        }

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "examples")])
    def serve_examples(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        """Serialised tf.train.Example [B] with a feature ``source`` → as serving_default."""
        parsed = tf.io.parse_example(examples, {SOURCE: tf.io.FixedLenFeature([], tf.string)})
        return self.serving_default(parsed[SOURCE])

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def card(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """text [B] → card [B], the same JSON for every text: a client over REST sees no files."""
        return {"card": tf.fill(tf.shape(text), self._card)}


def export(text_translator: Any, folder: Path, information: dict[str, Any]) -> None:
    """Write the SavedModel, with ``information`` as JSON in ``assets.extra/translator.json``.

    Args:
        text_translator: see :class:`TranslatorModule`
        folder: receives the SavedModel
        information: languages, configuration and whatever else travels with the model
    """
    text = json.dumps(information, indent=2, ensure_ascii=False)
    module = TranslatorModule(text_translator, text)
    signatures = {name: getattr(module, name) for name in SIGNATURES}
    tf.saved_model.save(module, str(folder), signatures=signatures)
    extra = folder / "assets.extra"
    extra.mkdir()
    (extra / INFORMATION).write_text(text)
    with tf.io.TFRecordWriter(str(extra / WARM_UP)) as writer:
        for name in WARMED:
            writer.write(_request(name).SerializeToString())


def _request(signature: str) -> PredictionLog:
    """A recorded request of one text, as TF Serving replays it after loading."""
    request = PredictRequest()
    request.model_spec.signature_name = signature
    request.inputs["text"].CopyFrom(tf.make_tensor_proto(["Warm up."], shape=[1]))
    return PredictionLog(predict_log=PredictLog(request=request))


def _blank_padding(tokens: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
    return tf.where(ids == 0, "", tokens)
