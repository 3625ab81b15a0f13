"""Proposals that passed are kept with where they come from, found by their question, and never believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from domains.analysis.proposals.proposal import Pair, ProposedMethod, ProposedTask, identity_of
from domains.analysis.proposals.store import FOLDER, ProposalStore

TASK = ProposedTask(task="analyse_pipeline", scope=(), after=(), gives=("pipeline_answer",))


def method(question: str, asked: str = "2026-11-22", *tasks: ProposedTask) -> ProposedMethod:
    """Return a proposal that passed."""
    chosen = tasks or (TASK,)
    identity = identity_of(question, (), chosen)
    return ProposedMethod(question=question, tasks=chosen, identity=identity, model="a-model", asked=asked)


def test_a_proposal_is_found_by_its_question(tmp_path: Path) -> None:
    """With model, day and what was checked; spaces make no difference, another scope does."""
    store, kept = ProposalStore(tmp_path), method("How healthy are we?")
    assert store.find("How healthy are we?", ()) is None
    store.keep(kept)
    assert kept == store.find("How  healthy are\nwe?", ())
    assert store.find("How healthy are we?", (("region", "West"),)) is None
    assert store.find("How healthy are they?", ()) is None


def test_the_last_proposal_for_a_question_counts(tmp_path: Path) -> None:
    """The one before is gone."""
    store = ProposalStore(tmp_path)
    other = TASK.model_copy(update={"scope": (Pair(key="region", value="West"),)})
    store.keep(method("How healthy are we?"))
    store.keep(method("How healthy are we?", "2026-11-23", other))
    found = store.find("How healthy are we?", ())
    assert found is not None
    assert (other,) == found.tasks
    assert 1 == len(list((tmp_path / FOLDER).iterdir()))


def test_so_many_are_kept_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go."""
    monkeypatch.setattr("domains.analysis.proposals.store.MOST_KEPT", 3)
    store = ProposalStore(tmp_path)
    for day in range(1, 6):
        store.keep(method(f"Question {day}?", f"2026-11-{day:02}"))
    assert [False, False, True, True, True] == [store.find(f"Question {day}?", ()) is not None for day in range(1, 6)]


@pytest.mark.parametrize("damage", ["{", "null", '{"tasks": 3}', "\udcff"])
def test_a_file_that_was_changed_is_none(damage: str, tmp_path: Path) -> None:
    """Broken, or other tasks under the same name: it is not found, and nothing fails."""
    store, kept = ProposalStore(tmp_path), method("How healthy are we?")
    store.keep(kept)
    (path,) = (tmp_path / FOLDER).iterdir()
    path.write_text(path.read_text().replace("analyse_pipeline", "analyse_everything"))
    assert store.find("How healthy are we?", ()) is None
    path.write_bytes(damage.encode(errors="surrogateescape"))
    assert store.find("How healthy are we?", ()) is None
