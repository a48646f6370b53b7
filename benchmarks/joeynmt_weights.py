"""A translator's weights under JoeyNMT's names, so that both sides are one model."""

import numpy as np

from models.recurrence import Recurrent
from models.translator import Translator


def joeynmt_weights(translator: Translator) -> dict[str, np.ndarray]:
    """The parameters of JoeyNMT's model of the same shape.

    Args:
        translator: one layer of biGRU and of GRU, bridge dense, additive attention, input feeding.

    Raises:
        ValueError: a bias that JoeyNMT does not have is not zero.
    """
    attention, bridge = translator.decoder.attention, translator.decoder.bridge.dense
    readout, output = translator.decoder.readout, translator.output_layer
    for bias in biases_without_peer(translator):
        if np.any(bias.numpy()):
            raise ValueError(f"JoeyNMT has no {bias.path}: it must be zero")
    forward, backward = translator.encoder.stack[0].directions
    weights = {
        "src_embed.lut.weight": translator.source_embedding.table,
        "trg_embed.lut.weight": translator.target_embedding.table,
        **_gru("encoder.rnn", forward),
        **_gru("encoder.rnn", backward, suffix="_reverse"),
        **_gru("decoder.rnn", translator.decoder.stack[0]),
        "decoder.bridge_layer.weight": np.transpose(bridge.kernel),
        "decoder.bridge_layer.bias": bridge.bias,
        "decoder.attention.key_layer.weight": np.transpose(attention.project_keys.kernel),
        "decoder.attention.query_layer.weight": np.transpose(attention.project_queries.kernel),
        "decoder.attention.energy_layer.weight": np.transpose(attention.scorer),
        "decoder.att_vector_layer.weight": np.transpose(readout.kernel),
        "decoder.att_vector_layer.bias": readout.bias,
        "decoder.output_layer.weight": np.transpose(output.kernel),
    }
    return {name: np.ascontiguousarray(value) for name, value in weights.items()}


def biases_without_peer(translator: Translator) -> list:
    """The variables that JoeyNMT's model lacks."""
    return [translator.output_layer.bias, translator.decoder.attention.project_keys.bias]


def _gru(prefix: str, layer: Recurrent, suffix: str = "") -> dict[str, np.ndarray]:
    """torch has the gates in the order r, z, n, and a second bias where we have that of m alone."""
    kernel, recurrent_kernel, bias, memory_bias = (w.numpy() for w in layer.weight_tensors())

    def reordered(blocks):
        update, reset, candidate = np.split(blocks, 3, axis=-1)
        return np.concatenate([reset, update, candidate], axis=-1).T

    nothing = np.zeros(2 * layer.units, np.float32)
    return {
        f"{prefix}.weight_ih_l0{suffix}": reordered(kernel),
        f"{prefix}.weight_hh_l0{suffix}": reordered(recurrent_kernel),
        f"{prefix}.bias_ih_l0{suffix}": reordered(bias),
        f"{prefix}.bias_hh_l0{suffix}": np.concatenate([nothing, memory_bias]),
    }
