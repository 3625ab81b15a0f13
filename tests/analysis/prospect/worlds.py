"""Fixtures: real calls, real CRM data, and a synthetic corpus written to files and read in again."""

from __future__ import annotations

from pathlib import Path

import pytest

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.sample import generate, write

SHARED = Path(__file__).parents[4] / "shared" / "data"
CALLS, CRM = SHARED / "fundraising_calls", SHARED / "crm_pipeline"


def read_in(folder, paths):
    """Return a new workspace with the given files read in."""
    workspace = Workspace.open(folder, create=True)
    ingest(workspace, paths)
    return workspace


def synthetic(folder, **settings):
    """Return a workspace with a synthetic corpus, by way of the files that a user would have."""
    write(generate(**settings), folder / "files")
    return read_in(folder / "workspace", [folder / "files"])


@pytest.fixture(scope="session")
def calls(tmp_path_factory):
    """The real calls: no deals, outcomes of the calls themselves."""
    if not CALLS.is_dir():
        pytest.skip("the shared calls are not beside the repository")
    with read_in(tmp_path_factory.mktemp("calls") / "workspace", [CALLS / "calls.jsonl"]) as workspace:
        yield workspace


@pytest.fixture(scope="session")
def crm(tmp_path_factory):
    """The real CRM data: no calls."""
    if not CRM.is_dir():
        pytest.skip("the shared CRM data are not beside the repository")
    with read_in(tmp_path_factory.mktemp("crm") / "workspace", [CRM]) as workspace:
        yield workspace


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The synthetic corpus of the default size."""
    with synthetic(tmp_path_factory.mktemp("sample"), seed=0) as workspace:
        yield workspace
