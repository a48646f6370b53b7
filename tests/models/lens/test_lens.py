"""A look at whole translators, against Jacobians that autodiff builds in full."""

import numpy as np
import pytest
import tensorflow as tf

from models.config import ModelConfig, TranslatorSpec
from models.lens import Lens, half_life
from models.lens.passage import passages
from models.translator import build_translator

SOURCE = np.array([[5, 6, 7, 3], [8, 9, 10, 3], [4, 3, 0, 0]])
TARGET = np.array([[9, 5, 6, 3], [6, 4, 4, 3], [7, 3, 0, 0]])
PLACES = {"encoder/0/forward", "encoder/0/backward", "decoder/0"}


def _translator(**settings):
    model = ModelConfig.model_validate({"units": 3, "embedding": 4, **settings})
    return build_translator(TranslatorSpec(model=model, source_vocabulary=12, target_vocabulary=12))


def _product(layer, inputs, states, begin: int) -> np.ndarray:
    """‖∂state_T/∂state_begin‖₂ of one sentence: the Jacobian of the steps in between, written out.

    Args:
        inputs: [T, E]. states: state_begin, a State of [1, H].
    """
    start = tf.concat(list(states), -1)[0]
    sizes = [part.shape[-1] for part in states]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(start)
        state = type(states)(*tf.split(start[tf.newaxis], sizes, axis=-1))
        for x in inputs[begin:]:
            _, state = layer.step(x[tf.newaxis], state)
        end = tf.concat(list(state), -1)[0]
    # Of so few numbers row by row is several times as fast as vectorised.
    return np.linalg.norm(tape.jacobian(end, start, experimental_use_pfor=False).numpy(), 2)


@pytest.mark.parametrize("settings", [
    {"cell": "simple"}, {"cell": "lstm"}, {"cell": "models.lens.skip:SkipCell"},
    {"decoder": {"input_feeding": True}},
    {"encoder": {"layers": 2, "direction": "forward"}, "decoder": {"layers": 2}},
])  # fmt: skip
def test_products_are_those_of_whole_jacobians(settings):
    translator = _translator(**settings)
    # Sentences without padding, so that they are looked at as they are.
    looks = Lens(translator, iterations=300).look(SOURCE[:2], TARGET[:2], {})
    inputs = np.concatenate([np.full([2, 1], 2), TARGET[:2, :-1]], 1)
    found = passages(translator, tf.constant(SOURCE[:2]), tf.constant(inputs))
    assert set(looks) == set(found)
    for name, passage in found.items():
        for distance, measured in zip(looks[name].distances, looks[name].products, strict=True):
            begin = 4 - int(distance)
            norms = []
            for row in range(2):
                state = type(passage.states)(*(s[begin, row : row + 1] for s in passage.states))
                norms.append(_product(passage.layer, passage.inputs[:, row], state, begin))
            assert measured == pytest.approx(np.exp(np.log(norms).mean()), rel=5e-3), name
        assert looks[name].half_life == pytest.approx(
            half_life(looks[name].products, looks[name].distances)
        )


def test_passages_are_what_the_layers_do():
    translator = _translator(encoder={"layers": 2})
    inputs = np.concatenate([np.full([2, 1], 2), TARGET[:2, :-1]], 1)
    found = passages(translator, tf.constant(SOURCE[:2]), tf.constant(inputs))
    for passage in found.values():
        inputs = tf.transpose(passage.inputs, [1, 0, 2])
        if passage.layer.reverse:
            inputs = tf.reverse(inputs, [1])
        first = type(passage.states)(*(s[0] for s in passage.states))
        outputs, last = passage.layer(inputs, initial_state=first)
        if passage.layer.reverse:
            outputs = tf.reverse(outputs, [1])
        np.testing.assert_allclose(
            tf.transpose(outputs, [1, 0, 2]), passage.states.h[1:], atol=1e-6
        )
        np.testing.assert_allclose(last.h, passage.states.h[-1], atol=1e-6)


def test_gradients_are_aligned_at_the_loss():
    """Distances count from where a layer ends: its last token, or its first in reverse."""
    gradients = {name: np.zeros([3, 4, 3]) for name in PLACES}
    for name in PLACES:
        gradients[name][0, 0] = [3, 4, 0]
    looks = Lens(_translator()).look(SOURCE, TARGET, gradients)
    np.testing.assert_allclose(looks["encoder/0/forward"].profile.norms, [0, 0, 0, 2.5])
    np.testing.assert_allclose(looks["encoder/0/backward"].profile.norms, [5 / 3, 0, 0, 0])
    np.testing.assert_array_equal(looks["decoder/0"].profile.tokens, [3, 3, 2, 2])


def test_a_simple_cell_has_a_bound_above_its_products_and_no_gates():
    looks = Lens(_translator(cell="simple")).look(SOURCE, TARGET, {})
    for look in looks.values():
        assert (look.products <= look.bound * (1 + 1e-5)).all()
        assert look.gates == look.open == {}


def test_gates_are_those_of_the_weights():
    """Without inputs and with a large bias every gate stands where its bias puts it."""
    translator = _translator(cell="lstm")
    layer = translator.decoder.stack[0]
    kernel, recurrent, bias = layer.get_weights()
    bias[:] = np.repeat([0.0, 9.0, -9.0, 0.0], 3)
    layer.set_weights([np.zeros_like(kernel), np.zeros_like(recurrent), bias])
    look = Lens(translator).look(SOURCE, TARGET, {})["decoder/0"]
    assert look.open == pytest.approx({"output": 0.5, "input": 1.0, "forget": 0.0}, abs=1e-3)
    assert look.gates["input"][-1] == look.gates["forget"][0] == 1
    assert sum(look.gates["output"]) == pytest.approx(1)


def test_saturated_and_dead_units_are_counted():
    translator = _translator(cell="simple", activation="relu")
    layer = translator.decoder.stack[0]
    kernel, recurrent, _ = layer.get_weights()
    layer.set_weights(
        [np.zeros_like(kernel), np.zeros_like(recurrent), np.array([-1, 0.5, 2], np.float32)]
    )
    look = Lens(translator).look(SOURCE, TARGET, {})["decoder/0"]
    assert look.dead == pytest.approx(1 / 3)
    assert look.saturated == pytest.approx(1 / 3)


def test_a_model_without_recurrence_shows_nothing():
    translator = _translator(family="transformer", units=4, transformer={"heads": 2})
    assert Lens(translator).look(SOURCE, TARGET, {}) == {}


def test_sentences_of_one_token_show_nothing():
    assert Lens(_translator()).look(np.array([[3, 0]]), np.array([[3, 0]]), {}) == {}
