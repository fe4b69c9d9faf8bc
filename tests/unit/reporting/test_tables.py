"""Tables lay out the numbers they are given."""

from collections.abc import Callable
from typing import Any

import pytest

from dolorimeter.reporting import tables_claim, tables_data, tables_models, tables_parameters
from dolorimeter.reporting.tables import ABSENT, Cell, Row, Table, group_footnotes


@pytest.fixture
def task(small: dict[str, Any]) -> dict[str, Any]:
    return small["tasks"]["direct"]


def test_results_are_laid_out_as_in_the_paper(task: dict[str, Any]) -> None:
    table = tables_models.results(task["models"], "caption")
    assert table.columns == (
        "Model",
        "VUS",
        "Accuracy",
        "Precision",
        "Recall",
        "F1",
        "Harmonic F1",
    )
    assert [row.head for row in table.rows][-2:] == ["Random null", "Mode null"]
    assert [row.ruled for row in table.rows] == [False] * 5 + [True, False]
    vus = task["models"]["hmm"]["metrics"]["vus"]
    cell = table.rows[0].cells[0]
    assert cell.text == f"{vus['mean']:.3f}"
    assert cell.under == f"[{vus['ci95'][0]:.3f}, {vus['ci95'][1]:.3f}]"


@pytest.mark.parametrize(
    ("holm", "marks"),
    [
        ({"random": 0.049, "mode": 0.049}, "r m"),
        ({"random": 0.05, "mode": 0.001}, "m"),
        ({"random": 0.001, "mode": None}, "r"),
        ({"random": None, "mode": None}, ""),
        (None, ""),
    ],
)
def test_marks_follow_holms_p(task: dict[str, Any], holm: Any, marks: str) -> None:
    task["models"]["hmm"]["metrics"]["vus"]["p_paper_holm"] = holm
    table = tables_models.results(task["models"], "caption")
    assert table.rows[0].cells[0].marks == marks


def test_marks_come_with_the_note_that_they_support_no_claim(task: dict[str, Any]) -> None:
    notes = " ".join(tables_models.results(task["models"], "caption").notes)
    assert "descriptive and support no claim" in notes
    assert "In 2 of the folds a class had no window" in notes


def test_the_relabelling_column_is_there_only_after_the_test(
    task: dict[str, Any], fabricate: Callable[..., dict[str, Any]]
) -> None:
    without = tables_models.results(task["models"], "caption")
    assert not any("Relabelling" in column for column in without.columns)
    models = fabricate(tasks=("direct",), permutations=199)["tasks"]["direct"]["models"]
    table = tables_models.results(models, "caption")
    assert table.columns[-1] == "Relabelling p (VUS)"
    assert table.rows[0].cells[-1] == Cell("0.135", "0.540")
    assert table.rows[-1].cells[-1].text == "–"
    assert ABSENT in table.footnotes


def test_the_relabelling_test_has_a_table_by_metric(
    task: dict[str, Any], fabricate: Callable[..., dict[str, Any]]
) -> None:
    assert tables_models.relabelling(task["models"], "caption") is None
    models = fabricate(tasks=("direct",), permutations=199)["tasks"]["direct"]["models"]
    table = tables_models.relabelling(models, "caption")
    assert table is not None
    assert [row.head for row in table.rows][-1] == "Gradient boosting"  # the nulls have none
    assert table.rows[0].cells == (Cell("0.135", "0.540"),) * 6


def test_too_few_bootstraps_for_holm_are_named(task: dict[str, Any]) -> None:
    missing = "too few bootstraps"
    assert missing not in " ".join(tables_models.results(task["models"], "").notes)
    for model in task["models"].values():
        for score in model["metrics"].values():
            score["p_paper_holm"] = {"random": None, "mode": None}
    assert missing in " ".join(tables_models.results(task["models"], "").notes)


def test_null_p_values_stand_over_holms(task: dict[str, Any]) -> None:
    table = tables_models.null_p_values(task["models"], "caption")
    assert table is not None
    by_head = {row.head: row.cells for row in table.rows}
    assert by_head["Hidden Markov model, against mode"][0].text == "–"
    assert by_head["Hidden Markov model, against mode"][1] == Cell("0.042", "1.000")
    assert by_head["Hidden Markov model, against random"][0] == Cell("< 0.001", "0.006")
    assert not any("null" in head for head in by_head)
    assert tables_models.null_p_values({"mode": task["models"]["mode"]}, "caption") is None


