"""One setting says where runs are kept; what is said nearest holds, and a wrong one is refused without its password."""

from __future__ import annotations

from pathlib import Path

import pytest

from htn.execution.errors import EngineError, JournalError
from htn.execution.journal import Journal
from htn.execution.location import CONFIGURATION, VARIABLE, chosen_engine, engine_of
from htn.execution.presence import NAME_LENGTH, Presence, carrier_of, live_workers
from htn.execution.worker import Worker
from htn.model.errors import InputError

FILE, ENVIRONMENT, OPTION = (f"postgresql://db/{name}" for name in ("file", "environment", "option"))


def test_nearest_setting_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command line before the environment before the workspace's file; none means files of its own."""
    assert engine_of(tmp_path) is None
    (tmp_path / CONFIGURATION).write_text(f'engine = "{FILE}"\n')
    assert engine_of(tmp_path) == FILE
    monkeypatch.setenv(VARIABLE, ENVIRONMENT)
    assert engine_of(tmp_path) == ENVIRONMENT
    with chosen_engine(OPTION):
        assert engine_of(tmp_path) == OPTION
        with chosen_engine("sqlite"):
            assert engine_of(tmp_path) is None
        with chosen_engine(None):
            assert engine_of(tmp_path) == OPTION
    assert engine_of(tmp_path) == ENVIRONMENT


@pytest.mark.parametrize("text", ["engine = 3", "engine = ", 'other = "sqlite"', 'engine = "sqlite"\nmore = 1'])
def test_wrong_file_is_named(tmp_path: Path, text: str):
    """What the file should say is said, with its path."""
    (tmp_path / CONFIGURATION).write_text(text)
    with pytest.raises(InputError, match=CONFIGURATION):
        engine_of(tmp_path)


def test_wrong_setting_is_refused_without_its_password(tmp_path: Path):
    """An address of another kind is no engine, and what is secret in it is not repeated."""
    wanted = pytest.raises(InputError, match="is no engine; use sqlite, or postgresql://HOST/DATABASE")
    with wanted as caught, chosen_engine("mysql://ann:s3cret@db/estate"):
        engine_of(tmp_path)
    assert "s3cret" not in str(caught.value)


def test_server_that_is_away_is_one_sentence(tmp_path: Path):
    """Nobody listens there: said at once, with the address and without the password."""
    wanted = pytest.raises(JournalError, match="see that the server runs and lets this user in")
    with wanted as caught, chosen_engine("postgresql://ann:s3cret@127.0.0.1:1/estate"):
        Journal(tmp_path)
    assert str(caught.value).startswith("postgresql://ann@127.0.0.1:1/estate: cannot be used")
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_workers_need_a_database_of_a_team(tmp_path: Path):
    """On the workspace's own files one process works; a worker is refused."""
    with pytest.raises(EngineError, match="workers need runs in PostgreSQL"):
        Worker(tmp_path)
    with Journal(tmp_path) as journal:
        assert live_workers(journal) == []
        assert carrier_of(journal, "r1") is None


def test_two_workers_do_not_share_a_name(tmp_path: Path, postgres: str):
    """A name belongs to one process at a time, and is free again when that one is gone; the others get numbers."""
    with chosen_engine(postgres):
        first = Presence(tmp_path, kind="worker", name="a")
        with pytest.raises(EngineError, match="a worker called a runs already"):
            Presence(tmp_path, kind="worker", name="a")
        others = [Presence(tmp_path, kind="worker") for _ in range(2)]
        with Journal(tmp_path, readonly=True) as journal:
            assert {one.name for one in live_workers(journal)} == {"a", *(other.name for other in others)}
        first.close()
        again = Presence(tmp_path, kind="worker", name="a")
        assert again.executor != first.executor
        for one in (again, *others):
            one.close()
        with Journal(tmp_path, readonly=True) as journal:
            assert live_workers(journal) == []


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a'b", "x" * (NAME_LENGTH + 1)])
def test_names_that_cannot_be_told_apart_are_refused(tmp_path: Path, name: str):
    """Names are short and plain: they stand in lists of connections and before a slash."""
    with chosen_engine("postgresql://db/estate"), pytest.raises(InputError, match="is no name for a worker"):
        Presence(tmp_path, kind="worker", name=name)
