"""Workspaces for the pipeline tests: the real CRM data, and a large synthetic one."""

from __future__ import annotations

import pytest

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.sample import generate
from tests.analysis.pipeline.workspaces import CRM, deals_of, workspace_of


@pytest.fixture(scope="session")
def crm(tmp_path_factory):
    """The real CRM data, read in as a user would."""
    if not CRM.is_dir():
        pytest.skip("the shared CRM data are not beside the repository")
    with Workspace.open(tmp_path_factory.mktemp("crm") / "workspace", create=True) as workspace:
        ingest(workspace, [CRM])
        yield workspace


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """Three thousand synthetic deals with everything a CRM can record, and no calls."""
    corpus = generate(seed=11, calls=0, deals=3000, text=False)
    with workspace_of(tmp_path_factory.mktemp("sample") / "workspace", deals_of(corpus)) as workspace:
        yield workspace


@pytest.fixture
def empty(tmp_path):
    """A workspace with nothing in it."""
    with Workspace.open(tmp_path / "workspace", create=True) as workspace:
        yield workspace
