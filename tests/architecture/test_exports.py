"""The exported names are a promise: adding one is a decision, losing one a break."""

import importlib
import subprocess
import sys

import pytest

import dolorimeter

PUBLIC = {
    "dolorimeter": {
        "ImagingStudy",
        "LearningStudy",
        "TemporalDifference",
        "relief2005",
        "simulate_learning",
        "DecodingStudy",
        "Prediction",
        "Samples",
        "Signature",
        "cross_validate",
        "judge",
        "normalize_pattern",
        "read_samples",
        "searchlight",
        "simulate_samples",
        "GaussianHMM",
        "GaussianNB",
        "InputError",
        "VitalsStudy",
        "__version__",
        "classification_metrics",
        "load_model",
        "make_windows",
        "read_events",
        "simulate_cohort",
        "vus",
    },
    "dolorimeter.core": {
        "DolorimeterError",
        "Folds",
        "Grid",
        "InputError",
        "Outcome",
        "Samples",
        "Sequences",
        "Trials",
        "output_directory",
        "progress",
        "write_file",
    },
    "dolorimeter.audit": {
        "Claim",
        "Comparator",
        "Facts",
        "Finding",
        "Prediction",
        "Proposition",
        "Protocol",
        "RULES",
        "Signature",
        "Statement",
        "Test",
        "audit_study",
        "describe",
        "judge",
        "read_protocol",
    },
    "dolorimeter.studies": {
        "ImagingResult",
        "ImagingStudy",
        "read_imaging",
        "LearningResult",
        "LearningStudy",
        "read_learning",
        "DecodingResult",
        "DecodingStudy",
        "read_study",
        "TASKS",
        "make_target",
        "VitalsModel",
        "VitalsResult",
        "VitalsStudy",
        "fit_vitals_model",
        "save_table",
    },
}
HEAVY = ("numba", "ibis", "duckdb", "pandas", "sklearn", "scipy", "matplotlib", "pyarrow", "numpy")


@pytest.mark.parametrize("room", PUBLIC)
def test_exported_names(room):
    module = importlib.import_module(room)
    assert set(module.__all__) == PUBLIC[room]
    for name in PUBLIC[room]:
        assert getattr(module, name) is not None


def test_every_room_keeps_its_list():
    for room in (
        "tables",
        "states",
        "evaluation",
        "reporting",
        "samples",
        "decoding",
        "learning",
        "bids",
    ):
        module = importlib.import_module(f"dolorimeter.{room}")
        missing = [name for name in module.__all__ if not hasattr(module, name)]
        assert module.__all__
        assert not missing


def test_importing_loads_nothing_heavy():
    code = "import sys, dolorimeter; print(*sorted(m for m in sys.modules if '.' not in m))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(HEAVY) & set(loaded)


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from dolorimeter.cli.main import run; "
        "assert run(['vitals', 'evaluate', '--help']) == 0; "
        "print('LOADED', *[m for m in sys.modules if '.' not in m])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = shown.stdout.split("LOADED")[1].split()
    assert not (set(HEAVY) - {"numpy"}) & set(loaded)


def test_version_is_one_place():
    assert dolorimeter.__version__ == importlib.import_module("dolorimeter._version").__version__
