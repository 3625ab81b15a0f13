"""Workspaces for the performance tests: real CRM data, real calls, and a synthetic corpus with words."""

from __future__ import annotations

import pytest

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.sample import generate, write
from tests.analysis.pipeline.workspaces import CALLS, CRM


def _read(folder, paths):
    workspace = Workspace.open(folder, create=True)
    ingest(workspace, paths)
    return workspace


@pytest.fixture(scope="session")
def crm(tmp_path_factory):
    """The real CRM data, read in as a user would."""
    if not CRM.is_dir():
        pytest.skip("the shared CRM data are not beside the repository")
    with _read(tmp_path_factory.mktemp("crm") / "workspace", [CRM]) as workspace:
        yield workspace


@pytest.fixture(scope="session")
def calls(tmp_path_factory):
    """The real calls: no deals, no times."""
    if not CALLS.is_dir():
        pytest.skip("the shared calls are not beside the repository")
    with _read(tmp_path_factory.mktemp("calls") / "workspace", [CALLS / "calls.jsonl"]) as workspace:
        yield workspace


@pytest.fixture(scope="session")
def corpus():
    """The synthetic corpus of the default size."""
    return generate(seed=0)


@pytest.fixture(scope="session")
def sample(tmp_path_factory, corpus):
    """The synthetic corpus, written to files and read in again."""
    folder = tmp_path_factory.mktemp("sample")
    write(corpus, folder / "files")
    with _read(folder / "workspace", [folder / "files"]) as workspace:
        yield workspace
