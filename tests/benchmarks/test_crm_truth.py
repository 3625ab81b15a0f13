"""Numbers asked for in words are those that SQL, written apart, gives for the same files."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks._crm_questions import QUESTIONS, database, expected
from benchmarks.crm_truth import DATA, agrees, carry_out
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.planner import EstatePlanner

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the shared CRM data are not beside the repository"),
]


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> EstatePlanner:
    """A planner of a workspace with the CRM's tables."""
    folder: Path = tmp_path_factory.mktemp("crm") / "workspace"
    with Workspace.open(folder, create=True) as workspace:
        ingest(workspace, [DATA])
    return EstatePlanner(folder)


def test_there_are_sixty_questions_and_each_has_an_answer():
    """No question is asked twice, and SQL has a value for every one."""
    apart = database(DATA)
    assert len({question.words for question in QUESTIONS}) == len(QUESTIONS) >= 60
    assert all(expected(apart, question) for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS[::4], ids=lambda one: one.words)
def test_answers_are_those_of_sql(planner: EstatePlanner, question):
    """Read, planned and carried out as a user's question, every group has the value that SQL gives."""
    assert agrees(question, expected(database(DATA), question), carry_out(planner, question.words)) == ""


def test_a_wrong_number_is_noticed(planner: EstatePlanner):
    """The comparison is not satisfied with any number that comes along."""
    question = QUESTIONS[0]
    assert agrees(question, {(): 0.5}, carry_out(planner, question.words)).startswith("total: wanted 0.5")
