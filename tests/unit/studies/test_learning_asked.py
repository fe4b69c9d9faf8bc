"""What people were asked beside the trials: read, checked, described by hand's figures, judged."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dolorimeter.audit import audit_study
from dolorimeter.core import InputError
from dolorimeter.learning import find_temperatures, simulate_learning
from dolorimeter.studies.learning import LearningStudy, read_learning, save_simulated
from dolorimeter.studies.learning.asked import Asked
from dolorimeter.studies.learning.asked_checks import check_people
from dolorimeter.studies.learning.facts import analyses

QUICK = {"n_bootstrap": 20, "permutations": 19, "sensitivity": False}


@pytest.fixture(scope="module")
def simulated():
    return simulate_learning(n_subjects=8, spread=0.1, random_state=4)


@pytest.fixture(scope="module")
def folder(simulated, tmp_path_factory):
    root = tmp_path_factory.mktemp("asked") / "sim"
    save_simulated(simulated, root)
    return root


@pytest.fixture(scope="module")
def data(folder):
    return read_learning(folder)


@pytest.fixture(scope="module")
def content(data):
    study = LearningStudy(models=("td",), measures=("preference",), **QUICK)
    return study.run(data, random_state=0).content


def people(**columns):
    """Make the table of three people."""
    return check_people(pd.DataFrame({"subject": ["01", "02", "03"], **columns}))


def texts(content, kind):
    return " ".join(s["text"] for s in content["claim"][kind])


def with_people(data, **columns):
    """Run again with three people and what they told."""
    few = replace(
        data,
        trials=data.trials.take(np.isin(data.trials.subject, ["01", "02", "03"])),
        asked=replace(data.asked, participants=people(**columns)),
    )
    return LearningStudy(models=("td",), measures=(), **QUICK).run(few, random_state=0).content


# Temperatures


def test_temperatures_by_hand():
    """6.2 is the first of at least 6; 8.3 before it does not count, 8.1 after it does."""
    found = find_temperatures([42, 42.5, 43, 43.5, 44, 44.5], [3.0, 5.9, 6.2, 5.0, 8.1, 9.0])
    assert found == (43.0, 44.0)
    assert find_temperatures([43.0, 43.5], [8.5, 9.0]) == (43.0, 43.0)
    assert np.isnan(find_temperatures([43.0, 43.5], [1.0, 2.0])).all()
    assert np.isnan(find_temperatures([43.0, 43.5], [1.0, 7.0])[1])


def test_steps_give_the_temperatures_that_the_simulation_found(simulated, content):
    found = content["behaviour"]["calibration"]
    told = simulated.participants
    assert found["from"] == "steps"
    for name in ("baseline", "exacerbation"):
        row = found["temperatures"][name]
        assert row["values"] == told[f"{name}_temperature"].tolist()
        assert row["mean"] == pytest.approx(told[f"{name}_temperature"].mean())
    assert found["reached"]["yes"] == 8


def test_steps_are_ordered_by_their_number(folder, tmp_path):
    table = pd.read_csv(folder / "sourcedata" / "calibration.tsv", sep="\t", dtype=str)
    table.iloc[::-1].to_csv(tmp_path / "turned.tsv", sep="\t", index=False)
    study = LearningStudy(models=("td",), measures=(), **QUICK)
    turned = read_learning(folder, calibration=tmp_path / "turned.tsv")
    straight = read_learning(folder)
    rows = [study.run(d, random_state=0).content["behaviour"] for d in (turned, straight)]
    assert rows[0]["calibration"]["temperatures"] == rows[1]["calibration"]["temperatures"]


def test_temperatures_as_recorded_where_no_steps_are(data):
    recorded = replace(data, asked=replace(data.asked, calibration=None))
    content = LearningStudy(models=("td",), measures=(), **QUICK).run(recorded, 0).content
    assert content["behaviour"]["calibration"]["from"] == "participants"
    assert "as recorded" in " ".join(content["summary"])


# Ratings


def test_ratings_are_compared_by_the_signed_rank_test(simulated, content):
    table = simulated.ratings.set_index(["when", "skin", "change", "subject"])["pain"].sort_index()
    row = next(
        r
        for r in content["behaviour"]["ratings"]["paired"]
        if (r["kind"], r["scale"], r["a"]) == ("change", "pain", "decrease")
    )
    low, base = (table["before", "treated", c].to_numpy() for c in ("decrease", "baseline"))
    assert row["difference"] == pytest.approx((low - base).mean())
    assert row["p"] == pytest.approx(stats.wilcoxon(low, base, method="exact").pvalue)
    every = [r["p"] for r in content["behaviour"]["ratings"]["paired"]]
    assert len(every) == 16
    assert row["p_holm"] >= 16 * min(every)
    assert "decreases were rated better" in texts(content, "granted") + texts(content, "unproven")


def test_a_missing_scale_and_time_are_no_error(data):
    own = data.asked.ratings
    less = own[own["when"] == "before"].drop(columns="pleasantness")
    few = replace(data, asked=replace(data.asked, ratings=less))
    content = LearningStudy(models=("td",), measures=(), **QUICK).run(few, random_state=0).content
    rows = content["behaviour"]["ratings"]["paired"]
    assert {r["scale"] for r in rows} == {"pain"}
    assert {r["kind"] for r in rows} == {"change", "skin"}


# Screening and awareness


def test_shares_are_exact(data):
    """4 of 14 has the exact interval 8.4 to 58.1 % (Clopper and Pearson)."""
    content = with_people(data, aware=["True", "no", np.nan], decrease_is=["pleasant"] * 3)
    awareness = content["behaviour"]["awareness"]
    assert (awareness["yes"], awareness["n"], awareness["not_asked"]) == (1, 2, 1)
    assert awareness["ci95"] == pytest.approx(
        [stats.beta.ppf(0.025, 1, 2), 1 - 0.0125791], abs=1e-5
    )


def test_a_decrease_unpleasant_to_one_is_no_relief_to_all(data):
    everyone = with_people(data, decrease_is=["pleasant"] * 3)
    assert "pleasant to everyone analyzed" in texts(everyone, "granted")
    not_all = with_people(data, decrease_is=["pleasant", "unpleasant", "pleasant"])
    assert "pleasant to everyone analyzed" in texts(not_all, "unproven")
    assert "--leave-out 02" in " ".join(not_all["summary"])
    unasked = with_people(data, decrease_is=["pleasant", "pleasant", np.nan])
    assert "1 of those analyzed were not asked" in texts(unasked, "unproven")


def test_the_preferences_of_those_unaware_are_their_own(simulated, content):
    told = simulated.participants
    names = set(told["subject"][~told["aware"]])
    found = content["behaviour"]["awareness"]["unaware"]
    own = simulated.preferences[simulated.preferences["subject"].isin(names)]
    wins = own[own["chosen"] == "A"].groupby("subject").size()
    assert found["n"] == len(names)
    assert found["scores"]["A"] == pytest.approx(wins.sum() / len(names))
    assert "could not report" in texts(content, "granted") + texts(content, "unproven")


def test_a_preference_against_the_task_is_not_granted(content):
    turned = dict(content)
    turned["behaviour"] = {**content["behaviour"]}
    turned["behaviour"]["preferences"] = {
        **content["behaviour"]["preferences"],
        "expected": content["behaviour"]["preferences"]["expected"][::-1],
    }
    texts_of = [s.text for s in audit_study(analyses(turned)).granted]
    assert not any("choose the cue B" in text for text in texts_of)
    assert "People choose the cue A" in texts(content, "granted")


def test_people_left_out_are_left_out_of_what_was_asked(folder):
    read = read_learning(folder, leave_out=("03",))
    for table in (read.asked.calibration, read.asked.ratings, read.asked.participants):
        assert "03" not in set(table["subject"])


def test_strangers_are_noticed(folder, tmp_path):
    (tmp_path / "people.tsv").write_text("participant_id\taware\nsub-01\tyes\nsub-99\tno\n")
    read = read_learning(folder, participants=tmp_path / "people.tsv")
    assert set(read.asked.participants["subject"]) == {"01"}
    assert ["99" in str(n) for n in read.notices if n.kind == "no-trials"] == [True]


def test_a_table_of_people_beside_the_subjects_counts_only_with_our_columns(folder):
    source = folder / "sourcedata" / "participants.tsv"
    kept, beside = source.read_text(), folder / "participants.tsv"
    plain = beside.read_text()
    source.unlink()
    try:
        assert read_learning(folder).asked.participants is None
        beside.write_text("participant_id\taware\nsub-01\tTrue\n")
        assert read_learning(folder).asked.participants["aware"].tolist() == [1.0]
    finally:
        source.write_text(kept)
        beside.write_text(plain)


def test_nothing_asked_is_nothing_said(data):
    silent = replace(data, asked=Asked())
    content = (
        LearningStudy(models=("td",), measures=(), **QUICK).run(silent, random_state=0).content
    )
    names = ("calibration", "screening", "ratings", "awareness")
    assert [content["behaviour"][name] for name in names] == [None] * 4
    assert len(content["summary"]) == 2  # what was read, and the preference scores


BAD = {
    "calibration": [
        ("subject\ttemperature\n01\t40\n", "no column 'rating'"),
        ("subject\ttemperature\trating\n01\t40\t11\n", "data row 1, rating: '11'"),
        ("subject\ttemperature\trating\n01\t40\t5\n01\thot\t5\n", "data row 2, temperature"),
        ("who\ttemperature\trating\n01\t40\t5\n", "participant_id"),
    ],
    "ratings": [
        ("subject\twhen\tskin\tchange\tpain\n01\tearly\ttreated\tbaseline\t5\n", "before or after"),
        ("subject\twhen\tskin\tchange\n01\tbefore\ttreated\tbaseline\n", "pain or pleasantness"),
        ("subject\twhen\tskin\tchange\tpain\n" + "01\tbefore\ttreated\tbaseline\t5\n" * 2, "twice"),
    ],
    "participants": [
        ("subject\taware\n01\tmaybe\n", "true, false or n/a"),
        ("subject\taware\n01\tyes\n01\tno\n", "subject 01 again"),
        ("subject\tdecrease_pleasantness\n01\t-3\n", "a number from 0 to 10"),
    ],
}


@pytest.mark.parametrize(
    ("table", "text", "said"), [(n, t, s) for n, rows in BAD.items() for t, s in rows]
)
def test_tables_that_mean_nothing_are_one_line(folder, tmp_path, table, text, said):
    path = tmp_path / "table.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        read_learning(folder, **{table: path})
    assert "\n" not in str(caught.value)


def test_a_table_named_must_exist(folder, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_learning(folder, ratings=tmp_path / "none.tsv")
