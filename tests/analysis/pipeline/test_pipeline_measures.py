"""Pipeline measures on rows made for the purpose: every number counted out by hand, every floor kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domains.analysis.analysts.retrieval_deals import retrieve_deals
from domains.analysis.registry import Inputs
from tests.analysis.pipeline.workspaces import claims, deal, measure, workspace_of


def day(number: int) -> str:
    """The date so many days into 2024."""
    return (date(2024, 1, 1) + timedelta(days=number)).isoformat()


def test_deals_with_missing_or_impossible_dates_are_set_aside_with_reasons(tmp_path):
    """A closed deal without a close date, and one closed before it began, are excluded and counted."""
    rows = [
        deal(1),
        deal(2, "lost"),
        deal(3, "open"),
        {**deal(4), "close_date": None},
        deal(5, begun="2024-05-01", close="2024-04-01"),
    ]
    workspace = workspace_of(tmp_path / "w", {"opportunities": rows})
    found = retrieve_deals(workspace, (), Inputs())
    assert found.deal_ids == ("D00001", "D00002", "D00003")
    assert (found.won, found.lost, found.open) == (1, 1, 1)
    reasons = {item.reason: item.count for item in found.exclusions}
    assert reasons == {"closed, but without a close date": 1, "closed before it was created or engaged": 1}
    assert measure(workspace, "measure_win_rate", (), [found]).rate.n == 2


@pytest.mark.parametrize(("n", "strength"), [(99, "not established"), (100, "descriptive")])
def test_no_win_rate_is_concluded_below_a_hundred_closed_deals(tmp_path, n, strength):
    """At 99 closed deals the floor is named; at 100 the rate is given."""
    rows = [deal(i, "won" if i % 2 else "lost") for i in range(n)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "measure_win_rate")
    assert found.findings[0].strength == strength
    assert ("floor of 100" in found.findings[0].claim) == (n == 99)


def test_segment_and_sector_that_are_the_same_are_compared_once(tmp_path):
    """Two names of one grouping are one comparison, or the correction would count it twice."""
    accounts = [{"account": f"A{i:02}", "segment": f"S{i % 2}", "sector": f"Sector {i % 2}"} for i in range(40)]
    rows = [deal(i, "won" if i % 3 else "lost") for i in range(200)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows, "accounts": accounts}), "measure_win_rate")
    assert sum("Win rates" in finding.claim for finding in found.findings) == 1


def seasonal_rows(boost: float) -> list[dict[str, object]]:
    """Two years of closes, thirty a month; in last months of quarters a larger share is won."""
    rows, number = [], 0
    for month in range(24):
        for i in range(30):
            number += 1
            rate = 0.5 + (boost if month % 3 == 2 else 0.0)
            close = date(2022 + month // 12, month % 12 + 1, 1 + i % 28)
            begun = (close - timedelta(days=20 + (i * 7) % 60)).isoformat()
            rows.append(deal(number, "won" if (i * 0.618) % 1 < rate else "lost", begun, close.isoformat()))
    return rows


def test_a_quarter_end_effect_is_found_and_none_is_not(tmp_path):
    """With 80 against 50 % it is established; with equal rates it is not."""
    found = measure(workspace_of(tmp_path / "a", {"opportunities": seasonal_rows(0.3)}), "measure_quarter_end")
    assert found.findings[0].strength == "established"
    assert found.gap.value == pytest.approx(30, abs=4)
    found = measure(workspace_of(tmp_path / "b", {"opportunities": seasonal_rows(0.0)}), "measure_quarter_end")
    assert found.findings[0].strength == "not established"


def test_a_quarter_end_effect_needs_months_and_not_only_deals(tmp_path):
    """Three months with hundreds of deals cannot show one: months are the cases."""
    rows = seasonal_rows(0.3)
    few = [row for row in rows if str(row["close_date"]) < "2022-05-01"] * 1
    found = measure(workspace_of(tmp_path / "w", {"opportunities": few}), "measure_quarter_end")
    assert found.findings == ()
    assert "not concluded" in found.limits[0]


def test_velocity_is_the_formula_and_the_truth_stands_beside_it(tmp_path):
    """Open deals x win rate x value / days; where it is far from what was won, it says so."""
    rows = [deal(i, "won" if i % 2 else "lost", day(i % 100), day(i % 100 + 40), amount=500.0) for i in range(100)]
    rows += [deal(1000 + i, "open", day(0)) for i in range(400)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "measure_velocity")
    assert found.cycle_days.value == 40
    assert found.by_formula.value == pytest.approx(400 * 0.5 * 500 / 40)
    last = date(2024, 1, 1) + timedelta(days=139)
    recent = [
        r for r in rows if r["status"] == "won" and date.fromisoformat(str(r["close_date"])) > last - timedelta(90)
    ]
    assert found.observed.value == pytest.approx(len(recent) * 500 / 90)
    assert "do not plan with it" in claims(found)


def test_slippage_counts_overdue_and_late_deals(tmp_path):
    """Open deals past their date on the last recorded day, closed deals after theirs."""
    rows = [
        deal(i, "won" if i % 2 else "lost", day(0), day(60), expected_close=day(50 if i < 45 else 80))
        for i in range(60)
    ]
    rows += [deal(100 + i, "open", day(10), expected_close=day(30 if i < 3 else 90)) for i in range(10)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "measure_slippage")
    assert found.overdue.value == pytest.approx(0.3)
    assert found.late.value == pytest.approx(45 / 60)
    assert found.days_late.value == pytest.approx((45 * 10 - 15 * 20) / 60)


def staged(number: int, stages: list[str], status: str) -> tuple[dict[str, object], list[dict[str, object]]]:
    """A deal, and its history with ten days in every stage."""
    row = deal(number, status, day(0), None if status == "open" else day(10 * len(stages)))
    history = [
        {"opportunity_id": row["opportunity_id"], "stage": stage, "entered_date": day(10 * place)}
        for place, stage in enumerate(stages)
    ]
    return row, history


def test_stage_conversion_counts_deals_that_are_done_with_a_stage(tmp_path):
    """100 enter the first stage; 60 go further, 30 are lost there, 10 are still there: 60 of 90."""
    pairs = [staged(i, ["Demo", "Offer", "Closed Won"], "won") for i in range(35)]
    pairs += [staged(100 + i, ["Demo", "Offer", "Closed Lost"], "lost") for i in range(25)]
    pairs += [staged(200 + i, ["Demo", "Closed Lost"], "lost") for i in range(30)]
    pairs += [staged(300 + i, ["Demo"], "open") for i in range(10)]
    tables = {"opportunities": [row for row, _ in pairs], "stage_history": [entry for _, h in pairs for entry in h]}
    found = measure(workspace_of(tmp_path / "w", tables), "measure_stage_conversion")
    demo, offer = found.stages
    assert (demo.name, demo.entered, demo.pending, demo.advanced.n) == ("Demo", 100, 10, 90)
    assert demo.advanced.value == pytest.approx(60 / 90)
    assert demo.median_days == 10
    assert (offer.name, offer.advanced.value, offer.advanced.n) == ("Offer", pytest.approx(35 / 60), 60)


def test_coverage_counts_what_is_to_close_in_the_period(tmp_path):
    """Quota 100,000, 30,000 won, 50,000 expected by the end, more expected later: 50 / 70 of what is left."""
    rows = [deal(i, "won" if i % 2 else "lost", "2023-06-01", "2023-08-01") for i in range(120)]
    rows += [deal(500 + i, "won", "2024-01-02", "2024-02-01", amount=10_000.0) for i in range(3)]
    rows += [deal(600 + i, "open", "2024-01-20", amount=25_000.0, expected_close="2024-03-20") for i in range(2)]
    rows += [deal(700 + i, "open", "2024-01-20", amount=90_000.0, expected_close="2024-05-20") for i in range(2)]
    quotas = [{"rep": "Ann", "period_start": "2024-01-01", "period_end": "2024-03-31", "amount": 100_000.0}]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows, "quotas": quotas}), "measure_coverage")
    assert (found.quota, found.won_so_far, found.open_value, found.days_left) == (100_000, 30_000, 50_000, 59)
    assert found.ratio.value == pytest.approx(50 / 70)
    assert found.target.value == pytest.approx(123 / 63)


def test_coverage_is_refused_for_part_of_a_reps_deals(tmp_path):
    """A quota covers all of a rep's deals; for one product the comparison would be wrong, and is not made."""
    quotas = [{"rep": "Ann", "period_start": "2024-01-01", "period_end": "2024-03-31", "amount": 100_000.0}]
    workspace = workspace_of(tmp_path / "w", {"opportunities": [deal(1)], "quotas": quotas})
    found = measure(workspace, "measure_coverage", (("product", "P"),))
    assert found.ratio is None
    assert "unlike things" in found.limits[0]


