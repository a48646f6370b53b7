"""One look at a translator: what the gradient of an update showed, and the Jacobians behind it."""

from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from foundation.vocabulary import BEGIN, PAD
from models.lens.hidden_gradients import Profile, by_distance, half_life
from models.lens.jacobians import Jacobians, by_autodiff, by_hand, product_norms, step_norms
from models.lens.passage import Passage, passages
from models.lens.verdict import Verdict, judge
from models.recurrence import AnalyticCell
from models.recurrence.cell import recur

# Jacobians are taken of few sentences, as far back as this: a look is to cost about one update.
_SENTENCES, _REACH = 4, 32
_DISTANCES = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32])
_SATURATED = 0.99
_BINS = 20

_IDS = tf.TensorSpec([None, None], tf.int64)
_STEPS = tf.TensorSpec([None], tf.int32)


class Look(NamedTuple):
    """What one recurrent layer shows.

    profile: ‖∂L/∂h_t‖ by the distance from the loss, over the batch's real tokens; None where the
        objective does not let it be watched.
    step: the mean of ‖∂state_t/∂state_{t-1}‖₂.
    distances, products: [D]; ‖∂state_T/∂state_{T-d}‖₂, the geometric mean over some sentences.
    half_life: the steps in which ``products`` halve, see ``hidden_gradients.half_life``.
    bound: ‖W_h‖₂ max |φ'| to the power of d [D], of a simple cell; None of a gated one.
    gates: by name, the shares [20] of the gate's values between 0 and 1.
    open: by name, the gate's mean.
    saturated: the share of |h| > 0.99. dead: the share of units that are 0 at every token.
    """

    profile: Profile | None
    step: float
    distances: np.ndarray
    products: np.ndarray
    half_life: float
    bound: np.ndarray | None
    gates: dict[str, np.ndarray]
    open: dict[str, float]
    saturated: float
    dead: float
    verdict: Verdict


class Lens:
    """Looks at the recurrent layers of one translator.

    Args:
        translator: of any family; one without recurrence shows nothing.
        iterations: of the power iteration, whose estimates approach from below.
    """

    def __init__(self, translator: keras.Model, iterations: int = 8):
        self._translator = translator
        self._iterations = iterations
        self._measure = tf.function(
            self._measured, input_signature=[_IDS, _IDS, _STEPS, _STEPS], autograph=True
        )

    def look(
        self,
        source_ids: np.ndarray,
        target_ids: np.ndarray,
        gradients: Mapping[str, np.ndarray],
        clipped: float = 0.0,
    ) -> dict[str, Look]:
        """Measure every recurrent layer.

        Args:
            source_ids: [B, S], right padded.
            target_ids: [B, T], with the end and without the beginning.
            gradients: ∂L/∂h_t by the probe's name, [B, S, H] or [B, T, H]; may be empty.
            clipped: the share of recent updates that were clipped, for the verdict.

        Returns:
            A Look by the probe's name, "encoder/LAYER/DIRECTION" or "decoder/LAYER". Empty without
            recurrence, or when no sentence has two tokens on both sides.
        """
        sources, inputs = _few(source_ids, target_ids)
        if not self._translator.encoder.probe_names or min(sources.shape[1], inputs.shape[1]) < 2:
            return {}
        reaches = [_DISTANCES[ids.shape[1] >= _DISTANCES] for ids in (sources, inputs)]
        measured = self._measure(
            *(tf.constant(ids, tf.int64) for ids in (sources, inputs)),
            *(tf.constant(reach, tf.int32) for reach in reaches),
        )
        masks = {"encoder": source_ids != PAD, "decoder": target_ids != PAD}
        looks = {}
        for name, found in measured.items():
            part, *_ = name.split("/")
            profile = None
            if name in gradients:
                reverse = name.endswith("/backward")
                profile = by_distance(gradients[name], masks[part], reverse)
            reach = reaches[part == "decoder"]
            looks[name] = _look(name, tf.nest.map_structure(np.asarray, found), reach, profile,
                                clipped)  # fmt: skip
        return looks

    def _measured(self, source_ids, input_ids, source_reach, target_reach):
        found = passages(self._translator, source_ids, input_ids)
        reaches = {"encoder": source_reach, "decoder": target_reach}
        return {
            name: _measures(passage, reaches[name.split("/")[0]], self._iterations)
            for name, passage in found.items()
        }


