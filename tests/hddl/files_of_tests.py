"""Where the HDDL files of these tests and the competition's files are."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent / "files"
FILES = sorted(HERE.glob("*.hddl"))
COMPETITION = Path(__file__).resolve().parents[3] / "shared" / "data" / "ipc2020"

needs_competition = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not COMPETITION.is_dir(), reason="the competition's files are not beside the repository"),
]


def instances():
    """Return the competition's problems, each with its domain."""
    found = []
    for folder in sorted(
        {path.parent for path in COMPETITION.rglob("*.hddl")} - {COMPETITION / "feature-tests" / "plans"}
    ):
        files = sorted(folder.glob("*.hddl"))
        domains = {path for path in files if path.name == "domain.hddl" or path.stem.endswith("-domain")}
        for path in files:
            own = path.with_name(path.stem + "-domain.hddl")
            shared = next(
                (at / "domain.hddl" for at in (folder, folder.parent) if (at / "domain.hddl").is_file()), None
            )
            domain = own if own in domains else shared
            if path not in domains and domain:
                found.append((domain, path))
    return found
