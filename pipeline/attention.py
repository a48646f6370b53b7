"""``make attention``: the picture of what a served model looked at for one sentence."""

from pathlib import Path

import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops of the exported graph

from components.blessing import newest_version
from components.figures import attention_map
from foundation.console import say
from foundation.errors import UserError


def draw_attention(served: Path, text: str, picture: Path) -> None:
    """Translate ``text`` with the newest pushed model and draw its attention.

    Args:
        served: the folder of pushed versions
        text: the source sentence
        picture: receives the PNG

    Raises:
        UserError: nothing has been pushed, or the model has no attention.
    """
    version = newest_version(served)
    if version is None:
        raise UserError(f"{served} holds no model: make run first.")
    loaded = tf.saved_model.load(str(version))
    answer = loaded.signatures["explain"](text=tf.constant([text]))
    source = [token.decode() for token in answer["source_tokens"][0].numpy()]
    output = [token.decode() for token in answer["output_tokens"][0].numpy() if token]
    weights = answer["attention"][0, : len(output)].numpy()
    if not weights.any():
        raise UserError("this model has no attention to draw: model.attention is none.")
    picture.parent.mkdir(parents=True, exist_ok=True)
    attention_map(source, output, weights).savefig(picture, dpi=110)
    say(f"{answer['translation'][0].numpy().decode()}\n{picture}")
