"""Damaged model files: either they still are a model, or the error is the user's kind."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from dolorimeter.core import InputError
from dolorimeter.states.storage import load_arrays, save_arrays

FILES = ("model.json", "arrays.safetensors")
names = st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner),
    max_leaves=8,
)
blocks = st.sampled_from([np.float64, np.int64, np.bool_]).flatmap(
    lambda dtype: arrays(
        dtype,
        array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        elements={"allow_nan": False, "allow_infinity": False} if dtype is np.float64 else None,
    )
)


@settings(deadline=None)
@given(names, st.dictionaries(words, values, max_size=3), st.data())
def test_whatever_is_saved_comes_back(kind, header, data):
    stored = data.draw(st.dictionaries(names, blocks, max_size=3))
    with TemporaryDirectory() as directory:
        save_arrays(Path(directory) / "m", kind, header, stored)
        again = load_arrays(Path(directory) / "m")
    assert again[:2] == (kind, header)
    assert list(again[2]) == list(stored)
    for name, array in stored.items():
        np.testing.assert_array_equal(again[2][name], array)
        assert again[2][name].dtype == array.dtype


def damage(content: bytes, kind: str, place: float, bits: int) -> bytes:
    at = int(place * max(len(content) - 1, 0))
    if kind == "cut":
        return content[:at]
    if kind == "repeat":
        return content[:at] + content[at:] * 2
    if kind == "insert":
        return content[:at] + bytes([bits]) + content[at:]
    return content[:at] + bytes([content[at] ^ bits]) + content[at + 1 :]


@settings(deadline=None)
@given(
    st.sampled_from(FILES),
    st.lists(
        st.tuples(
            st.sampled_from(["flip", "flip", "flip", "cut", "repeat", "insert"]),
            st.floats(0, 1),
            st.integers(1, 255),
        ),
        min_size=1,
        max_size=3,
    ),
)
@example("arrays.safetensors", [("flip", 0.0, 128)])
@example("model.json", [("cut", 0.0, 1)])
def test_damage_gives_a_model_or_an_input_error(file, damages):
    with TemporaryDirectory() as directory:
        model = Path(directory) / "m"
        stored = {"means": np.ones((3, 2)), "used": np.array([True, False]), "n": np.arange(3)}
        save_arrays(model, "gaussian-nb", {"names": ["pulse", "spo2"]}, stored)
        content = (model / file).read_bytes()
        for one in damages:
            content = damage(content, *one) if content else content
        (model / file).write_bytes(content)
        try:
            _, _, loaded = load_arrays(model)
        except InputError:
            return
    assert all(np.isfinite(array).all() for array in loaded.values())


@settings(deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=300))
def test_noise_gives_an_input_error(file, noise):
    with TemporaryDirectory() as directory:
        model = Path(directory) / "m"
        save_arrays(model, "k", {}, {"means": np.ones(3)})
        (model / file).write_bytes(noise)
        with pytest.raises(InputError):
            load_arrays(model)