def test_comparisons_put_the_question_first(task: dict[str, Any]) -> None:
    table = tables_models.comparisons(task["comparisons"], task["models"], "caption")
    assert table is not None
    first = table.rows[0]
    assert first.head == "Do the vital signs tell the classes better than chance?"
    assert first.cells[0] == Cell("Hidden Markov model − chance", "VUS")
    assert first.cells[-1].text == "1.000"
    assert tables_models.comparisons([], task["models"], "caption") is None


def test_further_metrics_have_a_table_of_their_own(task: dict[str, Any]) -> None:
    table = tables_models.further_metrics(task["models"], "caption")
    assert table is not None
    assert table.columns[1:] == ("Weighted precision", "Weighted recall", "Weighted F1")
    for model in task["models"].values():
        model["metrics"] = {"vus": model["metrics"]["vus"]}
    assert tables_models.further_metrics(task["models"], "caption") is None


def test_confusions_show_counts_and_shares_of_the_row() -> None:
    models = {"m": {"label": "M", "confusion": [[1, 3], [0, 0]]}}
    (table,) = tables_parameters.confusions(models, ["a", "b"])
    assert table.rows[0] == Row(
        "a", (Cell("1", "25\u00a0%", share=0.25), Cell("3", "75\u00a0%", share=0.75))
    )
    assert table.rows[1].cells == (Cell("0", "–"), Cell("0", "–"))
    assert table.footnotes == (ABSENT,)


def test_expected_counts_keep_one_decimal_throughout() -> None:
    models = {"random": {"label": "R", "confusion": [[1.5, 2.0], [1.0, 0.5]]}}
    (table,) = tables_parameters.confusions(models, ["a", "b"])
    assert [cell.text for row in table.rows for cell in row.cells] == ["1.5", "2.0", "1.0", "0.5"]


def test_parameters_show_what_a_model_has() -> None:
    full = {
        "startprob": [0.5, 0.5],
        "transmat": [[0.9, 0.1], [0.2, 0.8]],
        "means": {"pulse": [-0.5, 0.25]},
        "deviations": {"pulse": [1.0, 2.0]},
    }
    transitions = tables_parameters.transitions(full, ["a", "b"])
    emissions = tables_parameters.emissions(full, ["a", "b"])
    assert transitions is not None
    assert emissions is not None
    assert [row.head for row in transitions.rows] == ["start", "from a", "from b"]
    assert [cell.text for cell in transitions.rows[2].cells] == ["0.200", "0.800"]
    assert [cell.text for cell in emissions.rows[0].cells] == ["−0.50 ± 1.00", "0.25 ± 2.00"]
    bayes = tables_parameters.transitions({"class_prior": [0.3, 0.7]}, ["a", "b"])
    assert bayes is not None
    assert bayes.caption == "Class prior"
    assert tables_parameters.transitions({}, ["a", "b"]) is None
    assert tables_parameters.emissions({}, ["a", "b"]) is None


def test_correlation_shows_the_lower_triangle() -> None:
    block = {"names": ["pain_score", "pulse"], "values": [[1.0, -0.25], [-0.25, 1.0]]}
    table = tables_data.correlation(block, "caption")
    cells = [[(cell.text, cell.share) for cell in row.cells] for row in table.rows]
    assert cells == [[("1.00", None), ("", None)], [("−0.25", 0.25), ("1.00", None)]]


def test_ledger_and_findings_are_set_whole(small: dict[str, Any]) -> None:
    ledger = tables_data.ledger(small["data"]["ledger"], "caption")
    assert ledger.rows[0].head == "Pain score"
    assert [cell.text for cell in ledger.rows[0].cells] == ["unable to score", "set missing", "643"]
    findings = tables_claim.findings(small["claim"]["findings"], "caption")
    assert [row.cells[0].text for row in findings.rows][-1] == "Not applicable"


def test_the_dash_is_explained_wherever_a_number_is_missing() -> None:
    table = Table("", ("", "n"), (Row("a", (Cell("0.50 ± –"),)),), ("note",))
    assert table.footnotes == ("note", ABSENT)
    prose = Table("", ("", "n"), (Row("a", (Cell("a – b"),)),), kinds={1: "prose"})
    assert prose.footnotes == ()
    assert group_footnotes([table, table, prose]) == ("note", ABSENT)
