"""Ad-hoc measures: numbers against a second computation, fair comparison, nothing of a question run as SQL."""

from __future__ import annotations

import pandas as pd
import pytest
from scipy.stats import t

from domains.analysis.analysts.measure_artifacts import MetricTable
from domains.analysis.analysts.measure_names import DIMENSIONS, MEASURES, measure_named, measures_of
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.scope import make_scope
from domains.analysis.statistics import wilson_interval
from htn.model.errors import UnknownNameError
from tests.analysis.prospect.worlds import CRM


@pytest.fixture(scope="module")
def frame():
    """The real pipeline as pandas reads it, cleaned by hand as a second analyst would."""
    if not CRM.is_dir():
        pytest.skip("the shared CRM data are not beside the repository")
    deals = pd.read_csv(CRM / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])
    deals["product"] = deals["product"].replace("GTXPro", "GTX Pro")
    deals = deals.merge(pd.read_csv(CRM / "sales_teams.csv"), on="sales_agent", how="left")
    accounts = pd.read_csv(CRM / "accounts.csv")[["account", "sector"]]
    accounts["sector"] = accounts["sector"].replace("technolgy", "technology")
    return deals.merge(accounts, on="account", how="left")


def table(workspace, **scope):
    """Return the table of a measure, its rows by group."""
    artifact = capabilities()["measure"].analyst(workspace, make_scope(scope), Inputs())
    assert isinstance(artifact, MetricTable)
    return artifact, {row.group: row for row in artifact.rows}


COLUMN = {
    "region": "regional_office",
    "product": "product",
    "rep": "sales_agent",
    "manager": "manager",
    "account": "account",
}


@pytest.mark.shared_data
@pytest.mark.parametrize("by", sorted(COLUMN))
def test_win_rates_are_those_of_pandas(crm, frame, by):
    """Per group, won and lost counts and the Wilson interval are those of the files."""
    _, rows = table(crm, metric="win_rate", group_by=by)
    closed = frame[frame["deal_stage"].isin(["Won", "Lost"])]
    groups = closed.groupby(COLUMN[by])["deal_stage"].agg(["size", lambda s: (s == "Won").sum()])
    assert {key for key in rows if key} == {(name,) for name in groups.index}
    for name, (size, won) in groups.iterrows():
        number = rows[name,].number
        assert (number.n, round(number.value * size)) == (size, won)
        assert (number.low, number.high) == pytest.approx(tuple(wilson_interval(int(won), int(size))))


@pytest.mark.shared_data
def test_quarters_select_by_the_day_of_the_close(crm, frame):
    """The win rate by region in the third quarter counts deals closed from July to September."""
    _, rows = table(crm, metric="win_rate", group_by="region", period="2017-07-01/2017-09-30")
    inside = frame[frame["close_date"].between("2017-07-01", "2017-09-30")]
    for region, own in inside.groupby("regional_office"):
        assert rows[region,].number.n == len(own)
        assert rows[region,].number.value == pytest.approx((own["deal_stage"] == "Won").mean())


@pytest.mark.shared_data
def test_deal_sizes_and_cycles_are_means_with_t_intervals(crm, frame):
    """Average deal size by product and cycle by sector are means of won deals, with Student's interval."""
    won = frame[frame["deal_stage"] == "Won"].assign(days=lambda f: (f["close_date"] - f["engage_date"]).dt.days)
    for metric, by, column, value in (
        ("average_deal_size", "product", "product", "close_value"),
        ("cycle_days", "sector", "sector", "days"),
    ):
        _, rows = table(crm, metric=metric, group_by=by)
        for name, own in won.groupby(column):
            number = rows[name,].number
            assert number.value == pytest.approx(own[value].mean())
            reach = t.ppf(0.975, len(own) - 1) * own[value].std() / len(own) ** 0.5
            assert number.high - number.value == pytest.approx(reach)


@pytest.mark.shared_data
def test_value_won_by_month_adds_up(crm, frame):
    """Value won by month is pandas' sum, and the months add up to the total."""
    artifact, rows = table(crm, metric="revenue", group_by="month")
    won = frame[frame["deal_stage"] == "Won"]
    for month, own in won.groupby(won["close_date"].dt.strftime("%Y-%m")):
        assert rows[month,].number.value == pytest.approx(own["close_value"].sum())
    assert sum(row.number.value for row in artifact.rows if row.group) == pytest.approx(rows[()].number.value)


