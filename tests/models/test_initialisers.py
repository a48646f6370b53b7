import keras
import numpy as np
import pytest

from foundation.errors import UserError
from models.initialisers import NAMES, initialiser

SHAPE = (300, 200)


def test_glorot_is_uniform_within_its_limit():
    values = np.asarray(initialiser("glorot")(SHAPE))
    limit = (6 / sum(SHAPE)) ** 0.5
    assert 0.99 * limit < np.abs(values).max() <= limit
    assert values.std() == pytest.approx(limit / 3**0.5, rel=0.02)


def test_he_has_the_variance_that_relu_needs():
    values = np.asarray(initialiser("he")(SHAPE))
    assert values.std() == pytest.approx((2 / SHAPE[0]) ** 0.5, rel=0.02)


def test_orthogonal_is_a_rotation():
    values = np.asarray(initialiser("orthogonal")((100, 100)))
    np.testing.assert_allclose(values @ values.T, np.eye(100), atol=1e-5)


def test_uniform():
    values = np.asarray(initialiser("uniform")(SHAPE))
    assert 0.079 < np.abs(values).max() <= 0.08


@pytest.mark.parametrize("name", NAMES)
def test_each_is_new_and_follows_the_seed(name):
    keras.utils.set_random_seed(3)
    first, second = initialiser(name)((5, 5)), initialiser(name)((5, 5))
    assert not np.allclose(first, second)
    keras.utils.set_random_seed(3)
    np.testing.assert_array_equal(first, initialiser(name)((5, 5)))


def test_unknown_name():
    with pytest.raises(UserError, match="Unknown initialiser 'xavier': there are glorot, he"):
        initialiser("xavier")
