"""Workspaces for the tests on competition: many synthetic deals without words, and a small corpus with words."""

from __future__ import annotations

import pytest

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.sample import generate, write
from tests.analysis.pipeline.workspaces import deals_of, workspace_of


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    """Four thousand synthetic deals, no calls."""
    corpus = generate(seed=31, calls=0, deals=4000, text=False)
    with workspace_of(tmp_path_factory.mktemp("many") / "workspace", deals_of(corpus)) as workspace:
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
    with Workspace.open(folder / "workspace", create=True) as workspace:
        ingest(workspace, [folder / "files"])
        yield workspace
