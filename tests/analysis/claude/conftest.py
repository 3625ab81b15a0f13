"""A sample workspace, a key that opens nothing, and an agent whose model is a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.analysis.claude.messages_server import MessagesServer, Model, serving
from tests.analysis.estate_sample import make_workspace

KEY = "sk-ant-test-0123456789"

Serve = Callable[[Model], AbstractContextManager[MessagesServer]]


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, ingested."""
    return make_workspace(tmp_path_factory.mktemp("claude"), calls=60, deals=160)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Return what serves a model; the client library finds it, and a key, in the environment."""

    @contextmanager
    def served(model: Model) -> Iterator[MessagesServer]:
        with serving(model) as server:
            monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            yield server

    return served
