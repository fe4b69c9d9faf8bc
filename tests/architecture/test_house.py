"""Rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def test_no_download_address_is_recorded():
    address = re.compile(r"--(extra-)?index-url|find-links|https?://\S+\.(whl|tar\.gz)")
    for path in (*tracked("requirements*.txt"), *tracked("*.toml"), *tracked("Makefile")):
        assert not address.search(path.read_text(encoding="utf-8")), path


def test_pins_are_plain():
    for path in tracked("requirements*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not line or line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.]+", line), line


def test_every_dependency_has_its_reason():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", project, re.S | re.M).group(1)
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name in re.findall(r'"([\w-]+)', block):
        assert f"`{name}`" in reasons, name


def test_nothing_generated_is_tracked():
    kinds = {".parquet", ".pkl", ".safetensors", ".nbc", ".nbi", ".pyc", ".so"}
    assert [p for p in tracked("*") if p.suffix in kinds] == []


def test_no_pickle_in_the_package():
    for path in tracked("src/**/*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"^\s*(import|from) (pickle|cloudpickle|dill|joblib\.dump)", text, re.M
        )
