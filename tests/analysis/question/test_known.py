"""What the gatekeeper knows comes from the workspace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domains.analysis.corpus.workspace import Workspace
from domains.analysis.question.assessment import assess
from domains.analysis.question.known import Known

ROWS = (
    "INSERT INTO reps (rep, manager, region) VALUES ('Ann Lee', 'Max Stone', 'North')",
    "INSERT INTO accounts (account, sector, region) VALUES ('Acme Ltd', 'retail', 'North')",
    "INSERT INTO products (product) VALUES ('Widget One')",
    """INSERT INTO opportunities (opportunity_id, account, rep, product, stage, status, engage_date, close_date, amount,
       segment) VALUES ('o1', 'Acme Ltd', 'Ann Lee', 'Widget One', 'Won', 'won', '2023-02-01', '2023-05-15', 10,
       'enterprise')""",
    """INSERT INTO opportunities (opportunity_id, account, rep, product, stage, status, engage_date, amount)
       VALUES ('o2', 'Acme Ltd', 'Ann Lee', 'Widget One', 'Scoping', 'open', '2023-06-30', 20)""",
    """INSERT INTO competitors (name, aliases) VALUES ('Globex', '["Globex Corp", "GBX"]')""",
)


@pytest.fixture
def known(tmp_path: Path) -> Known:
    """What is known of a small workspace."""
    with Workspace.open(tmp_path / "workspace", create=True) as workspace:
        with workspace.writing() as connection:
            for row in ROWS:
                connection.execute(row)
        return Known.of(workspace)


def test_names_of_every_kind_are_read(known: Known):
    """Also those that are no table of their own: segments, open stages, managers, other spellings."""
    assert known.names("account") == ("Acme Ltd",)
    assert set(known.names("segment")) == {"enterprise", "retail"}
    assert known.names("stage") == ("Scoping",)
    assert known.names("manager") == ("Max Stone",)
    assert known.other_names["competitor"] == {"Globex Corp": "Globex", "GBX": "Globex"}


def test_as_of_is_the_latest_day_in_the_data(known: Known):
    """So that the answer does not depend on today."""
    assert (known.first_day, known.as_of) == (date(2023, 2, 1), date(2023, 6, 30))
    assert ("period", "2023-04-01/2023-06-30") in assess("win rate this quarter", known).scope


def test_what_is_absent_is_known_to_be_absent(known: Known):
    """No calls, quotas or expected close dates were stored; deals and products were."""
    assert all(known.lacks(flag) for flag in ("calls", "quotas", "expected_close", "stage_history"))
    assert not known.lacks("deals")
    assert not known.lacks("products")


def test_questions_are_judged_by_what_the_workspace_holds(known: Known):
    """Deals can be counted, objections cannot be heard."""
    assert assess("How many deals did Ann win in Q2?", known).verdict == "accept"
    assert assess("What objections come up with Acme?", known).reason == "no_data"


def test_an_empty_workspace_is_no_error(tmp_path: Path):
    """It knows nothing, and everything that needs data is refused."""
    with Workspace.open(tmp_path / "empty", create=True) as workspace:
        found = assess("pipeline by stage", Known.of(workspace))
    assert (found.verdict, found.reason) == ("refuse", "no_data")