def test_categories_add_up(tmp_path):
    """Values by category, largest first, with the deals that have none named."""
    rows = [deal(i, "open", amount=100.0, forecast_category="Commit") for i in range(3)]
    rows += [deal(10 + i, "open", amount=200.0, forecast_category="Pipeline") for i in range(4)]
    rows += [deal(20, "open", amount=5.0)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "roll_up_categories")
    assert [(n.name, n.value, n.n) for n in found.categories] == [("Pipeline", 800.0, 4), ("Commit", 300.0, 3)]
    assert found.exclusions[0].count == 1


def test_a_forecast_needs_enough_won_deals(tmp_path):
    """Below a hundred won deals with a value there is no forecast, and the floor is named."""
    rows = [deal(i, "won", day(i * 5), day(i * 5 + 20)) for i in range(99)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "forecast_quarter")
    assert found.value is None
    assert "floor of 100" in found.limits[0]


def test_what_makes_a_forecast_wide_adds_up(sample):
    """The parts of the squared errors are those of number and size of wins, and make up the whole."""
    found = measure(sample, "forecast_quarter")
    wide = next(finding for finding in found.findings if finding.title == "Why the interval is so wide")
    ratio, wins, size, largest = wide.numbers
    assert ratio.value == pytest.approx(found.value.high / found.value.low)
    assert wins.value + size.value == pytest.approx(1)
    deals = [d for d in sample.deals() if d.status == "won" and d.amount is not None and d.close_date]
    last = sorted((d.amount for d in deals if "2026-07-01" <= d.close_date[:10] <= "2026-09-30"), reverse=True)
    assert largest.n == len(last)
    assert largest.value == pytest.approx(sum(last[:5]) / sum(last))
