"""The notebooks: each runs from top to bottom in a fresh kernel, and is stored without output."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_from_top_to_bottom(notebook, monkeypatch):
    """A reader who runs all cells sees no error."""
    # Kernels are processes of their own and import the project from where the notebook's reader stands.
    monkeypatch.setenv("PYTHONPATH", str(notebook.parents[1]))
    content = nbformat.read(notebook, as_version=4)
    executed = nbclient.NotebookClient(content, timeout=100, kernel_name="python3").execute()
    assert any(cell.get("outputs") for cell in executed.cells)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stored_without_output(notebook):
    """What was printed once on some machine is not kept as if it were part of the text."""
    content = nbformat.read(notebook, as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in content.cells)


def test_there_are_notebooks():
    """The tests above would pass on an empty folder."""
    assert NOTEBOOKS
