"""Where nobody can be named, what can be said of each rep is set out: by name, with intervals, the thin ones marked."""

from __future__ import annotations

import pytest

from domains.analysis.analysts.performance_analyst_outcomes import DEALS_FLOOR
from tests.analysis.pipeline.workspaces import answer_of, deal, measure, workspace_of


@pytest.fixture(scope="module")
def answer(sample):
    """The whole answer on the sample."""
    return answer_of(sample, "performance")


def tables(answer):
    """Return the tables that belong to the answer, by what they are of."""
    return {one.title: one for one in answer.findings if one.table and one.table.up_front}


def test_every_rep_with_a_closed_deal_is_in_the_table_by_name(sample, answer):
    """As many rows as SQL finds reps; the order is that of names; those below the floor have no pooled rate."""
    found = tables(answer)["What can be said of each rep, and who is below the floor"]
    query = (
        "SELECT rep, COUNT(*), AVG(status = 'won') FROM opportunities WHERE status IN ('won', 'lost')"
        " AND close_date IS NOT NULL AND rep IS NOT NULL GROUP BY rep ORDER BY rep"
    )
    expected = sample.connection.execute(query).fetchall()
    assert [row.name for row in found.table.rows] == [row[0] for row in expected]
    assert found.table.floor == DEALS_FLOOR
    for row, (name, n, share) in zip(found.table.rows, expected, strict=True):
        observed = found.numbers[row.cells[0]]
        assert (observed.n, observed.value) == (n, pytest.approx(share))
        assert (row.cells[1] is None) == (n < DEALS_FLOOR)
        assert (name in found.claim) == (n < DEALS_FLOOR)


def test_what_is_held_equal_and_what_is_not_is_said(answer):
    """Product and segment are; deal size, competitor and territory are not."""
    found = tables(answer)["What can be said of each rep, and who is below the floor"]
    assert "only product and segment are held equal; deal size, competitor, territory" in found.note
    assert "within product and segment" in answer.headline


def test_behaviours_of_reps_stand_beside_those_of_all(answer):
    """A row for all calls, and in how many behaviours reps differ beyond chance."""
    found = tables(answer)["What reps do on their calls"]
    assert found.table.rows[0].name == "all calls"
    assert "calls with a dated next step" in found.table.columns
    differ = sum(one.claim.startswith("Reps differ in") for one in answer.findings)
    assert f"they differ in {differ} of" in found.claim


def test_with_too_few_deals_for_any_rep_the_table_still_says_what_there_is(tmp_path):
    """Two reps of ten deals: both below the floor, both shown as thin."""
    rows = [deal(i, "won" if i % 2 else "lost", rep=f"Rep {i % 4 // 2}") for i in range(20)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "measure_rep_outcomes")
    assert not found.reps
    assert [number.n for number in found.below] == [10, 10]
