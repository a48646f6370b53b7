"""Loading and calling SavedModels."""

import numpy as np
import pytest

from serving.saved_model import Parallelism, SavedModel
from serving.status import Code, ServingError


def load(path) -> SavedModel:
    return SavedModel(str(path), Parallelism(1, 1))


def call(model: SavedModel, signature: str = "serving_default", timeout_ms: int = 0, **inputs):
    definition = model.signatures[signature]
    feeds = {definition.inputs[name].name: array for name, array in inputs.items()}
    names = sorted(definition.outputs)
    values = model.run(feeds, [definition.outputs[name].name for name in names], timeout_ms)
    return dict(zip(names, values, strict=True))


def test_two_versions_live_beside_each_other(small_base):
    one, two = load(small_base / "1"), load(small_base / "2")
    x = np.array([2.0], np.float32)
    assert call(one, x=x)["y"].tolist() == [2.0]
    assert call(two, x=x)["y"].tolist() == [3.0]
    one.close()
    assert call(two, x=x)["y"].tolist() == [3.0]
    two.close()


def test_scalars_come_back_as_arrays(toy_base):
    model = load(toy_base / "1")
    text = np.array(b"ab", dtype=object)
    outputs = call(model, text=text)
    assert (outputs["translation"].shape, outputs["translation"].dtype) == ((), object)
    assert outputs["translation"].tolist() == b"AB"
    assert outputs["score"].shape == ()
    model.close()


def test_a_tf1_export_keeps_its_method_names(tf1_base):
    model = load(tf1_base / "123")
    assert model.signatures["classify_x"].method_name == "tensorflow/serving/classify"
    assert call(model, x=np.array([[4.0]], np.float32))["y"].tolist() == [[4.0]]
    model.close()


def test_errors_of_ops_keep_their_code(toy_base):
    model = load(toy_base / "1")
    with pytest.raises(ServingError, match="not negative") as raised:
        call(model, "refuse", x=np.array([1.0], np.float32))
    assert raised.value.code is Code.INVALID_ARGUMENT
    with pytest.raises(ServingError) as raised:
        call(model, "wait", timeout_ms=100, seconds=np.array([5.0], np.float32))
    assert raised.value.code is Code.DEADLINE_EXCEEDED
    model.close()


def test_a_folder_without_a_saved_model_is_not_found(tmp_path):
    with pytest.raises(ServingError, match="Could not find SavedModel") as raised:
        load(tmp_path)
    assert raised.value.code is Code.NOT_FOUND


def test_a_graph_that_cannot_be_read_is_an_error_and_no_crash(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\x0a\xff nonsense")
    with pytest.raises(ServingError):
        load(tmp_path)


def test_missing_variables_are_an_error(small_base, tmp_path):
    path = tmp_path / "1"
    path.mkdir()
    (path / "saved_model.pb").write_bytes((small_base / "1" / "saved_model.pb").read_bytes())
    with pytest.raises(ServingError):
        call(load(path), x=np.array([2.0], np.float32))
