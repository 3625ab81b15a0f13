"""A workspace with the synthetic sample, made once for the tests that need one."""

from __future__ import annotations

from pathlib import Path

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.sample import generate, write

__all__ = ["make_workspace"]


def make_workspace(folder: Path, *, calls: int = 120, deals: int = 260) -> Path:
    """Write a sample, ingest it, and return the workspace's folder."""
    write(generate(calls=calls, deals=deals), folder / "sample")
    workspace = folder / "workspace"
    with Workspace.open(workspace, create=True) as opened:
        ingest(opened, [folder / "sample"])
    return workspace
