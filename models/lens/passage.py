"""What a recurrent layer went through on a few sentences, step by step."""

from typing import NamedTuple

import keras
import tensorflow as tf

from models.recurrence import Recurrent
from models.unroll import unroll


class Passage(NamedTuple):
    """A layer's way through time, in the order in which it went.

    inputs: x_1 … x_T, [T, B, E]. states: state_0 … state_T, a State of [T + 1, B, H] each.
    """

    layer: Recurrent
    inputs: tf.Tensor
    states: tuple


def passages(
    translator: keras.Model, source_ids: tf.Tensor, input_ids: tf.Tensor
) -> dict[str, Passage]:
    """The passages of all recurrent layers, without dropout, by the names of their probes.

    Args:
        translator: of family recurrent.
        source_ids: [B, S], without padding.
        input_ids: [B, T], what the decoder reads, without padding.
    """
    memory = translator.encode(source_ids)
    embedded = translator.target_embedding(input_ids)
    return {
        **_of_encoder(translator.encoder, translator.source_embedding(source_ids)),
        **_of_decoder(translator.decoder, embedded, memory),
    }


def _of_encoder(encoder, inputs: tf.Tensor) -> dict[str, Passage]:
    found, names = {}, iter(encoder.probe_names)
    mask = tf.ones(tf.shape(inputs)[:2], tf.bool)
    for level in encoder.stack:
        for layer in level.directions:
            along = tf.reverse(inputs, [1]) if layer.reverse else inputs
            found[next(names)] = _passage(layer, along, layer.zero_state(tf.shape(inputs)[0]))
        inputs, _ = level(inputs, mask)
    return found


def _of_decoder(decoder, inputs: tf.Tensor, memory) -> dict[str, Passage]:
    if decoder.input_feeding:
        fed, _, _ = decoder(inputs, decoder.start(memory), memory)
        before = tf.pad(fed[:, :-1], [[0, 0], [1, 0], [0, 0]])
        inputs = tf.concat([inputs, before], -1)
    found = {}
    for name, layer, initial in zip(
        decoder.probe_names, decoder.stack, memory.initial, strict=True
    ):
        found[name] = _passage(layer, inputs, initial)
        inputs = tf.transpose(found[name].states.h[1:], [1, 0, 2])
    return found


def _passage(layer: Recurrent, inputs: tf.Tensor, initial: tuple) -> Passage:
    def step(inputs, state):
        _, state = layer.step(inputs, state)
        return tuple(state), state

    states, _ = unroll(step, inputs, initial, tuple(initial))
    along = [
        tf.concat([first[tf.newaxis], tf.transpose(later, [1, 0, 2])], 0)
        for first, later in zip(initial, states, strict=True)
    ]
    return Passage(layer, tf.transpose(inputs, [1, 0, 2]), type(initial)(*along))
