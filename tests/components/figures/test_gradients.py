"""The pictures show the numbers that they were given."""

import io

import numpy as np
import pytest

from components.figures import decay_lines, decay_panels, gradient_map


def test_the_map_shows_every_measurement_and_hides_nothing_else():
    norms = np.array([[1.0, 2.0, 4.0], [0.1, np.nan, 0.0]])
    axes = gradient_map(norms, [50, 100, 1500]).axes[0]
    shown = axes.images[0].get_array()
    np.testing.assert_array_equal(shown.mask, [[False] * 3, [False, True, True]])
    assert shown[1, 0] == 0.1
    assert [label.get_text() for label in axes.get_xticklabels()] == ["50", "100", "1,500"]


def test_lines_are_the_measurements_and_the_bound_is_one_more():
    lines = {"gru": np.array([1.0, 0.5, 0.25]), "simple": np.array([1.0, 0.0])}
    axes = decay_lines(lines, np.arange(3), bound=np.array([1.0, 0.9, 0.8])).axes[0]
    drawn = {line.get_label(): line.get_ydata() for line in axes.lines}
    np.testing.assert_array_equal(drawn["gru"], [1, 0.5, 0.25])
    np.testing.assert_array_equal(drawn["simple"], [1, np.nan])
    np.testing.assert_array_equal(drawn["textbook bound"], [1, 0.9, 0.8])


def test_every_network_has_a_panel_with_its_own_lines():
    panels = {
        "simple": {"untrained": np.array([1.0, 0.5]), "bound": np.array([np.nan, 2.0])},
        **{f"gated {i}": {"untrained": np.array([1.0, i])} for i in range(1, 5)},
    }
    figure = decay_panels(panels)
    shown = [axes for axes in figure.axes if axes.axison]
    assert [axes.get_title() for axes in shown] == list(panels)
    np.testing.assert_array_equal(shown[0].lines[1].get_ydata(), [np.nan, 2.0])
    np.testing.assert_array_equal(shown[4].lines[0].get_ydata(), [1.0, 4.0])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["untrained", "bound"]


@pytest.mark.parametrize("dark", [False, True])
def test_pages_have_the_colour_that_was_asked_for(dark):
    figure = gradient_map(np.full([4, 2], np.nan), [1, 2], dark=dark)
    figure.savefig(io.BytesIO())
    assert (sum(figure.get_facecolor()[:3]) < 1.5) == dark
