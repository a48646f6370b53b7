"""The only tokeniser: SentencePiece through TF-Text, the same ops in training and serving.

The ops are built anew inside every traced function, from the model's bytes: a SavedModel that
tracks two SentencePiece resources restores both from the first one's model.
"""

import tensorflow as tf
import tensorflow_text as tf_text

from foundation.vocabulary import END, UNKNOWN


def tokenise(text: tf.Tensor, model: bytes) -> tf.RaggedTensor:
    """Texts to ids of pieces, END last.

    Args:
        text: string, [B]
        model: a serialised SentencePiece model with the special ids of foundation.vocabulary

    Returns:
        int64, [B, (S)]; an empty text is [END].
    """
    tokeniser = tf_text.SentencepieceTokenizer(model=model, out_type=tf.int32, add_eos=True)
    return tf.cast(tokeniser.tokenize(text), tf.int64)


def detokenise(ids: tf.Tensor, model: bytes) -> tf.Tensor:
    """Ids of pieces to texts; padding, BEGIN and END are left out.

    Args:
        ids: integer, [B, T], right padded
        model: the serialised SentencePiece model

    Returns:
        string, [B]
    """
    tokeniser = tf_text.SentencepieceTokenizer(model=model, out_type=tf.int32)
    return tokeniser.detokenize(_pieces_only(ids))


def pieces(ids: tf.Tensor, model: bytes) -> tf.Tensor:
    """The piece of every id, as SentencePiece writes it ("▁" begins a word).

    Args:
        ids: integer, any shape
        model: the serialised SentencePiece model

    Returns:
        string, the shape of ``ids``
    """
    tokeniser = tf_text.SentencepieceTokenizer(model=model, out_type=tf.int32)
    return tokeniser.id_to_string(tf.cast(ids, tf.int32))


def vocabulary_size(model: bytes) -> int:
    """How many ids the model has, the special ones included."""
    tokeniser = tf_text.SentencepieceTokenizer(model=model, out_type=tf.int32)
    return int(tokeniser.vocab_size())


def _pieces_only(ids: tf.Tensor) -> tf.RaggedTensor:
    # PAD, BEGIN and END are pieces of no text; UNKNOWN shows as the model's unknown surface.
    is_piece = (ids > END) | (ids == UNKNOWN)
    return tf.ragged.boolean_mask(tf.cast(ids, tf.int32), is_piece)
