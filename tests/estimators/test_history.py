"""The history: what is kept, what is hidden, and what files and journals give."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from estimators.history import History, Privacy, Retention, StepRun
from estimators.history_files import HistoryFile, write_csv
from estimators.journal_history import JournalHistory
from htn.execution.journal import Journal
from htn.execution.records import Attempt
from htn.model.errors import InputError
from htn.plan.plan import Step

DAY = 86_400.0


def test_rows_are_kept_in_the_order_in_which_steps_ended():
    """A row that arrives late takes its place."""
    history = History([StepRun("a", ended=3.0), StepRun("b", ended=1.0)])
    history.append(StepRun("c", ended=2.0))
    assert [row.task_type for row in history] == ["b", "c", "a"]


def test_retention_drops_the_oldest_by_number_and_by_age():
    """The limit on rows holds at once, the one on days when pruned."""
    history = History((StepRun("a", ended=day * DAY) for day in range(10)), Retention(rows=5, days=2))
    assert [row.ended / DAY for row in history] == [5, 6, 7, 8, 9]
    assert history.prune(now=9 * DAY) == 2
    assert len(history) == 3


def test_hidden_fields_are_not_kept():
    """A hashed field groups alike rows and says nothing; a dropped one is empty."""
    privacy = Privacy(hashed=frozenset({"run"}), dropped=frozenset({"agent"}), salt="s")
    one, two, other = History([StepRun("a", run="r", agent="Ada")] * 2 + [StepRun("a", run="q")], privacy=privacy)
    assert one.run == two.run != other.run
    assert one.run != "r"
    assert one.agent == ""
    assert Privacy(hashed=frozenset({"run"}), salt="t").applied(StepRun("a", run="r")).run != one.run


@pytest.mark.parametrize("wrong", [{"seconds": -1.0}, {"seconds": float("nan")}, {"sizes": {"calls": -1.0}}])
def test_numbers_that_cannot_be_are_refused(wrong: dict[str, Any]):
    """A row with a negative number or none at all does not enter."""
    with pytest.raises(InputError, match="not negative"):
        StepRun("a", **wrong)


def test_settings_that_cannot_be_are_refused():
    """Retention keeps something; privacy hides only what there is, and never the type itself."""
    with pytest.raises(InputError, match="at least one row"):
        Retention(rows=0)
    with pytest.raises(InputError, match="cannot hide 'sizes'"):
        Privacy(hashed=frozenset({"sizes"}))
    with pytest.raises(InputError, match="cannot hide 'task_type'"):
        Privacy(dropped=frozenset({"task_type"}))


ROWS = [
    StepRun("read", "m", "local", "", "r1", 10.0, {"calls": 5.0}, 1.5, 0.0, 0.0, 3e6),
    StepRun("write", agent="model", model="big", ended=11.0, seconds=None, output_tokens=70.0, outcome="timeout"),
]


def test_csv_reads_back_what_was_written(tmp_path: Path):
    """Nothing is lost, and what was not measured stays unmeasured."""
    write_csv(tmp_path / "history.csv", ROWS)
    assert HistoryFile(tmp_path / "history.csv").rows() == ROWS


def test_parquet_reads_the_same_rows(tmp_path: Path):
    """Columns of numbers and missing values come out as from CSV."""
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    records = [{**row.to_json(), "size_calls": row.sizes.get("calls")} for row in ROWS]
    table = pyarrow.Table.from_pylist([{k: v for k, v in each.items() if k != "sizes"} for each in records])
    parquet.write_table(table, tmp_path / "history.parquet")
    assert HistoryFile(tmp_path / "history.parquet").rows() == ROWS


def test_parquet_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One sentence, naming the extra and the other way."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match="extra `parquet`, or give CSV"):
        HistoryFile(tmp_path / "history.parquet").rows()


def test_columns_of_another_system_are_mapped(tmp_path: Path):
    """Names differ, times are written as ISO 8601."""
    (tmp_path / "x.csv").write_text("kind,took,at,bytes\nsort,2.5,1970-01-02T00:00:00Z,7\n", encoding="utf-8")
    columns = {"task_type": "kind", "seconds": "took", "ended": "at", "size_bytes": "bytes"}
    (row,) = HistoryFile(tmp_path / "x.csv", columns).rows()
    assert (row.task_type, row.seconds, row.ended, row.sizes) == ("sort", 2.5, DAY, {"bytes": 7.0})


def test_a_bad_row_is_named(tmp_path: Path):
    """The message says which file and row."""
    (tmp_path / "x.csv").write_text("task_type,seconds\na,1\nb,soon\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.csv, row 3: seconds is .soon., which is no number"):
        HistoryFile(tmp_path / "x.csv").rows()
    with pytest.raises(InputError, match="cannot be read"):
        HistoryFile(tmp_path / "absent.csv").rows()


def test_the_journal_gives_one_row_for_each_attempt_that_ran(tmp_path: Path):
    """Type, method, agent, usage and counts of the step's scope are found; what was reused took nothing."""
    scope = (("account", "Acme"),)
    step = Step("n1", "k1", "look", (scope,), "survey", causal=("n0",))
    facts = [[["calls", []], 500], [["calls", [["account", "Acme"]]], 7]]
    document = {
        "steps": [step.to_json()],
        "tree": {"nodes": [{"id": "n0", "method": "by looking", "children": ["n1"]}, {"id": "n1"}]},
        "initial": {"fluents": {"count": {"facts": facts}}},
    }
    with Journal(tmp_path) as journal:
        journal.create_run("r", title="?", runtime={}, context={})
        journal.add_plan("r", document=document, estimates={}, reason="first")
        tries = [
            Attempt("r", "n1", "k1", 1, 0, "reused"),
            Attempt("r", "n1", "k1", 1, 1, "failed", "model", 5.0, 8.0, failure="timeout"),
            Attempt("r", "n1", "k1", 1, 2, "finished", "local", 8.0, 9.5, usage={"seconds": 1.25}),
        ]
        for attempt in tries:
            journal.write_attempt(attempt)
        failed, finished = History(JournalHistory(journal, models={"model": "big"}).rows())
    assert (failed.model, failed.seconds, failed.output_tokens, failed.outcome) == ("big", 3.0, None, "timeout")
    assert (finished.task_type, finished.method, finished.agent) == ("survey", "by looking", "local")
    assert (finished.seconds, finished.output_tokens, finished.sizes) == (1.5, 0.0, {"inputs": 1.0, "calls": 7.0})


def test_the_journal_gives_the_latest_runs_alone(tmp_path: Path):
    """Of many runs only so many are read, the earlier of them first."""
    step = Step("n1", "k1", "look", (), "survey")
    with Journal(tmp_path) as journal:
        for number in range(5):
            run = f"r{number}"
            journal.create_run(run, title="?", runtime={}, context={})
            journal.add_plan(run, document={"steps": [step.to_json()]}, estimates={}, reason="first")
            journal.write_attempt(Attempt(run, "n1", "k1", 1, 1, "finished", "local", 8.0, 9.0 + number))
        latest = journal.runs(2)
        assert [run.run_id for run in latest] == ["r4", "r3"]
        assert [row.run for row in JournalHistory(journal, runs=latest).rows()] == ["r3", "r4"]
        assert len(list(JournalHistory(journal).rows())) == 5
