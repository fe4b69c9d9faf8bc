"""Fixtures that several rooms share."""

from pathlib import Path

import pytest
from hypothesis import settings

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real data, or skip where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"real data not found: {DATA} (the project's ../shared/data)")
    return DATA


settings.register_profile("dolorimeter", deadline=None)  # a loaded machine is no failure
settings.load_profile("dolorimeter")
