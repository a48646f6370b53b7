"""The lens's picture shows the numbers that it was given."""

import io

import matplotlib
import numpy as np
import pytest

from components.figures import LayerView, lens_page

DISTANCES = np.array([1, 2, 4])


def view(**changes) -> LayerView:
    return LayerView(
        **{
            "name": "encoder, layer 1",
            "updates": [50, 100, 1500],
            "norms": np.array([[1.0, 2.0, 4.0], [0.1, np.nan, 0.0]]),
            "distances": [DISTANCES] * 3,
            "products": [np.array([1, 0.5, 0.0]) * i for i in (1, 2, 3)],
            "bounds": [None] * 3,
            "gates": {},
            **changes,
        }
    )


def test_the_map_shows_every_measurement_and_hides_nothing_else():
    axes = lens_page([view()]).axes[0]
    shown = axes.images[0].get_array()
    np.testing.assert_array_equal(shown.mask, [[False] * 3, [False, True, True]])
    assert shown[1, 0] == 0.1
    assert [label.get_text() for label in axes.get_xticklabels()] == ["50", "100", "1,500"]


def test_lines_are_the_products_and_the_bound_is_one_more():
    _, _, axes = lens_page([view(bounds=[None, None, np.array([1.0, 0.9, 0.8])])]).axes
    drawn = {line.get_label(): line.get_ydata() for line in axes.lines}
    np.testing.assert_array_equal(drawn["update 50"], [1, 0.5, np.nan])
    np.testing.assert_array_equal(drawn["update 1,500"], [3, 1.5, np.nan])
    np.testing.assert_array_equal(drawn["bound, update 1,500"], [1, 0.9, 0.8])


def test_of_each_span_of_training_the_furthest_look_is_drawn():
    reaches = [2, 1, 3, 3, 1, 1, 1, 2]
    looks = view(
        updates=range(8),
        norms=np.ones([2, 8]),
        distances=[DISTANCES[:reach] for reach in reaches],
        products=[np.ones(reach) for reach in reaches],
        bounds=[np.ones(reach) for reach in reaches],
    )
    axes = lens_page([looks]).axes[2]
    names = [line.get_label() for line in axes.lines]
    assert names == ["update 0", "update 2", "update 4", "update 7", "bound, update 7"]


def test_gates_have_a_column_where_there_are_any():
    gates = {"update": np.array([0.25, 0.75]), "reset": np.array([1.0, 0.0])}
    axes = lens_page([view(gates=gates), view()]).axes
    assert len(axes) == 4 + 3
    handles, names = axes[3].get_legend_handles_labels()
    assert names == ["update", "reset"]
    np.testing.assert_array_equal(handles[0].get_data().values, [0.25, 0.75])


@pytest.mark.parametrize("dark", [False, True])
def test_pages_have_the_colour_that_was_asked_for_and_bear_nothing_to_show(dark):
    nothing = view(norms=np.full([4, 3], np.nan), products=[np.zeros(3)] * 3)
    figure = lens_page([nothing, view()], dark=dark)
    figure.savefig(io.BytesIO())
    assert (sum(figure.get_facecolor()[:3]) < 1.5) == dark


def test_the_ink_of_a_dark_page_is_light():
    figure = lens_page([view(gates={"update": np.array([0.25, 0.75])})], dark=True)
    figure.draw_without_rendering()
    written = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text()]
    assert len(written) > 20
    for text in written:
        assert sum(matplotlib.colors.to_rgb(text.get_color())) > 2, text


def test_heights_are_those_of_the_measurements_whatever_the_bound_is():
    def heights(products, bounds=None):
        bounds = [None] * 3 if bounds is None else [np.array(bounds)] * 3
        return (
            lens_page([view(products=[np.array(products)] * 3, bounds=bounds)]).axes[2].get_ylim()
        )

    low, high = heights([1.0, 0.9, 0.8])
    assert low < 0.1 < 1 < high
    low, _ = heights([1.0, 1e-5, 1e-30])
    assert 1e-9 < low < 1e-7
    low, high = heights([1.0, 1e-2, 1e-4], bounds=[5.0, 25.0, 1e30])
    assert low < 1e-4 < 5 < high < 100