def _few(source_ids: np.ndarray, target_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A few long sentences cut to one length a side: source ids, and what the decoder reads."""
    lengths = np.stack([(ids != PAD).sum(1) for ids in (source_ids, target_ids)])
    rows = np.argsort(-lengths.min(0), kind="stable")[:_SENTENCES]
    source, target = np.minimum(lengths[:, rows].min(1), _REACH)
    begin = np.full([len(rows), 1], BEGIN)
    return source_ids[rows, :source], np.concatenate([begin, target_ids[rows, : target - 1]], 1)


def _measures(passage: Passage, distances: tf.Tensor, iterations: int) -> dict:
    """The raw numbers of one layer, in float32."""
    layer, cell = passage.layer, passage.layer.cell
    weights = tf.nest.map_structure(_single, layer.weight_tensors())
    states = tf.nest.map_structure(_single, passage.states)
    inputs = _single(passage.inputs)
    projected = _unrows(cell.project(weights, _rows(inputs)), like=inputs)
    sizes = list(layer.state_sizes)
    explained = {"bound": (), "gates": {}}
    if isinstance(cell, AnalyticCell):
        jacobians, explained = _by_formula(cell, weights, projected, states, sizes)
    else:

        def step(x, state):
            parts = cell.step(weights, x, type(states)(*tf.split(state, sizes, axis=-1)))
            return tf.concat(list(parts), -1)

        before = tf.concat([part[:-1] for part in states], -1)
        jacobians = by_autodiff(step, projected, before)
    hidden = states.h[1:]
    return {
        "step": tf.reduce_mean(step_norms(jacobians, iterations)),
        "products": product_norms(jacobians, distances, iterations),
        "saturated": tf.reduce_mean(tf.cast(tf.abs(hidden) > _SATURATED, tf.float32)),
        "dead": tf.reduce_mean(tf.cast(tf.reduce_all(hidden == 0, [0, 1]), tf.float32)),
        **explained,
    }


def _by_formula(
    cell: AnalyticCell, weights: tuple, projected: tf.Tensor, states: tuple, sizes: list[int]
) -> tuple[Jacobians, dict]:
    """What the cell's own equations tell of all steps: Jacobians; the bound's factors or gates."""
    previous, following = (
        type(states)(*(_rows(part[between]) for part in states))
        for between in (slice(None, -1), slice(1, None))
    )
    recurrent = recur(weights, previous.h, None)
    _, kept = cell.advance(weights, _rows(projected), recurrent, previous)
    derivatives = cell.derivatives(kept, previous, following)
    by_step = tf.nest.map_structure(lambda x: _unrows(x, like=projected), derivatives)
    jacobians = by_hand(cell, weights, by_step, sizes)
    gates = cell.gates(kept)
    if gates:
        return jacobians, {"bound": (), "gates": gates}
    alpha = tf.linalg.svd(weights.recurrent_kernel, compute_uv=False)[0]
    gamma = tf.reduce_max(tf.abs(derivatives.activation))
    return jacobians, {"bound": (alpha, gamma), "gates": {}}


def _look(name: str, found: dict, distances: np.ndarray, profile, clipped: float) -> Look:
    with np.errstate(divide="ignore"):
        products = np.exp(np.log(found["products"].astype(np.float64)).mean(axis=1))
    bound = None
    if found["bound"]:
        alpha, gamma = found["bound"]
        bound = (float(alpha) * float(gamma)) ** distances.astype(np.float64)
    halving = half_life(products, distances)
    promised = None if bound is None else half_life(bound, distances)
    return Look(
        profile=profile,
        step=float(found["step"]),
        distances=distances,
        products=products,
        half_life=halving,
        bound=bound,
        gates={gate: _shares(values) for gate, values in found["gates"].items()},
        open={gate: float(values.mean()) for gate, values in found["gates"].items()},
        saturated=float(found["saturated"]),
        dead=float(found["dead"]),
        verdict=judge(
            in_words(name), halving, int(distances[-1]), float(products[-1]), clipped, promised
        ),
    )


def in_words(probe: str) -> str:
    """A probe's name for people: "encoder/0/forward" is "encoder, layer 1, forward"."""
    part, level, *direction = probe.split("/")
    return ", ".join([part, f"layer {int(level) + 1}", *direction])


def _shares(values: np.ndarray) -> np.ndarray:
    counts, _ = np.histogram(values, _BINS, (0, 1))
    return counts / values.size


def _single(tensor: tf.Tensor) -> tf.Tensor:
    return tf.cast(tensor, tf.float32)


def _rows(tensor: tf.Tensor) -> tf.Tensor:
    """[T, B, any] as [N, any]."""
    return tf.reshape(tensor, [-1, tensor.shape[-1]])


def _unrows(tensor: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    """[N, any] as [T, B, any], with T and B those of ``like``."""
    return tf.reshape(tensor, tf.concat([tf.shape(like)[:2], [tensor.shape[-1]]], axis=0))
