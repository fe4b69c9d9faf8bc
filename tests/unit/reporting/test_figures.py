"""Figures draw the numbers they are given."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from dolorimeter.reporting import figures, figures_data, figures_models, figures_stay
from dolorimeter.reporting.drawing import house_style
from dolorimeter.reporting.palette import class_colors


@pytest.fixture(autouse=True)
def _styled() -> Iterator[None]:
    with house_style():
        yield


def axes_of(plate: figures.Plate, panel: int = 0) -> Any:
    return plate.panels[panel].drawing.figure.axes


def texts(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_bars_are_as_long_as_the_means_and_chance_is_one_over_k_factorial(
    small: dict[str, Any],
) -> None:
    models = small["tasks"]["direct"]["models"]
    plate = figures_models.vus_bars(models, 3, "caption")
    (axes,) = axes_of(plate)
    means = [model["metrics"]["vus"]["mean"] for model in models.values()]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(means)
    dashed = next(line for line in axes.lines if line.get_linestyle() == "--")
    assert list(dashed.get_xdata()) == pytest.approx([1 / math.factorial(3)] * 2)
    whiskers = axes.collections[0].get_segments()[0][:, 0]
    assert list(whiskers) == pytest.approx(models["hmm"]["metrics"]["vus"]["ci95"])
    assert "Hidden Markov model" in texts(axes)
    assert plate.panels[0].narrow is not None


def test_a_model_without_vus_has_neither_bar_nor_whisker(small: dict[str, Any]) -> None:
    models = {"hmm": small["tasks"]["direct"]["models"]["hmm"]}
    models["hmm"]["metrics"]["vus"] |= {"mean": None, "ci95": None}
    (axes,) = axes_of(figures_models.vus_bars(models, 3, "caption"))
    assert [bar.get_width() for bar in axes.patches] == [0]
    assert not axes.collections
    assert "–" in texts(axes)


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_chance(n_classes: int) -> None:
    assert figures_models.chance(n_classes) == {2: 0.5, 3: 1 / 6, 5: 1 / 120}[n_classes]


def test_counts_name_every_class_and_the_unknown(small: dict[str, Any]) -> None:
    (axes,) = axes_of(figures_data.class_counts(small["tasks"]["direct"], "caption"))
    assert [bar.get_width() for bar in axes.patches] == [696, 259, 89, 4276]
    assert texts(axes) == ["low", "medium", "high", "unknown", "696", "259", "89", "4,276"]


def test_the_line_is_the_one_that_was_given() -> None:
    fit = {"slope": 0.5, "intercept": 80.0, "p": 0.0001, "n": 2, "x": [0, 10], "y": [70, 95]}
    plate = figures_data.scatter({"pulse": fit}, "caption")
    (axes,) = axes_of(plate)
    assert list(axes.lines[0].get_ydata()) == [80.0, 85.0]
    assert axes.collections[0].get_offsets().tolist() == [[0, 70], [10, 95]]
    assert plate.panels[0].note == "slope 0.5, p < 0.001, n = 2"


def test_a_vital_without_a_fit_has_no_line() -> None:
    fit = {"slope": None, "intercept": None, "p": None, "n": 0, "x": [], "y": []}
    (axes,) = axes_of(figures_data.scatter({"pulse": fit}, "caption"))
    assert not axes.lines


@pytest.fixture
def stay(fabricate: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return fabricate(tasks=("direct",), reports=False, n_windows=6)["examples"][0]


def test_the_posterior_is_stacked_in_the_order_of_the_classes(stay: dict[str, Any]) -> None:
    plate = figures_stay.example_stay(stay, "caption")
    band = axes_of(plate)[-1]
    posterior = np.array(stay["posterior"])
    tops = np.cumsum(posterior, axis=1)
    for i, (patch, color) in enumerate(zip(band.patches, class_colors(3), strict=False)):
        values, edges, baseline = patch.get_data()
        assert values == pytest.approx(tops[:, i])
        assert values - baseline == pytest.approx(posterior[:, i])
        assert edges == pytest.approx([0, 2, 4, 6, 8, 10, 12])
        assert patch.get_facecolor()[:3] == pytest.approx(
            [int(color.light[j : j + 2], 16) / 255 for j in (1, 3, 5)]
        )


def test_pain_is_drawn_only_where_it_was_reported(stay: dict[str, Any]) -> None:
    stay["pain"] = [None, 4.0, 6.0, None, None, 2.0]
    pain = axes_of(figures_stay.example_stay(stay, "caption"))[0]
    levels = [s for s in pain.collections[0].get_segments() if len(s) and np.isfinite(s).all()]
    assert [tuple(s.ravel()) for s in levels] == [(2, 4, 4, 4), (4, 6, 6, 6), (10, 2, 12, 2)]
    risers = pain.collections[1].get_segments()
    assert [tuple(s.ravel()) for s in risers] == [(4, 4, 4, 6)]


def test_a_lone_value_gets_a_dot_and_ticks_stand_at_their_values(stay: dict[str, Any]) -> None:
    stay["vitals"] = {"pulse": [80.0, None, 100.0, 90.0, None, None]}
    traces = axes_of(figures_stay.example_stay(stay, "caption"))[1]
    line, dots = traces.lines
    assert dots.get_xdata().tolist() == [1]  # the middle of the window
    heights = dict(zip([80, None, 100, 90], line.get_ydata(), strict=False))
    ticks = dict(
        zip([t.get_text() for t in traces.get_yticklabels()], traces.get_yticks(), strict=True)
    )
    for label, height in ticks.items():
        share = (float(label) - 80) / 20
        assert height == pytest.approx(heights[80] + share * (heights[100] - heights[80]))


@pytest.mark.parametrize("vitals", [{}, {"pulse": [None] * 6}, {"pulse": [80.0] * 6}])
def test_stays_with_empty_or_constant_vitals_are_drawn(
    stay: dict[str, Any], vitals: dict[str, Any]
) -> None:
    stay["vitals"] = vitals
    plate = figures_stay.example_stay(stay, "caption")
    assert "<svg" in plate.panels[0].drawing.markup("f1-")


def test_a_stay_of_one_window_is_drawn(fabricate: Callable[..., dict[str, Any]]) -> None:
    stay = fabricate(tasks=("direct",), reports=False, n_windows=1)["examples"][0]
    assert "<svg" in figures_stay.example_stay(stay, "caption").panels[0].drawing.markup("f1-")


def test_empty_bins_leave_no_point(small: dict[str, Any]) -> None:
    models = {"hmm": small["tasks"]["direct"]["models"]["hmm"]}
    bins = models["hmm"]["calibration"]["bins"]
    plate = figures_models.calibration(models, ["low", "medium", "high"], "caption")
    assert plate is not None
    (axes,) = axes_of(plate)
    for line, name in zip(axes.lines[1:], bins, strict=True):
        observed = [b["observed"] for b in bins[name] if b["count"]]
        assert list(line.get_ydata()) == pytest.approx(observed)
    assert figures_models.calibration({"mode": {"calibration": None}}, ["a"], "") is None


def test_learning_curves_share_their_scale(fabricate: Callable[..., dict[str, Any]]) -> None:
    task = fabricate(tasks=("direct",), reports=False)["tasks"]["direct"]
    plate = figures_models.learning_curves(task["learning_curve"], task["models"], 3, "caption")
    limits = {axes_of(plate, i)[0].get_ylim() for i in range(len(plate.panels))}
    assert len(limits) == 1
    (axes,) = axes_of(plate)
    assert axes.get_xscale() == "log"
    assert list(axes.lines[1].get_ydata()) == task["learning_curve"]["hmm"]["vus"]
    assert plate.panels[0].note == "slope 0.020 [−0.004 to 0.044]"


def test_learning_curves_without_intervals_are_drawn(
    fabricate: Callable[..., dict[str, Any]],
) -> None:
    task = fabricate(tasks=("direct",), reports=False)["tasks"]["direct"]
    curve = task["learning_curve"]["hmm"]
    curve |= {"ci95": [[None, None]] * len(curve["vus"]), "slope": None, "slope_ci95": None}
    plate = figures_models.learning_curves({"hmm": curve}, task["models"], 3, "caption")
    assert "<svg" in plate.panels[0].drawing.markup("f1-")


def test_ticks_of_the_log_axis_keep_their_distance() -> None:
    shares = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0])
    ticks = np.array(figures_models._spread(shares))
    assert ticks[0] == 1.0
    assert np.all(-np.diff(np.log(ticks)) >= 0.16 * np.log(10))


def test_wrapping_and_clipping_end_in_an_ellipsis() -> None:
    assert figures.wrap("one two three", 8) == ["one two", "three"]
    assert figures.wrap("one two three four five six", 8) == ["one two", "three f…"]
    assert figures.clip("abcdef", 4) == "abc…"
    assert figures.clip("abcd", 4) == "abcd"
