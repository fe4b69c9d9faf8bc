"""Removing what is known never grants anything, and no violated rule lets its claim through."""

import json
from collections import Counter
from dataclasses import fields, replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dolorimeter.audit import RULES, Comparator, Facts, Test, audit_study
from dolorimeter.audit.rules.claims import PREDICTION_NEEDS, SIGNATURE_NEEDS

unit = st.sampled_from([0.0, 0.01, 0.2, 0.5, 0.9, 1.0])
TESTS = st.builds(
    Test,
    value=st.sampled_from([None, 0.3, 0.7]),
    null_mean=st.sampled_from([None, 0.49]),
    p=st.sampled_from([None, 0.001, 0.2]),
    ci95=st.sampled_from([None, (0.6, 0.8)]),
)
GOOD_TEST = st.just(Test(0.7, 0.49, 0.001))
COMPARATORS = st.builds(
    Comparator,
    modality=st.sampled_from(["touch", "sound", ""]),
    salience_ci95=st.sampled_from([None, (-0.1, 0.1), (0.1, 0.9)]),
    margin=st.sampled_from([None, 0.5]),
    separation_ci95=st.sampled_from([None, (0.1, 0.2), (-0.1, 0.2)]),
)
GOOD_COMPARATOR = st.just(Comparator("touch", (-0.1, 0.1), 0.5, (0.1, 0.2)))
# First what helps a claim, so that many of the drawn protocols are granted something.
WORDS = {
    "objective": ["prediction", "signature", "association"],
    "whom": ["new-subjects", "same-subjects", "new-stays", "new-groups"],
    "timing": ["after-the-fact", "live"],
    "cross_validation": ["between-subject", "within-subject"],
    "normalization": ["sample", "none", "time"],
    "grouped_by": ["nothing", "blind", "condition", "stimulus", "rating"],
    "null": ["relabelling", "nominal", "none"],
    "population": ["adults", ""],
    "exchanged": ["trials", ""],
    "signal": ["EEG"],
    "shared_subjects": [0, 3],
    "shared_families": [0, 2],
    "shared_sites": [0, 1],
    "duplicates": [0, 1],
    "trials_per_test_sample": [1, 8],
    "fitted_outside": [(), ("scaling",)],
    "target_in_features": [(), ("rating",)],
    "looks_ahead": [(), ("smoothing",)],
}
GOOD = {"amplitude_used": False, "forced_choice": False}
RATES = ("base_rate", "pattern_given_pain", "pattern_given_no_pain")
CLAIMS = ("signature", "prediction", "fine-grained", "unique", "cause", "use", "reverse-inference",
          "live")  # fmt: skip


@st.composite
def protocols(draw):
    """Draw facts, most of them as a sound study would have them."""
    bad = draw(st.sets(st.sampled_from([f.name for f in fields(Facts)]), max_size=6))
    values = {}
    for field in fields(Facts):
        name, spoiled = field.name, field.name in bad
        if name in ("label", "measured"):
            continue
        if name == "claims":
            values[name] = tuple(draw(st.sets(st.sampled_from(CLAIMS), max_size=3)))
        elif name in ("result", "residual_amplitude"):
            values[name] = draw(TESTS if spoiled else GOOD_TEST)
        elif name == "comparators":
            one = draw(COMPARATORS if spoiled else GOOD_COMPARATOR)
            values[name] = draw(st.sampled_from([(), (one,)])) if spoiled else (one,)
        elif name in RATES:
            values[name] = draw(unit)
        elif name in ("objective", "whom", "timing", "cross_validation"):
            values[name] = draw(st.sampled_from(WORDS[name]))
        elif name == "grouped_by" and not spoiled:
            values[name] = draw(st.sampled_from(["nothing", "blind", "stimulus"]))
        elif name in WORDS:
            values[name] = (
                draw(st.sampled_from([None, *WORDS[name]])) if spoiled else WORDS[name][0]
            )
        else:
            good = GOOD.get(name, True)
            values[name] = draw(st.sampled_from([None, not good])) if spoiled else good
    return Facts(**values)


def granted(facts):
    """Count the granted sentences by the rule that stands for them."""
    return Counter(s.rules[0] for s in audit_study([(facts, ())]).granted)


def thinner(test, parts):
    return test and replace(test, **dict.fromkeys(parts & {"value", "null_mean", "p", "ci95"}))


@settings(max_examples=150, deadline=None)
@given(protocols(), st.data())
def test_removing_evidence_never_grants(facts, data):
    names = [f.name for f in fields(Facts)]
    removed = data.draw(st.sets(st.sampled_from(names), min_size=1))
    plain = {f.name: f.default for f in fields(Facts)}
    fewer = replace(facts, **{name: plain[name] for name in removed})
    assert granted(fewer) <= granted(facts)


@settings(max_examples=40, deadline=None)
@given(protocols())
def test_removing_any_one_fact_never_grants(facts):
    for field in fields(Facts):
        fewer = replace(facts, **{field.name: field.default})
        assert granted(fewer) <= granted(facts), field.name


@settings(max_examples=60, deadline=None)
@given(protocols(), st.sets(st.sampled_from(["value", "null_mean", "p", "ci95"])))
def test_removing_part_of_a_figure_never_grants(facts, parts):
    for name in ("result", "residual_amplitude"):
        fewer = replace(facts, **{name: thinner(getattr(facts, name), parts)})
        assert granted(fewer) <= granted(facts)
    for c in facts.comparators or ():
        for part in ("salience_ci95", "margin", "separation_ci95"):
            fewer = replace(facts, comparators=(replace(c, **{part: None}),))
            assert granted(fewer) <= granted(facts)


@settings(max_examples=150, deadline=None)
@given(protocols())
def test_every_required_rule_that_does_not_pass_blocks(facts):
    given_out = granted(facts)
    for claim, needs in (("C1", SIGNATURE_NEEDS), ("C2", PREDICTION_NEEDS)):
        if given_out[claim]:
            assert {RULES[r.id](facts).status for r in needs} <= {"passed", "warned"}
            assert facts.objective == {"C1": "signature", "C2": "prediction"}[claim]
            assert facts.pain is True
            assert facts.result.p < 0.05
    if given_out["C2"] and facts.timing == "live":
        assert facts.looks_ahead == ()
    if facts.objective is None or facts.pain is not True:
        assert not given_out


@settings(max_examples=60, deadline=None)
@given(protocols())
def test_claims_are_strict_json_and_findings_complete(facts):
    claim = audit_study([(facts, ())])
    content = claim.to_dict()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert [f.rule for f in claim.findings] == list(RULES)
    said = [s.text for kind in ("granted", "refused", "unproven") for s in getattr(claim, kind)]
    assert len(said) == len(set(said))
    for statement in claim.granted:
        assert "unique" not in statement.text
        assert "caus" not in statement.text
        assert statement.rules


def test_the_drawn_protocols_are_often_granted_something():
    drawn = Counter()

    @settings(max_examples=300, deadline=None, phases=[Phase.generate], derandomize=True)
    @given(protocols())
    def count(facts):
        drawn.update(granted(facts).keys())

    count()
    assert {"C1", "C2", "C5", "K2"} <= set(drawn)
