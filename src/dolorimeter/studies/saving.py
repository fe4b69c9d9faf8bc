"""What every study leaves on the disk: its results as JSON, and the page drawn from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_page(folder: Path, content: Mapping[str, Any], report: str) -> None:
    """Write results.json and report.html.

    Parameters
    ----------
    folder : Path
        That exists.
    content : mapping
        What JSON can hold, strictly: no number that is not finite.
    report : str
        The page.
    """
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "results.json").write_text(text, encoding="utf-8")
    (folder / "report.html").write_text(report, encoding="utf-8")
