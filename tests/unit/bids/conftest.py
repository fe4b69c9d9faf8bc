"""Small data sets on disk, written file by file."""

import pytest

EVENTS = "onset\tduration\ttrial_type\n1\t2\thigh\n4\t2\tlow\n"


@pytest.fixture
def make_set(tmp_path):
    """Return a function that writes files (None: a link to nowhere) and returns the root."""

    def make(files, description=True):
        root = tmp_path / "set"
        if description:
            files = {
                "dataset_description.json": '{"Name": "small", "BIDSVersion": "1.10.0"}',
                **files,
            }
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.symlink_to("../../.git/annex/objects/" + path.name)
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content)
        return root

    return make


@pytest.fixture
def events():
    """Return the text of a small file of events."""
    return EVENTS
