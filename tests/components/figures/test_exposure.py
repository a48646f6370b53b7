"""The picture of exposure bias shows the shares that it was given."""

import numpy as np
import pytest

from components.figures import ExposureView, exposure_chart

VIEW = ExposureView(
    forced=np.array([0.9, 0.8, 0.7]), free=np.array([0.9, 0.6, 0.1]), tokens=np.array([90, 50, 3])
)


def test_lines_are_the_shares_without_the_rare_positions():
    axes = exposure_chart({"one": VIEW, "two": VIEW}).axes
    assert [panel.get_title() for panel in axes] == ["one", "two"]
    drawn = {line.get_label(): line.get_xydata() for line in axes[0].lines}
    np.testing.assert_array_equal(drawn["reference's prefix"], [[1, 0.9], [2, 0.8]])
    np.testing.assert_array_equal(drawn["its own prefix"], [[1, 0.9], [2, 0.6]])


def test_a_tiny_split_is_drawn_all_the_same():
    tiny = VIEW._replace(tokens=np.array([2, 2, 1]))
    assert len(exposure_chart({"one": tiny}).axes[0].lines[0].get_xdata()) == 2


@pytest.mark.parametrize("dark", [False, True])
def test_pages_have_the_colour_that_was_asked_for(dark):
    figure = exposure_chart({"one": VIEW}, dark=dark)
    assert (sum(figure.get_facecolor()[:3]) < 1.5) == dark
