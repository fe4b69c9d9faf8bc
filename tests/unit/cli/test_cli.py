"""Exit codes, one clear line, nothing half-written."""

import json

import pandas as pd
import pytest

from dolorimeter.cli import main


@pytest.fixture(scope="module")
def long_csv(tmp_path_factory):
    """Write a small simulated cohort as a long table."""
    from dolorimeter.tables import simulate_cohort

    events = simulate_cohort(10, 14, signal=4.0, random_state=2)
    path = tmp_path_factory.mktemp("data") / "ward.csv"
    events.table.execute().to_csv(path, index=False)
    return str(path)


def run(capsys, *arguments):
    code = main.run([str(a) for a in arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_every_verb_has_help_with_an_example(capsys):
    verbs = [[], ["demo"], ["vitals"]]
    verbs += [["vitals", v] for v in ("summarize", "evaluate", "fit", "infer", "forecast")]
    for verb in verbs:
        code, out, _ = run(capsys, *verb, "--help")
        assert code == 0
        assert "Example:" in out


def test_version(capsys):
    assert run(capsys, "--version")[1].startswith("dolorimeter, version 0.")


def test_the_road_by_hand(capsys, long_csv, tmp_path):
    model, windows, ahead = (tmp_path / n for n in ("model", "windows.parquet", "ahead.parquet"))
    code, out, _ = run(capsys, "vitals", "summarize", long_csv)
    assert code == 0
    assert "cleaning ledger" in out
    code, out, _ = run(capsys, "vitals", "summarize", long_csv, "--json")
    assert json.loads(out)["stays"] == 14
    steered = ["--set", "hmm.unlabeled_weight=0.1", "--set", "direct.cuts=[3,6]"]
    assert run(capsys, "vitals", "fit", long_csv, *steered, "--out", model)[0] == 0
    assert run(capsys, "vitals", "infer", model, long_csv, "--out", windows)[0] == 0
    assert run(capsys, "vitals", "forecast", model, long_csv, "--steps", 2, "--out", ahead)[0] == 0
    inferred, forecast = pd.read_parquet(windows), pd.read_parquet(ahead)
    assert list(inferred.columns) == [
        "patient_id", "stay_id", "window", "time", "p_low", "p_medium", "p_high", "class",
    ]  # fmt: skip
    assert len(forecast) == 28
    assert forecast.filter(like="p_").sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_evaluate_writes_all_and_refuses_to_overwrite(capsys, long_csv, tmp_path):
    out = tmp_path / "out"
    arguments = [
        "vitals",
        "evaluate",
        long_csv,
        "--task",
        "direct",
        "--models",
        "hmm,nb",
        "--folds",
        3,
    ]
    arguments += ["--null-bootstraps", 50, "--history", "none", "--out", out]
    code, shown, err = run(capsys, *arguments)
    assert code == 0, err
    assert "REFUSED" in shown
    assert (out / "report.html").exists()
    before = (out / "results.json").stat().st_mtime_ns
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "--force" in err
    assert (out / "results.json").stat().st_mtime_ns == before
    code, shown, _ = run(capsys, *arguments, "--force", "--json")
    assert code == 0
    assert json.loads(shown)["study"] == "vitals"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["vitals", "evaluate", "nowhere", "--out", "OUT"], "nowhere"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--task", "headache"], "headache"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--models", "oracle"], "oracle"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--folds", "many"], "many"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--folds", "40"], "40 folds"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--width", "soon"], "soon"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--min-stay", "4000h"], "min_stay"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--source", "fax"], "fax"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--vitals", "aura"], "aura"),
        (["vitals", "infer", "nowhere", "CSV", "--out", "OUT"], "MODEL comes before DATA"),
        (["vitals", "evaluate", "CSV", "--out", "CSV/sub"], "not a directory"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--set", "hmm"], "NAME.KEY=VALUE"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--set", "hmm.aura=1"], "aura"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--set", "direct.cuts=[7,3]"], "cuts"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--set", "direct.cuts=soon"], "direct"),
        (["vitals", "evaluate", "CSV", "--out", "OUT", "--set", "oracle.x=1"], "oracle"),
        (["vitals", "evaluate", "CSV"], "--out"),
        (["vitals", "diagnose"], "diagnose"),
    ],
)
def test_bad_input_is_one_line_exit_2_and_nothing_written(
    capsys, long_csv, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    given = [
        {"CSV": long_csv, "OUT": "out", "CSV/sub": f"{long_csv}/sub"}.get(a, a) for a in arguments
    ]
    code, out, err = run(capsys, *given)
    assert code == 2
    assert out == ""
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_our_fault_is_exit_1_and_says_how_to_report(capsys, monkeypatch, long_csv):
    import dolorimeter.tables

    def broken(*_args, **_options):
        raise ZeroDivisionError("x")

    monkeypatch.setattr(dolorimeter.tables, "summarize_cohort", broken)
    code, _, err = run(capsys, "vitals", "summarize", long_csv)
    assert code == 1
    assert "please report" in err
    monkeypatch.setenv(main.DEBUG, "1")
    assert "Traceback" in run(capsys, "vitals", "summarize", long_csv)[2]


def test_stopping_is_not_a_fault(capsys, monkeypatch, long_csv):
    import dolorimeter.tables

    def stopped(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(dolorimeter.tables, "summarize_cohort", stopped)
    assert run(capsys, "vitals", "summarize", long_csv)[0] == 130
