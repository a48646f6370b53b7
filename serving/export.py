"""Writing a translator as a SavedModel: raw text in, raw text out.

The signatures: ``serving_default`` (the best translation), ``nbest``, ``explain`` (pieces and
attention) and ``serve_examples`` (serialised tf.train.Example). The graph holds TensorFlow and
TF-Text ops only.
"""

import json
from pathlib import Path
from typing import Any

import tensorflow as tf

from foundation.examples import SOURCE

INFORMATION = "translator.json"


class TranslatorModule(tf.Module):
    """The exported object: a text translator behind serving signatures.

    Args:
        text_translator: has ``translate(text [B])``, returning text [B, N], scores [B, N],
            source_ids [B, S], output_ids [B, N, T], attention [B, N, T, S] and truncated [B],
            and ``source_pieces(ids)``, ``target_pieces(ids)``
    """

    def __init__(self, text_translator: Any):
        super().__init__()
        self._text_translator = text_translator

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def serving_default(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """text [B] → translation [B], score [B]."""
        found = self._text_translator.translate(text)
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
        found = self._text_translator.translate(text)
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


def export(text_translator: Any, folder: Path, information: dict[str, Any]) -> None:
    """Write the SavedModel, with ``information`` as JSON in ``assets.extra/translator.json``.

    Args:
        text_translator: see :class:`TranslatorModule`
        folder: receives the SavedModel
        information: languages, configuration and whatever else travels with the model
    """
    module = TranslatorModule(text_translator)
    signatures = {
        name: getattr(module, name)
        for name in ("serving_default", "nbest", "explain", "serve_examples")
    }
    tf.saved_model.save(module, str(folder), signatures=signatures)
    extra = folder / "assets.extra"
    extra.mkdir()
    (extra / INFORMATION).write_text(json.dumps(information, indent=2, ensure_ascii=False))


def _blank_padding(tokens: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
    return tf.where(ids == 0, "", tokens)
