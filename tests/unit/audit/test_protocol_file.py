"""Bad protocols: one clear line that names the place, what was found and what is allowed."""

import pytest

from dolorimeter.audit import Comparator, Facts, Test, judge, read_protocol
from dolorimeter.core import InputError


def write(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("shared_subject: 0", ["study.yaml", "'shared_subject'", "'shared_subjects'"]),
        ("qqqq: 0", ["'qqqq'", "one of format, title"]),
        ("whom: new subjects", ["whom", "'new subjects'", "new-stays"]),
        ("claims: [lives]", ["claims", "'lives'", "live"]),
        ("claims: live", ["claims", "a list"]),
        ("pain: 1", ["pain", "true or false"]),
        ("pain: maybe", ["pain", "'maybe'", "true or false"]),
        ("duplicates: -1", ["duplicates", "0 or more"]),
        ("duplicates: true", ["duplicates", "whole number"]),
        ("duplicates: 1.5", ["duplicates", "whole number"]),
        ("trials_per_test_sample: 0", ["trials_per_test_sample", "1 or more"]),
        ("base_rate: 1.2", ["base_rate", "between 0 and 1"]),
        ("base_rate: .nan", ["base_rate", "finite"]),
        ("signal: 3", ["signal", "text"]),
        ("result: 0.7", ["result", "a mapping of value"]),
        ("result: {pvalue: 0.1}", ["result", "'pvalue'", "unknown"]),
        ("result: {value: 0.7, p: 2}", ["result: p", "between 0 and 1"]),
        ("result: {value: 0.7, ci95: [0.9, 0.1]}", ["result: ci95", "lower end first"]),
        ("result: {value: 0.7, ci95: [0.9]}", ["result: ci95", "2 numbers"]),
        ("comparators: [{modality: touch, margin: 0}]", ["comparators[0]", "positive"]),
        ("comparators: [{salience: 1}]", ["comparators[0]", "'salience'", "salience_ci95"]),
        ("comparators: [touch]", ["comparators[0]", "a mapping"]),
        ("measured: [nothing]", ["measured", "names of facts"]),
        ("format: 2", ["format", "expected 1"]),
        ("title: [a]", ["title", "text"]),
        ("pain: true\npain: false", ["line 2", "pain twice"]),
        ("a: &x [1]\nb: *x", ["line 2", "alias"]),
        ("pain: [", ["line"]),
        ("- pain", ["list", "keys and values"]),
        ("", ["NoneType", "keys and values"]),
        ("null: nominal\n'null': none", ["null twice"]),
        ("? [1]\n: 2", ["study.yaml"]),
    ],
)
def test_one_line(tmp_path, text, parts):
    with pytest.raises(InputError) as caught:
        judge(write(tmp_path, text))
    said = str(caught.value)
    assert "study.yaml" in said
    assert "\n" not in said
    for part in parts:
        assert part in said


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        judge(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="directory"):
        judge(tmp_path)
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"b\.yaml"):
        judge(tmp_path / "b.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputError, match="1 MB"):
        judge(tmp_path / "large.yaml")
    (tmp_path / "deep.yaml").write_text("pain: " + "[" * 5000)
    with pytest.raises(InputError, match=r"deep\.yaml"):
        judge(tmp_path / "deep.yaml")


def test_what_is_read(tmp_path):
    text = """
        format: 1
        title: A study
        null: relabelling            # unquoted: YAML's word for nothing
        pain:
        looks_ahead: []
        result: {value: 1, p: 1e-3}
        comparators: [{modality: touch, salience_ci95: [-1, 1]}]
        measured: ['null']
    """
    protocol = read_protocol(write(tmp_path, text))
    assert protocol.title == "A study"
    assert protocol.facts == Facts(
        null="relabelling",
        looks_ahead=(),
        result=Test(1, p=0.001),
        comparators=(Comparator("touch", (-1, 1)),),
        measured=frozenset({"null"}),
    )


def test_a_mapping_may_hold_records():
    touch = Comparator("touch")
    facts = read_protocol({"result": Test(0.7), "comparators": (touch,)}).facts
    assert (facts.result, facts.comparators) == (Test(0.7), (touch,))


def test_every_fact_is_in_the_format_page():
    from dataclasses import fields
    from pathlib import Path

    page = Path(__file__).resolve().parents[3] / "docs" / "formats" / "protocol.md"
    text = page.read_text(encoding="utf-8")
    example = text.split("```yaml")[1].split("```")[0]
    path_keys = {line.split(":")[0] for line in example.splitlines() if line[:1].isalpha()}
    assert {f.name for f in fields(Facts)} | {"format", "title", "source", "notes"} == path_keys


def test_the_example_of_the_format_page_reads(tmp_path):
    from pathlib import Path

    page = Path(__file__).resolve().parents[3] / "docs" / "formats" / "protocol.md"
    example = page.read_text(encoding="utf-8").split("```yaml")[1].split("```")[0]
    assert judge(write(tmp_path, example)).objective == "prediction"
