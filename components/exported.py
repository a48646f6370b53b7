"""Translating with an exported model in this process, through its public signature."""

from pathlib import Path

import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops of the exported graph


class ExportedTranslator:
    """A SavedModel called as a client would: texts in, translations and scores out.

    Args:
        folder: the SavedModel
    """

    def __init__(self, folder: Path | str):
        self._loaded = tf.saved_model.load(str(folder))
        self._signature = self._loaded.signatures["serving_default"]

    def translate(self, texts: list[str]) -> list[str]:
        """The best translation of every text."""
        return self.translate_with_scores(texts)[0]

    def translate_with_scores(self, texts: list[str]) -> tuple[list[str], list[float]]:
        """The best translations and their log-probabilities."""
        answer = self._signature(text=tf.constant(texts, tf.string))
        translations = [text.decode("utf-8") for text in answer["translation"].numpy()]
        return translations, answer["score"].numpy().tolist()
