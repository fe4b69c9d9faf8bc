"""A bar on a terminal, silence elsewhere."""

import sys

from dolorimeter.core import progress


def test_silent_where_it_is_no_terminal(capsys):
    assert list(progress(range(3), "fits")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_bar_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress(range(3), "fits")) == [0, 1, 2]
    assert "fits" in capsys.readouterr().err
