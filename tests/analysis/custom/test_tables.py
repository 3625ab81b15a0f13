"""Groups of a measure are set out in a table: every cell and every total as counted in SQL, thin ones marked."""

from __future__ import annotations

import pytest

from domains.analysis.registry import Inputs, capabilities
from domains.analysis.scope import make_scope


def grouped(workspace, **scope):
    """Return the finding that holds the groups of a measure."""
    artifact = capabilities()["measure"].analyst(workspace, make_scope(scope), Inputs())
    return next(finding for finding in artifact.findings if " by " in finding.claim)


def test_two_dimensions_make_a_cross_table_with_totals_of_both(sample):
    """Win rate by region and quarter: cells, rows, columns and the whole are those that SQL counts."""
    finding = grouped(sample, metric="win_rate", group_by="region,quarter")
    region = "(SELECT COALESCE(r.region, a.region) FROM opportunities x LEFT JOIN reps r ON r.rep = x.rep LEFT JOIN"
    region += " accounts a ON a.account = x.account WHERE x.opportunity_id = o.opportunity_id)"
    quarter = "strftime('%Y', o.close_date) || ' Q' || ((CAST(strftime('%m', o.close_date) AS INTEGER) + 2) / 3)"
    query = (
        f"SELECT AVG(o.status = 'won'), COUNT(*) FROM opportunities o WHERE o.status IN ('won', 'lost')"
        f" AND o.close_date IS NOT NULL AND (? = 'all' OR {region} = ?) AND (? = 'all' OR {quarter} = ?)"
    )
    table = finding.table
    assert table.columns[-1] == table.rows[-1].name == "all"
    assert len(table.rows) == len({row.name for row in table.rows}) > 4
    for row in table.rows:
        for column, place in zip(table.columns, row.cells, strict=True):
            share, n = sample.connection.execute(query, (column, column, row.name, row.name)).fetchone()
            if place is None:
                assert n == 0
            else:
                number = finding.numbers[place]
                assert (number.value, number.n) == (pytest.approx(share), n), (row.name, column)


def test_thin_cells_are_those_below_the_floor_of_the_measure(sample):
    """The table knows the floor, so that a report can mark what rests on fewer cases."""
    finding = grouped(sample, metric="win_rate", group_by="product")
    assert finding.table.floor == 100
    assert finding.table.up_front
    assert finding.table.rows[-1].name == "all"


def test_many_groups_stay_out_of_the_answer(sample):
    """By rep and month there are more groups than anybody reads at once: they stay with the numbers."""
    finding = grouped(sample, metric="call_count", group_by="month,rep")
    assert finding.table is None or not finding.table.up_front
    assert len(finding.numbers) > 60
