"""The study end to end on a small simulated cohort."""

import json

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.evaluation import classification_metrics, vus
from dolorimeter.studies import VitalsStudy

METRICS = {"vus", "accuracy", "precision", "recall", "f1", "f1_of_means"}


def test_results_have_the_documented_shape(result):
    content = result.to_dict()
    assert content["format"] == 1
    assert content["study"] == "vitals"
    assert list(content["tasks"]) == ["direct", "median-referenced", "difference"]
    for task in content["tasks"].values():
        reports = task["reports"]
        assert set(task["models"]) >= {
            "hmm",
            "hmm-labelled",
            "chain",
            "nb",
            "boosting",
            "random",
            "mode",
        }
        assert "boosting-reports" in reports["models"]
        assert "boosting-reports" not in task["models"]
        for block in (task, reports):
            assert len(block["class_counts"]) == len(block["class_names"])
            for row in block["models"].values():
                assert set(row["metrics"]) >= METRICS
                for cell in row["metrics"].values():
                    assert {"mean", "folds", "se", "ci95", "p_paper", "p_paper_holm", "p"} <= set(
                        cell
                    )
                assert np.sum(row["confusion"]) == pytest.approx(sum(block["class_counts"]))
            for comparison in block["comparisons"]:
                assert comparison["p_holm"] >= comparison["p"]
    json.dumps(content, allow_nan=False)


def test_only_the_arm_without_history_is_relabelled(result):
    for task in result.content["tasks"].values():
        assert task["models"]["hmm"]["metrics"]["vus"]["p"] is not None
        assert task["models"]["boosting"]["metrics"]["vus"]["p"] is None
        assert task["reports"]["models"]["hmm"]["metrics"]["vus"]["p"] is None


def test_headline_numbers_follow_from_the_saved_posteriors(result):
    """Recompute VUS and accuracy from the Parquet table, as a user would."""
    table = pd.concat(result.posteriors)
    for (task, history, model), rows in table[table["label"] >= 0].groupby(
        ["task", "history", "model"], sort=False
    ):
        block = result.content["tasks"][task]
        block = block["reports"] if history == "reports" else block
        metrics = block["models"][model]["metrics"]
        posterior = rows[["p_0", "p_1", "p_2"]].to_numpy()
        again = vus(posterior, rows["label"].to_numpy(), folds=rows["fold"].to_numpy())
        assert metrics["vus"]["mean"] == pytest.approx(again.value, abs=1e-12)
        by_fold = [
            classification_metrics(f["label"], f[["p_0", "p_1", "p_2"]].to_numpy().argmax(1), 3)
            for _, f in rows.groupby("fold")
        ]
        for metric in ("accuracy", "f1"):
            expected = np.mean([fold[metric] for fold in by_fold])
            assert metrics[metric]["mean"] == pytest.approx(expected, abs=1e-12)


def test_nulls_are_what_they_must_be(result):
    for task in result.content["tasks"].values():
        for block in (task, task["reports"]):
            mode = block["models"]["mode"]["metrics"]
            assert mode["vus"]["mean"] == pytest.approx(1 / 6, abs=1e-12)
            assert block["models"]["random"]["metrics"]["vus"]["mean"] == pytest.approx(
                1 / 6, abs=0.02
            )
            assert block["models"]["hmm"]["metrics"]["vus"]["p_paper"]["mode"] is None


def test_same_seed_same_numbers_other_seed_other_folds(study, cohort, result):
    small = VitalsStudy(
        task="direct", models=("hmm", "nb"), folds=4, history="none",
        null_bootstraps=50, learning_splits=0, n_bootstrap=50,
    )  # fmt: skip
    one, two, other = (small.run(cohort, random_state=s).to_dict() for s in (3, 3, 4))
    for content in (one, two):
        content.pop("created")
    assert one == two
    assert other["design"]["fold_fingerprint"] != one["design"]["fold_fingerprint"]
    # A model's numbers do not depend on which others ran beside it.
    whole = result.content["tasks"]["direct"]["models"]["hmm"]["metrics"]["vus"]["folds"]
    assert len(whole) == 4


def test_everything_is_saved_or_nothing(result, tmp_path, monkeypatch):
    out = tmp_path / "out"
    result.save(out)
    assert {p.name for p in out.iterdir()} == {
        "results.json", "report.html", "metrics.parquet", "comparisons.parquet",
        "ledger.parquet", "posteriors.parquet", "model",
    }  # fmt: skip
    assert json.loads((out / "results.json").read_text()) == result.to_dict()
    assert {p.name for p in (out / "model" / "direct").iterdir()} == {
        "hmm", "hmm-labelled", "chain", "nb",
    }  # fmt: skip
    with pytest.raises(InputError, match="--force"):
        result.save(out)

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(InputError, match="No space left"):
        result.save(tmp_path / "half")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"task": "headache"}, "headache"),
        ({"models": ("hmm", "oracle")}, "oracle"),
        ({"models": ("hmm", "hmm")}, "each once"),
        ({"folds": 1}, "folds"),
        ({"history": "future"}, "future"),
        ({"group": "ward"}, "ward"),
        ({"rule": "median"}, "median"),
        ({"permutations": -1}, "permutations"),
        ({"model_options": {"oracle": {}}}, "oracle"),
    ],
)
def test_a_design_that_cannot_be_is_refused_by_name(options, named):
    with pytest.raises(InputError, match=named):
        VitalsStudy(**options)


def test_more_folds_than_patients_is_refused(cohort):
    with pytest.raises(InputError, match="13 folds of 12 patients"):
        VitalsStudy(folds=13).run(cohort, random_state=0)


def test_five_classes(cohort):
    study = VitalsStudy(
        task="difference", models=("hmm", "nb"), folds=3, null_bootstraps=20, learning_splits=0,
        n_bootstrap=20, target_options={"difference": {"large": 3}},
    )  # fmt: skip
    content = study.run(cohort, random_state=0).to_dict()
    task = content["tasks"]["difference"]
    assert len(task["class_names"]) == 5
    assert task["chance"] == pytest.approx(1 / 120)
    assert np.shape(task["models"]["hmm"]["parameters"]["transmat"]) == (5, 5)
