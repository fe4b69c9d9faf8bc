"""Stored models: what goes in comes out, and what is not one is refused with a reason."""

import json
import os
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file

from dolorimeter.core import InputError
from dolorimeter.states.storage import load_arrays, save_arrays

HEADER = {"width": "2h", "names": ["pulse", "spo2"], "tolerance": 1e-4, "restarts": None}
ARRAYS = {
    "means": np.arange(6.0).reshape(3, 2) / 7,
    "counts": np.array([2**62, -1], dtype=np.int64),
    "used": np.array([True, False]),
    "empty": np.empty((3, 0)),
    "scalar": np.array(0.1),
    "transposed": np.arange(6.0).reshape(2, 3).T,
}


@pytest.fixture
def model(tmp_path):
    directory = tmp_path / "model"
    save_arrays(directory, "gaussian-nb", HEADER, ARRAYS)
    return directory


def test_comes_back_to_the_bit(model):
    kind, header, arrays = load_arrays(model)
    assert (kind, header) == ("gaussian-nb", HEADER)
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].flags.writeable
        np.testing.assert_array_equal(arrays[name], array)


def test_any_safetensors_reader_can_read_it(model):
    read = load_file(model / "arrays.safetensors")
    np.testing.assert_array_equal(read["means"], ARRAYS["means"])
    described = json.loads((model / "model.json").read_text())["arrays"]["means"]
    assert described == {"dtype": "F64", "shape": [3, 2]}


def test_existing_directory_needs_force(model):
    with pytest.raises(InputError, match="exists"):
        save_arrays(model, "chain", {}, {})
    assert load_arrays(model)[0] == "gaussian-nb"
    save_arrays(model, "chain", {}, {}, force=True)
    assert load_arrays(model) == ("chain", {}, {})


@pytest.mark.parametrize(
    ("kind", "header", "arrays", "where"),
    [
        ("k", {}, {"means": np.array([np.nan])}, "means"),
        ("k", {}, {"means": np.array([1.0], dtype=np.float32)}, "means"),
        ("k", {}, {"means": np.array([None])}, "means"),
        ("k", {}, {"../means": np.zeros(1)}, "model to save: arrays"),
        ("K", {}, {}, "model to save: kind"),
        ("k", {"set": {1}}, {}, "model to save"),
        ("k", {"tolerance": float("inf")}, {}, "model to save"),
        ("k", {"text": "x" * (1 << 20)}, {}, "model to save: size"),
        ("k", {"deep": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}, {}, "model to save: nesting"),
    ],
)
def test_refuses_to_save_what_it_would_not_load(tmp_path, kind, header, arrays, where):
    with pytest.raises(InputError) as error:
        save_arrays(tmp_path / "model", kind, header, arrays)
    assert str(error.value).startswith(where)
    assert not list(tmp_path.iterdir())


def test_disk_full_leaves_nothing(tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(InputError, match="No space"):
        save_arrays(tmp_path / "model", "k", {}, ARRAYS)
    assert not list(tmp_path.iterdir())


def test_nan_only_where_allowed(tmp_path):
    arrays = {"deviations": np.array([1.0, np.nan])}
    save_arrays(tmp_path / "m", "k", {}, arrays, nan_allowed={"deviations"})
    with pytest.raises(InputError, match=r"arrays\.safetensors: deviations: .* not finite"):
        load_arrays(tmp_path / "m")
    back = load_arrays(tmp_path / "m", nan_allowed={"deviations"})[2]
    np.testing.assert_array_equal(back["deviations"], arrays["deviations"])
    with pytest.raises(InputError, match="deviations"):
        save_arrays(
            tmp_path / "i", "k", {}, {"deviations": np.array([np.inf])}, nan_allowed={"deviations"}
        )


def document(model):
    return json.loads((model / "model.json").read_text())


def edit(**fields):
    def spoil(model):
        (model / "model.json").write_text(json.dumps(document(model) | fields))

    return spoil


def edit_array(name, **fields):
    def spoil(model):
        changed = document(model)
        changed["arrays"][name] = changed["arrays"].get(name, {}) | fields
        (model / "model.json").write_text(json.dumps(changed))

    return spoil


def write(content):
    return lambda model: (model / "model.json").write_bytes(content)


def blob_header(change):
    def spoil(model):
        path = model / "arrays.safetensors"
        content = path.read_bytes()
        (size,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + size])
        change(header)
        text = json.dumps(header).encode()
        path.write_bytes(struct.pack("<Q", len(text)) + text + content[8 + size :])

    return spoil


def blob_size(size):
    def spoil(model):
        path = model / "arrays.safetensors"
        path.write_bytes(struct.pack("<Q", size) + path.read_bytes()[8:])

    return spoil


def huge_blob(model):
    with (model / "arrays.safetensors").open("r+b") as file:
        file.truncate(1 << 40)  # sparse: takes no room on the disk


