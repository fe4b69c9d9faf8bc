"""study.yaml of decoding: every key read, every wrong one a single line."""

from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from dolorimeter.audit import Prediction, Signature
from dolorimeter.core import InputError
from dolorimeter.studies.decoding import DecodingStudy, read_study

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "decoding"
DATA = "data: {simulate: {n_subjects: 4}}\n"
EVERY_KEY = {
    "objective": {
        "prediction": {
            "normalization": "sample", "scheme": "leave-one-group-out", "within": "",
            "whom": "new-groups", "timing": "live", "population": "adults", "claims": ["use"],
        }
    },
    "estimator": "lda", "regularization": 2.5, "priors": "equal", "group": "family",
    "permutations": 7, "pain": True, "modalities": ["touch", "sound"], "base_rate": 0.25,
    "sizes": [1, 3], "grouped_by": "blind", "test_average": 3,
    "inside": [{"scale": True}, {"select": 5}], "outside": [{"components": 4}],
    "tune": [0.5, 5], "tune_on": "test", "null": "nominal", "searchlight": 8.0,
    "unrelated": True, "signal": "BOLD", "title": "Title",
}  # fmt: skip


def write(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("apart", [("searchlight",), ("inside", "priors")])  # never together
def test_every_key_reaches_its_field(apart, tmp_path):
    keys = {name: value for name, value in EVERY_KEY.items() if name not in apart}
    given = keys | {"format": 1, "study": "decoding", "random_state": 11,
                    "data": {"path": "x.csv"}}  # fmt: skip
    study, data, seed = read_study(write(tmp_path, yaml.safe_dump(given)))
    assert set(EVERY_KEY) == {f.name for f in fields(DecodingStudy)}
    for name, value in keys.items():
        if name == "objective":
            continue
        expected = tuple(value) if isinstance(value, list) else value
        assert getattr(study, name) == expected, name
    options = EVERY_KEY["objective"]["prediction"]
    assert study.objective == Prediction(**options | {"claims": ("use",)})
    assert (data, seed) == ({"path": "x.csv"}, 11)


def test_keys_left_out_or_empty_keep_their_defaults(tmp_path):
    empty = "".join(f"{name}:\n" for name in EVERY_KEY if name not in ("objective", "null"))
    for text in (
        "objective: signature\n",
        "objective: {signature: }\n",
        "objective: signature\n" + empty,
    ):
        study, _, seed = read_study(write(tmp_path, DATA + text))
        assert study == DecodingStudy(Signature())
        assert seed is None


def test_null_need_not_be_quoted(tmp_path):
    for key in ("null", '"null"', "'null'"):
        study, _, _ = read_study(write(tmp_path, f"{DATA}objective: prediction\n{key}: nominal\n"))
        assert study.null == "nominal"
    with pytest.raises(InputError, match="null twice"):
        read_study(write(tmp_path, f'{DATA}objective: prediction\nnull: nominal\n"null": x\n'))


def test_numbers_that_yaml_takes_for_text(tmp_path):
    text = (
        "objective: {signature: {salience_margin: 1e-1}}\nregularization: 1e-3\ntune: [1e-2, 1]\n"
    )
    study, _, _ = read_study(write(tmp_path, DATA + text))
    assert (study.regularization, study.tune) == (1e-3, (1e-2, 1))
    assert study.objective.salience_margin == 0.1


def test_one_item_needs_no_list(tmp_path):
    text = "objective: signature\nmodalities: touch\ninside: {scale: true}\nsizes: 4\n"
    study, _, _ = read_study(write(tmp_path, DATA + text))
    assert study.modalities == ("touch",)
    assert study.inside == ({"scale": True},)
    assert study.sizes == (4,)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda p: p.stem)
def test_shipped_studies_are_read(path):
    study, data, seed = read_study(path)
    assert isinstance(study, DecodingStudy)
    assert {"path", "simulate"} & set(data)
    assert seed is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("objective: prediction\npermutatons: 5\n", "'permutatons'.*'permutations'"),
        ("objective: {prediction: {schema: x}}\n", "'schema'.*'scheme'"),
        ("objective: {prediction: {}, signature: {}}\n", "declares one objective"),
        ("objective: [prediction, signature]\n", "declares one objective"),
        ("objective: predict\n", "declares one objective"),
        ("pain: true\n", "declares one objective"),
        ("objective: {prediction: 3}\n", "'signature' or 'prediction'"),
        ("objective: {prediction: {whom: all}}\n", "whom: 'all'"),
        ("objective: {signature: {within: }}\n", "within: None"),
        ("objective: {prediction: {population: 3}}\n", "population: 3"),
        ("objective: prediction\nformat: 2\n", "format 1"),
        ("objective: prediction\nstudy: vitals\n", "study 'decoding'"),
        ("objective: prediction\nrandom_state: -1\n", "random_state: -1"),
        ("objective: prediction\nrandom_state: true\n", "random_state: True"),
        ("objective: prediction\nunrelated: 'no'\n", "unrelated: 'no'"),
        ("objective: prediction\npain: 'yes'\n", "pain: 'yes'"),
        ("objective: prediction\ntitle: 5\n", "title: 5"),
        ("objective: prediction\ngroup: family\n", "leave-one-group-out"),
        ("objective: prediction\nestimator: svm\n", "'svm'"),
        ("objective: prediction\nregularization: much\n", "'much'"),
        ("objective: prediction\nobjective: signature\n", "twice"),
        ("objective: &a prediction\ntitle: *a\n", "alias"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_the_file(tmp_path, text, said):
    with pytest.raises(InputError, match=said) as caught:
        read_study(write(tmp_path, DATA + text))
    assert "\n" not in str(caught.value)
    assert "study.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["objective: prediction\n", "data: x.csv\nobjective: prediction\n"]
)
def test_without_data_there_is_no_study(tmp_path, text):
    with pytest.raises(InputError, match="a block 'data'"):
        read_study(write(tmp_path, text))


@pytest.mark.parametrize(
    "text", ["a: [1, 2", "- a\n- b\n", "", "only words", "\x00", "a: !!python/x y"]
)
def test_what_is_no_yaml_mapping_is_one_line(tmp_path, text):
    with pytest.raises(InputError) as caught:
        read_study(write(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml"):
        read_study(tmp_path / "none.yaml")
    with pytest.raises(InputError):
        read_study(tmp_path)
