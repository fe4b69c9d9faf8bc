"""The verb prints the claim on top, leaves with 0 whatever the verdict, and 2 for bad input."""

import json
from pathlib import Path

import pytest

from dolorimeter.audit import RULES, judge
from dolorimeter.cli import main

PROTOCOLS = Path(__file__).resolve().parents[3] / "examples" / "protocols"


def run(capsys, *arguments):
    code = main.run(["audit", *(str(a) for a in arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.parametrize("path", sorted(PROTOCOLS.glob("*.yaml")), ids=lambda p: p.stem)
def test_json_is_the_claim(capsys, path):
    code, out, err = run(capsys, path, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == judge(path).to_dict()


def test_claim_on_top_then_every_rule(capsys):
    code, out, err = run(capsys, PROTOCOLS / "criticised.yaml")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    assert out.index("GRANTED   Nothing.") < out.index("REFUSED") < out.index("UNPROVEN")
    head, table = out.split("\nRules")
    assert "[C1, N1, N2, V1, W2]" in " ".join(head.split())
    starts = [line.split()[0] for line in table.splitlines()[1:] if line[:1].isupper()]
    assert starts == list(RULES)
    assert max(map(len, out.splitlines())) <= 120


def test_granted(capsys):
    out = run(capsys, PROTOCOLS / "sound-signature.yaml")[1]
    assert "GRANTED   A pattern in fMRI" in out


def test_bad_input_is_one_line(capsys, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("objectiv: signature\n")
    code, out, err = run(capsys, path)
    assert (code, out) == (2, "")
    assert err == "error: mine.yaml: key 'objectiv': unknown; expected 'objective'\n"
    assert run(capsys, tmp_path / "none.yaml")[0] == 2


def test_help_has_an_example(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert "Example:" in out
