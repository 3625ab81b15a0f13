"""A small workspace with one completed run, and the application's pages without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domains.analysis.app.launch import WORKSPACE
from domains.analysis.planner import EstatePlanner
from tests.analysis.estate_sample import make_workspace

QUESTION = "Where does our pipeline stand?"
MAIN = Path(__file__).parents[3] / "domains" / "analysis" / "app" / "main.py"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Path:
    """Return a workspace with the sample and one completed run; tests copy it and leave it alone."""
    folder = make_workspace(tmp_path_factory.mktemp("app"), calls=60, deals=120)
    planner = EstatePlanner(folder)
    planner.run(planner.plan(QUESTION, options={"depth": "quick"}), run_id="first").wait()
    return folder


@pytest.fixture
def workspace(prepared, tmp_path, monkeypatch) -> Path:
    """Return a workspace of the test's own, which the application opens."""
    folder = tmp_path / "workspace"
    shutil.copytree(prepared, folder)
    monkeypatch.setenv(WORKSPACE, str(folder))
    return folder


@pytest.fixture
def page(workspace) -> Callable[..., AppTest]:
    """Return a function that opens a page with the parameters of its address."""

    def opened(name: str = "ask", **parameters: str) -> AppTest:
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        if name == "ask":
            app.query_params.update(parameters)
            return app.run()
        app.run()
        app.query_params.clear()
        app.query_params.update(parameters)
        return app.switch_page(f"screens/{name}.py").run()

    return opened
