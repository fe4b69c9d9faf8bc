"""simulate, fit, regressors: one road; one line and nothing written for bad input."""

import json

import pandas as pd
import pytest

from dolorimeter.cli import main

QUICK = ("--permutations", "19", "--bootstrap", "20")


def run(capsys, *arguments):
    code = main.run(["learning", *(str(a) for a in arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.fixture(scope="module")
def road(tmp_path_factory):
    root = tmp_path_factory.mktemp("road")
    assert main.run(["learning", "simulate", "--subjects", "3", "--out", str(root / "sim")]) == 0
    fit = ["learning", "fit", str(root / "sim"), "--models", "td,rw", "--measure", "rt,preference"]
    assert main.run([*fit, *QUICK, "--out", str(root / "fit")]) == 0
    return root


def test_the_road(capsys, road):
    code, out, _ = run(
        capsys, "regressors", road / "fit", "--bids", road / "sim", "--out", road / "derivatives"
    )
    assert code == 0
    assert "td (alpha = 0.3" in out
    assert "fixed beforehand" in out
    events = sorted((road / "derivatives" / "dolorimeter").rglob("*_events.tsv"))
    assert len(events) == 9
    assert "appetitive_error_A" in events[0].read_text().splitlines()[0].split("\t")
    again = run(
        capsys, "regressors", road / "fit", "--bids", road / "sim", "--out", road / "derivatives"
    )
    assert again[0] == 2
    assert "exist" in again[2]


def test_printed_json_is_what_is_written(capsys, road, tmp_path):
    arguments = ["fit", road / "sim", "--models", "td", "--measure", "rt", *QUICK, "--json"]
    code, out, _ = run(capsys, *arguments, "--out", tmp_path / "fit")
    assert code == 0
    assert json.loads(out) == json.loads((tmp_path / "fit" / "results.json").read_text())
    assert sorted(p.name for p in (tmp_path / "fit").iterdir()) == [
        "report.html", "results.json", "trials.parquet",
    ]  # fmt: skip


def test_the_claim_is_printed(capsys, road, tmp_path):
    arguments = ["fit", road / "sim", "--models", "td", "--measure", "rt", *QUICK]
    out = run(capsys, *arguments, "--leave-out", "02", "--out", tmp_path / "fit")[1]
    assert out.startswith("- 2 subjects, 180 trials in 6 runs; ")
    assert "REFUSED   Any claim of cause" in out


def test_regressors_take_the_mapping_of_the_fit(capsys, road, tmp_path):
    """Mine calls the exacerbation worth -2: regressors without --spec must learn from that."""
    spec = tmp_path / "mine.yaml"
    spec.write_text(
        "format: 1\ntrials: {by: trial}\ncue: {column: cue}\n"
        "outcome: {column: outcome, rows: {trial_type: outcome}, match: trial}\n"
        "utility: {relief: 1, exacerbation: -2, none: 0}\n"
        "measures: {rt: {column: response_time, match: trial}}\n"
    )
    fit = ["fit", road / "sim", "--models", "td", "--measure", "rt", *QUICK, "--spec", spec]
    assert run(capsys, *fit, "--out", tmp_path / "fit")[0] == 0
    code, _, err = run(
        capsys, "regressors", tmp_path / "fit", "--bids", road / "sim", "--out", tmp_path / "out"
    )
    assert code == 0, err
    told = [pd.read_csv(p, sep="\t") for p in (tmp_path / "out").rglob("*_events.tsv")]
    table = pd.concat(told)
    assert table.loc[table["cue"] == "B", "value"].min() < -1


def test_recovery_is_one_command(capsys, road, tmp_path):
    """With next to no noise the learning rate comes back, and its model is chosen."""
    quick = ["--models", "td,dual-rate", "--simulations", "2", "--correlation", "0.99", "--json"]
    code, out, _ = run(capsys, "recover", road / "sim", *quick, "--out", tmp_path / "rec")
    assert code == 0
    found = json.loads(out)
    assert found == json.loads((tmp_path / "rec" / "results.json").read_text())
    assert found["design"]["trials"] == 270
    rate = found["recovery"]["parameters"]
    assert (rate["model"], rate["name"], len(rate["true"])) == ("td", "alpha", 6)
    assert rate["rmse"] < 0.1
    assert found["recovery"]["models"]["confusion"][0][0] == 1.0
    assert [row["model"] for row in found["recovery"]["each"]] == ["td", "dual-rate", "dual-rate"]
    assert "<html" in (tmp_path / "rec" / "report.html").read_text()


def test_recovery_before_there_are_data(capsys, tmp_path):
    quick = ["--subjects", "2", "--models", "td", "--simulations", "1"]
    code, out, _ = run(capsys, "recover", *quick, "--out", tmp_path / "rec")
    assert code == 0
    assert "1 simulated groups of 2 people for each of 1 models on 180 trials" in out


def test_a_fit_with_recovery_is_the_same_call(capsys, road, tmp_path):
    common = ["--models", "td", "--random-state", "3", "--json"]
    fit = ["fit", road / "sim", "--measure", "rt", *QUICK, "--recovery", "1", *common]
    fitted = json.loads(run(capsys, *fit, "--out", tmp_path / "fit")[1])
    recover = ["recover", road / "sim", "--simulations", "1", *common]
    alone = json.loads(run(capsys, *recover, "--out", tmp_path / "rec")[1])
    assert fitted["recovery"] == alone["recovery"]


BAD = {
    "model": (("fit", "SIM", "--models", "foo"), "'foo'"),
    "measure": (("fit", "SIM", "--measure", "foo"), "'foo'"),
    "measure not there": (("fit", "SIM", "--measure", "pupil"), "expected one of rt"),
    "measure twice": (("fit", "SIM", "--measure", "rt,rt"), "each measure once"),
    "no data": (("fit", "NOWHERE"), "no such folder"),
    "nobody": (("fit", "SIM", "--leave-out", "9"), "who is not in the data"),
    "everybody": (("fit", "SIM", "--leave-out", "01,02,03"), "someone who stays"),
    "choices": (("fit", "SIM", "--preferences", "none.tsv"), "no such file"),
    "spec": (("fit", "SIM", "--spec", "none.yaml"), "none.yaml"),
    "nuisance": (("fit", "SIM", "--nuisance", "moon"), "'moon'"),
    "signs of few": (("fit", "SIM", "--measure", "rt", "--exchange", "signs"), "3 subjects"),
    "no fit": (("regressors", "SIM", "--bids", "SIM"), "No such file"),
    "fit's model": (("regressors", "FIT", "--bids", "SIM", "--model", "hybrid"), "td, rw"),
    "whose estimate": (
        ("regressors", "FIT", "--bids", "SIM", "--parameters", "group"), "rt, preference",
    ),
    "recovered model": (("recover", "SIM", "--models", "foo"), "'foo'"),
    "recovered twice": (("recover", "SIM", "--models", "td,td"), "each once"),
    "recovered design": (("recover", "--design", "foo"), "relief2005"),
    "ratings": (("fit", "SIM", "--ratings", "none.tsv"), "no such file"),
    "design": (("simulate", "--design", "foo"), "relief2005"),
    "alpha": (("simulate", "--alpha", "2"), "from 0 to 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_writes_nothing(capsys, road, tmp_path, name):
    arguments, said = BAD[name]
    places = {"SIM": road / "sim", "FIT": road / "fit", "NOWHERE": tmp_path / "nowhere"}
    out = tmp_path / "out"
    code, _, err = run(capsys, *(places.get(a, a) for a in arguments), "--out", out)
    line = err.splitlines()[-1]
    assert code == 2
    assert line.startswith("error: ")
    assert said in line
    assert not out.exists()
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_exists_is_kept(capsys, road):
    before = (road / "fit" / "results.json").read_text()
    code, _, err = run(capsys, "fit", road / "sim", "--out", road / "fit")
    assert (code, "--force" in err) == (2, True)
    assert (road / "fit" / "results.json").read_text() == before
    assert run(capsys, "simulate", "--out", road / "sim")[0] == 2