def huge_model(model):
    with (model / "model.json").open("r+b") as file:
        file.truncate(1 << 40)


def not_a_file(model):
    (model / "model.json").unlink()
    os.mkfifo(model / "model.json")  # reading one would wait for ever


def cut_blob(model):
    path = model / "arrays.safetensors"
    path.write_bytes(path.read_bytes()[:-1])


def third_truth(model):
    path = model / "arrays.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[:-2] + b"\x02" + content[-1:])


MODEL_JSON = {
    "missing": (lambda m: (m / "model.json").unlink(), "file"),
    "not a file": (not_a_file, "file"),
    "too large": (huge_model, "size"),
    "empty": (write(b""), "content"),
    "not UTF-8": (write(b"\xff\xfe{"), "content"),
    "not an object": (write(b"[1]"), "content"),
    "nested lists": (write(b"[" * 500_000), "nesting"),
    "nested objects": (write(b'{"a":' * 100_000), "nesting"),
    "escaped quotes": (write(b'"' + b'\\"' * 500_000), "content"),
    "long number": (write(b"1" * 100_000), "content"),
    "not finite": (write(b'{"format": 1e999}'), "content"),
    "NaN": (write(b'{"format": NaN}'), "content"),
    "no format": (write(b"{}"), "format"),
    "next format": (edit(format=2), "format"),
    "format of another type": (edit(format=True), "format"),
    "unknown field": (edit(extra=1), "content"),
    "kind": (edit(kind=["chain"]), "kind"),
    "kind is a path": (edit(kind="../chain"), "kind"),
    "header": (edit(header=[]), "header"),
    "arrays": (edit(arrays=[]), "arrays"),
    "array without shape": (edit(arrays={"means": {"dtype": "F64"}}), "arrays.means"),
    "array is no object": (edit(arrays={"means": 3}), "arrays.means"),
    "type unknown": (edit_array("means", dtype="O"), "arrays.means.dtype"),
    "type unhashable": (edit_array("means", dtype=[]), "arrays.means.dtype"),
    "shape negative": (edit_array("means", shape=[-3, 2]), "arrays.means.shape"),
    "shape of floats": (edit_array("means", shape=[3.0, 2]), "arrays.means.shape"),
    "shape of truths": (edit_array("means", shape=[True, 2]), "arrays.means.shape"),
    "shape huge": (edit_array("means", shape=[2**40]), "arrays.means.shape"),
    "axes": (edit_array("means", shape=[1] * 9), "arrays.means.shape"),
    "product huge": (edit_array("means", shape=[2**20, 2**20, 2**20]), "arrays"),
}
BLOB = {
    "missing": (lambda m: (m / "arrays.safetensors").unlink(), "file"),
    "larger than declared": (huge_blob, "size"),
    "truncated": (cut_blob, "size"),
    "empty": (lambda m: (m / "arrays.safetensors").write_bytes(b""), "size"),
    "header size huge": (blob_size(2**63), "header size"),
    "header past the end": (blob_size(2**20), "size"),
    "header cut": (blob_size(10), "size"),
    "shape disagrees": (edit_array("means", shape=[2, 3]), "means"),
    "type disagrees": (edit_array("means", dtype="I64"), "means"),
    "array undeclared": (blob_header(lambda h: h.update(more=h["scalar"])), "header"),
    "array absent": (blob_header(lambda h: h.pop("empty")), "header"),
    "metadata": (blob_header(lambda h: h.update(__metadata__={"a": "b"})), "header"),
    "offsets overlap": (
        blob_header(lambda h: h["scalar"].update(data_offsets=[0, 8])),
        "data_offsets",
    ),
    "offsets past the end": (
        blob_header(lambda h: h["scalar"].update(data_offsets=[10**9, 10**9 + 8])),
        "data_offsets",
    ),
    "offsets of another size": (
        blob_header(lambda h: h["scalar"].update(data_offsets=[0, 9])),
        "scalar.data_offsets",
    ),
    "neither true nor false": (third_truth, "used"),
}
CASES = [
    pytest.param(file, spoil, field, id=f"{file}-{name}")
    for file, cases in (("model.json", MODEL_JSON), ("arrays.safetensors", BLOB))
    for name, (spoil, field) in cases.items()
]


@pytest.mark.parametrize(("file", "spoil", "field"), CASES)
def test_refuses_and_names_file_and_field(model, file, spoil, field):
    spoil(model)
    with pytest.raises(InputError) as error:
        load_arrays(model)
    assert str(error.value).startswith(f"{model / file}: {field}: ")


def test_a_field_given_twice_is_refused(model):
    path = model / "model.json"
    path.write_text(path.read_text().replace("{", '{"kind": "chain",', 1))
    with pytest.raises(InputError, match="a field given twice"):
        load_arrays(model)


def test_refuses_a_directory_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"model\.json: file: missing"):
        load_arrays(tmp_path / "nothing")
