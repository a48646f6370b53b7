"""The translator: an encoder-decoder model of any family behind one interface."""

import keras
import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD
from models.config import TranslatorSpec
from models.decoder import RecurrentDecoder
from models.embedding import Embedding, Output
from models.encoder import RecurrentEncoder
from models.transformer import TransformerDecoder, TransformerEncoder


def build_translator(spec: TranslatorSpec) -> "Translator":
    """A translator with all its variables.

    Raises:
        UserError: when a cell or an attention of the user's own cannot be imported.
    """
    translator = Translator(spec)
    nothing = tf.fill([1, 1], BEGIN)
    translator.call((nothing, nothing))
    return translator


@keras.saving.register_keras_serializable("throughline")
class Translator(keras.Model):
    """From source ids to logits over the target's vocabulary.

    A source is encoded once into a memory; a state is started from it and carried along the
    target, one step or one teacher-forced stretch at a time. Every tensor of a memory and of a
    state leads with the row axis.

    Call arguments:
        ids: source ids [B, S] and decoder input ids [B, T], right padded.
        training: whether dropout is at work.
        probes: of ``probes``, to watch the gradient travel; None costs nothing.
        only: [B, T] boolean; takes the logits of its N true positions alone, row by row.

    Returns:
        Logits [B, T, V], or [N, V] with ``only``.

    Example:
        >>> spec = TranslatorSpec(source_vocabulary=90, target_vocabulary=80)
        >>> translator = build_translator(spec)
        >>> translator((tf.constant([[5, 6, 3]]), tf.constant([[2, 7]]))).shape
        TensorShape([1, 2, 80])
    """

    def __init__(self, spec: TranslatorSpec, **kwargs):
        super().__init__(**kwargs)
        self.spec = spec
        config = spec.model
        self.target_embedding = self._embedding(spec.target_vocabulary, "target_embedding")
        self.source_embedding = (
            self.target_embedding
            if config.shares_vocabulary
            else self._embedding(spec.source_vocabulary, "source_embedding")
        )
        features = config.embedding if config.ties_output else config.units
        if config.family == "transformer":
            self.encoder = TransformerEncoder(config, name="encoder")
            self.decoder = TransformerDecoder(config, features, name="decoder")
        else:
            self.encoder = RecurrentEncoder(config, name="encoder")
            self.decoder = RecurrentDecoder(config, features, name="decoder")
        self.output_layer = Output(
            spec.target_vocabulary,
            features,
            config.initialisers.kernel,
            tied=self.target_embedding if config.ties_output else None,
            name="output",
        )
        self.built = True

    def _embedding(self, vocabulary: int, name: str) -> Embedding:
        config = self.spec.model
        return Embedding(
            vocabulary,
            config.embedding,
            config.initialisers.embedding,
            dropout=config.dropout.inputs,
            name=name,
        )

    @property
    def vocabulary(self) -> int:
        """V, the size of the target's vocabulary."""
        return self.spec.target_vocabulary

    def call(self, ids, training=False, probes=None, only=None):
        source_ids, input_ids = ids
        memory = self.encode(source_ids, training=training, probes=probes)
        logits, _, _ = self.decode(
            input_ids, self.start(memory), memory, training=training, probes=probes, only=only
        )
        return logits

    def encode(self, source_ids, training=False, probes=None, window=None):
        """Source ids [B, S] to a memory, a named tuple with ``mask`` [B, S].

        Args:
            source_ids: [B, S], right padded.
            training: whether dropout is at work.
            probes: as for a call.
            window: cuts the gradient of a recurrent encoder between windows of so many positions.
        """
        mask = tf.not_equal(source_ids, PAD)
        embedded = self.source_embedding(source_ids, training=training)
        encoded = self.encoder(embedded, mask, training=training, probes=probes, window=window)
        return self.decoder.remember(encoded)

    def start(self, memory):
        """The state before the first target token."""
        return self.decoder.start(memory)

    def step(self, previous_ids, state, memory):
        """One step of decoding.

        Args:
            previous_ids: [N], the ids of the last step, BEGIN at first.
            state: of ``start`` or of the last step.
            memory: of ``encode``, N rows.

        Returns:
            Logits [N, V], the next state, and attention's weights [N, S], zeros where the model
            has none.
        """
        embedded = self.target_embedding(previous_ids)
        features, state, weights = self.decoder.step(embedded, state, memory)
        return self.output_layer(features), state, weights

    def decode(self, input_ids, state, memory, training=False, probes=None, only=None):
        """A teacher-forced stretch of T steps from a state.

        Args:
            input_ids: [B, T], BEGIN and the target without its last id, or a later part of that.
            state: of ``start`` or of the stretch before.
            memory: of ``encode``.
            training: whether dropout is at work.
            probes: as for a call.
            only: as for a call.

        Returns:
            Logits [B, T, V] or [N, V], the state after the stretch, and attention's weights
            [B, T, S].
        """
        embedded = self.target_embedding(input_ids, training=training)
        features, state, weights = self.decoder(
            embedded, state, memory, training=training, probes=probes
        )
        features = features if only is None else tf.boolean_mask(features, only)
        return self.output_layer(features), state, weights

    def probes(self, source_ids, input_ids) -> dict[str, tf.Tensor]:
        """Zeros for a call's ``probes``, by the name of the recurrent layer that each watches.

        "encoder/LAYER/forward", "encoder/LAYER/backward" [B, S, H] and "decoder/LAYER" [B, T, H].
        The gradient of a loss by a probe is the total ∂L/∂h_t of that layer. Without recurrence
        there are none.
        """
        units = self.spec.model.units
        return {
            name: tf.zeros(tf.concat([tf.shape(ids), [units]], 0), self.compute_dtype)
            for part, ids in ((self.encoder, source_ids), (self.decoder, input_ids))
            for name in part.probe_names
        }

    def get_config(self):
        return {"spec": self.spec.model_dump(mode="json")}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        del custom_objects
        return build_translator(TranslatorSpec.model_validate(config["spec"]))