@pytest.mark.shared_data
def test_two_dimensions_cross(crm, frame):
    """By region and quarter every cell is that of pandas."""
    _, rows = table(crm, metric="deal_count", group_by="region,quarter", period="2017-01-01/2017-12-31")
    inside = frame[frame["deal_stage"].isin(["Won", "Lost"])]
    quarter = inside["close_date"].dt.year.astype(str) + " Q" + inside["close_date"].dt.quarter.astype(str)
    for key, own in inside.groupby([inside["regional_office"], quarter]):
        assert rows[key].number.value == len(own)


@pytest.mark.shared_data
def test_what_the_data_do_not_hold_is_said_and_not_guessed(crm):
    """Open deals have no amounts here: there is no number, and the reason says how many deals lack one."""
    artifact, rows = table(crm, metric="open_pipeline")
    assert not rows
    assert "2,089 deals: open, but no amount is recorded" in artifact.limits[0]


@pytest.mark.shared_data
def test_reps_and_regions_are_not_ranked_and_months_are(crm):
    """Win rates of regions and reps differ by no more than chance, so nobody is best; those of months differ indeed."""
    for by, strength in (("region", "not established"), ("rep", "not established"), ("month", "established")):
        artifact, _ = table(crm, metric="win_rate", group_by=by)
        verdict = artifact.findings[-1]
        assert verdict.strength == strength
        assert ("Highest" in verdict.claim) == (strength == "established")


@pytest.mark.shared_data
def test_call_measures_are_those_of_the_turns(calls):
    """Talk ratio is the mean over calls of the rep's words over all words; small groups are not singled out."""
    artifact, rows = table(calls, metric="talk_ratio", group_by="rep")
    turns = pd.DataFrame([dict(row) for row in calls.connection.execute("SELECT call_id, role, text FROM turns")])
    turns["words"] = turns["text"].str.count(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)*")
    words = turns.pivot_table(index="call_id", columns="role", values="words", aggfunc="sum", fill_value=0)
    expected = (words["rep"] / words.sum(axis=1)).mean()
    assert rows[()].number.value == pytest.approx(expected, abs=1e-9)
    assert any("none is singled out" in finding.claim for finding in artifact.findings)


def test_every_measure_by_every_dimension_gives_a_table_or_a_reason(sample):
    """Every measure and every dimension on the sample ends in rows that add up, or in a sentence."""
    pairs = [(name, "region") for name in MEASURES]
    pairs += [(name, by) for name in ("win_rate", "call_count") for by in DIMENSIONS]
    for name, by in pairs:
        artifact, rows = table(sample, metric=name, group_by=by, topic="price")
        assert rows or artifact.limits
        if rows:
            assert sum(row.number.n for row in artifact.rows if row.group) == rows[()].number.n


@pytest.mark.parametrize("hostile", ["rep'; DROP TABLE calls;--", "rep) OR 1=1 --", "o.amount", "sqlite_version()"])
def test_text_of_a_question_never_becomes_sql(sample, hostile):
    """Hostile text as filter, group or measure selects nothing, groups nothing and destroys nothing."""
    before = sample.connection.execute("SELECT COUNT(*) FROM calls").fetchone()[0]
    artifact, rows = table(sample, metric="call_count", rep=hostile)
    assert not rows
    assert artifact.limits
    artifact, rows = table(sample, metric="call_count", group_by=hostile)
    assert set(rows) == {()}
    assert measures_of((("metric", hostile),)) == ()
    assert sample.connection.execute("SELECT COUNT(*) FROM calls").fetchone()[0] == before


def test_an_unknown_measure_is_refused_with_the_nearest():
    """A misspelt measure names the one that was probably meant."""
    with pytest.raises(UnknownNameError, match="win_rate"):
        measure_named("winrate")


def test_mentions_count_the_prospect_only(sample):
    """A competitor that only the rep names does not count as mentioned by the prospect."""
    _, rows = table(sample, metric="competitor_mentions")
    query = (
        "SELECT COUNT(DISTINCT m.call_id) FROM mentions m JOIN turns t USING (call_id, idx) WHERE t.role = 'prospect'"
    )
    found = sample.connection.execute(query).fetchone()[0]
    number = rows[()].number
    assert found > 10
    assert round(number.value * number.n) == found
