"""The pictures show the numbers that they were given."""

import io

import numpy as np
import pytest

from components.figures import decay_panels


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
    figure = decay_panels({"simple": {"untrained": np.array([1.0, np.nan])}}, dark=dark)
    figure.savefig(io.BytesIO())
    assert (sum(figure.get_facecolor()[:3]) < 1.5) == dark
