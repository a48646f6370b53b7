"""The registered model as MLflow loads it: texts in, translations out.

MLflow stores this file with the model and runs it in processes that have TensorFlow and
TF-Text but not this project, so it imports nothing of it.
"""

import mlflow
import pandas
import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops of the exported graph


class Translator(mlflow.pyfunc.PythonModel):
    """Calls the SavedModel's ``serving_default`` signature."""

    def load_context(self, context):
        """Load the SavedModel. MLflow passes ``context`` by this name only."""
        loaded = tf.saved_model.load(context.artifacts["saved_model"])
        # The signature does not keep its SavedModel alive.
        self._loaded = loaded
        self._signature = loaded.signatures["serving_default"]

    def predict(self, context, model_input, params=None):
        """Translate a list of texts or the only column of a data frame."""
        if isinstance(model_input, pandas.DataFrame):
            model_input = model_input.iloc[:, 0].tolist()
        answer = self._signature(text=tf.constant(list(model_input), tf.string))
        return pandas.DataFrame(
            {
                "translation": [t.decode("utf-8") for t in answer["translation"].numpy()],
                "score": answer["score"].numpy(),
            }
        )


mlflow.models.set_model(Translator())
