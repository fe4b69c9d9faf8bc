"""README and guide are run: console blocks in a shell, doctests in Python blocks.

A console block holds commands after ``$`` and what they print; ``...`` stands for anything. Blocks
run in order in a scratch project folder that has the real data where the text says they are.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
BLOCK = re.compile(r"^```(console|pycon)\n(.*?)^```", re.S | re.M)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Stand in a folder with the examples, beside which ../shared lies, as beside the project."""
    (tmp_path / "main").mkdir()
    (tmp_path / "shared").symlink_to(ROOT.parent / "shared")
    (tmp_path / "main" / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path / "main")
    return tmp_path / "main"


def blocks(page):
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run_console(block, folder):
    for command, expected in re.findall(r"^\$ (.*?)\n(.*?)(?=^\$ |\Z)", block, re.S | re.M):
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True
        )
        shown = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{shown}"
        assert doctest.OutputChecker().check_output(expected, shown, OPTIONS) or not expected, (
            f"$ {command}\n--- page\n{expected}\n--- shown\n{shown}"
        )


def run_python(block, names, page):
    test = doctest.DocTestParser().get_doctest(block, names, page.name, str(page), 0)
    failures = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test, out=failures.append, clear_globs=False)
    assert not runner.failures, "".join(failures)
    names.update(test.globs)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_page_runs_as_written(page, scratch):
    found = blocks(page)
    if any("../shared/data" in text for _, text in found) and not (ROOT.parent / "shared").is_dir():
        pytest.skip(f"{page.name} uses the real data in ../shared/data, absent here")
    names = {}
    for kind, text in found:
        if kind == "console":
            run_console(text, scratch)
        else:
            run_python(text, names, page)


def test_readme_is_run_at_all():
    assert any(
        "vitals evaluate ../shared/data/mimic-iv-demo-meds" in t for _, t in blocks(PAGES[0])
    )


def package_doctests():
    modules = sorted((ROOT / "src" / "dolorimeter").rglob("*.py"))
    return [m for m in modules if ">>> " in m.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", package_doctests(), ids=lambda p: p.stem)
def test_examples_in_docstrings(path):
    import importlib

    name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    result = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert result.attempted
    assert not result.failed
