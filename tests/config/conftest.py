"""Fixtures of the platform's tests."""

import os
from pathlib import Path
from tempfile import gettempdir

import pytest


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that root's server user can reach: pytest's own are 0700."""
    folder = tmp_path_factory.mktemp("a shop's data")
    if os.geteuid() == 0:
        for parent in (folder, *folder.parents):
            if parent.is_relative_to(gettempdir()) and parent != Path(gettempdir()):
                parent.chmod(parent.stat().st_mode | 0o011)
    return folder
