"""Numbers as they are printed."""

import math

import pytest

from dolorimeter.reporting import formats, words


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (0.31249, 3, "0.312"),
        (-1.25, 2, "−1.25"),
        (-0.0001, 3, "0.000"),
        (41230.44, 1, "41,230.4"),
        (None, 3, "–"),
        (math.nan, 3, "–"),
        (-math.inf, 3, "–"),
    ],
)
def test_number(value: float | None, decimals: int, printed: str) -> None:
    assert formats.number(value, decimals) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.00099, "< 0.001"),
        (0.001, "0.001"),
        (0.0496, "0.050"),
        (1.0, "1.000"),
        (0.0, "< 0.001"),
        (None, "–"),
    ],
)
def test_p_value(value: float | None, printed: str) -> None:
    assert formats.p_value(value) == printed


def test_counts_keep_a_fraction_only_where_there_is_one() -> None:
    assert [formats.count(v) for v in (5320, 12.0, 12.44, None)] == ["5,320", "12", "12.4", "–"]


def test_interval_has_two_ends_or_none() -> None:
    assert formats.interval([-0.03, 0.04]) == "−0.030 to 0.040"
    assert formats.interval([None, 0.04]) == formats.interval(None) == "–"


def test_significant_digits_suit_tiny_and_large_slopes() -> None:
    printed = [formats.significant(v) for v in (0.00012345, -12.345, 0.0)]
    assert printed == ["0.000123", "−12.3", "0"]


def test_percent() -> None:
    assert formats.percent(19.62) == "19.6\u00a0%"
    assert formats.percent(None) == "–"


def test_plain_keeps_scripts_and_drops_what_can_disguise_text() -> None:
    assert formats.plain(" 痛み\n\tscore ") == "痛み score"
    assert formats.plain("a\x00b\ud800c\u202ed") == "a\ufffdb\ufffdc\ufffdd"
    assert formats.plain("<b>$x$") == "<b>$x$"  # escaping is the template's business


def test_options_are_spelled_out() -> None:
    assert words.option({"cuts": [4.0, 7.5], "large": None}) == "cuts: 4, 7.5; large: none"
    assert words.option([True, "2h", 10]) == "yes, 2h, 10"


def test_known_variables_have_units_and_others_keep_their_name() -> None:
    assert words.variable_with_unit("temperature") == "Temperature (°C)"
    assert words.variable_with_unit("skin_conductance") == "skin_conductance"
