"""The real data sets come in whole, with their dirt named; counts are checked with the csv and json modules."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace

DATA = Path(__file__).parents[4] / "shared" / "data"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(
        not (DATA / "crm_pipeline").is_dir(), reason="the shared data sets are not beside the repository"
    ),
]


def rows(name):
    """Return the rows of a table of the CRM data set."""
    with (DATA / "crm_pipeline" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def crm(tmp_path_factory):
    """Return the CRM data set in a workspace, and the report."""
    with Workspace.open(tmp_path_factory.mktemp("crm"), create=True) as workspace:
        yield workspace, ingest(workspace, [DATA / "crm_pipeline"])


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """Return the fundraising calls in a workspace, and the report."""
    with Workspace.open(tmp_path_factory.mktemp("calls"), create=True) as workspace:
        yield workspace, ingest(workspace, [DATA / "fundraising_calls"])


def test_crm_counts_agree_with_the_files(crm):
    """Every deal, account, rep and product is there, and won, lost and open are as the file has them."""
    workspace, _ = crm
    deals = rows("sales_pipeline.csv")
    count = workspace.facts()["count"]
    stages = [row["deal_stage"] for row in deals]
    assert (len(deals), stages.count("Won"), stages.count("Lost")) == (count["deals"], count["won"], count["lost"])
    assert sum(float(row["close_value"]) for row in deals if row["deal_stage"] == "Won") == sum(
        deal.amount or 0 for deal in workspace.deals() if deal.status == "won"
    )
    held = workspace.summary()["rows"]
    assert [len(rows(f"{name}.csv")) for name in ("accounts", "sales_teams", "products")] == [
        held[name] for name in ("accounts", "reps", "products")
    ]
    assert (85, 30, 7) == (count["accounts"], count["reps"], count["products"])


def test_crm_dirt_is_reported_with_its_extent(crm):
    """Misspelt products and sectors, open deals without account and reps without deals are named and counted."""
    _, report = crm
    deals = rows("sales_pipeline.csv")
    found = {item.topic: item for item in report.issues}
    pro = found["opportunities: product 'GTXPro'"]
    assert (sum(row["product"] == "GTXPro" for row in deals), "read as 'GTX Pro'") == (pro.count, pro.action)
    blank = found["opportunities: open deals without an account"]
    assert sum(not row["account"] for row in deals) == blank.count
    assert 5 == found["reps: without deals"].count
    sectors = [row["sector"] for row in rows("accounts.csv")]
    assert sectors.count("technolgy") == found["accounts: sector 'technolgy'"].count
    assert ["data_dictionary.csv"] == [Path(item.path).name for item in report.skipped]
    assert "data dictionary" in report.to_text()
    assert [] == report.errors


def test_crm_scopes_agree_with_the_files(crm):
    """Region, product, account and period select what the csv module counts."""
    workspace, _ = crm
    deals = rows("sales_pipeline.csv")
    region = {row["sales_agent"]: row["regional_office"] for row in rows("sales_teams.csv")}
    assert sum(region[row["sales_agent"]] == "East" for row in deals) == len(workspace.deals((("region", "East"),)))
    pro = [row for row in deals if row["product"] in ("GTXPro", "GTX Pro")]
    assert len(pro) == len(workspace.deals((("product", "GTX Pro"),)))
    quarter = (("period", "2017-07-01/2017-09-30"),)
    closed = [row for row in deals if "2017-07-01" <= row["close_date"] <= "2017-09-30"]
    opened = [row for row in deals if not row["close_date"] and "2017-07-01" <= row["engage_date"] <= "2017-09-30"]
    assert len(closed) + len(opened) == len(workspace.deals(quarter))


def test_calls_agree_with_the_file(calls):
    """Every turn's role and text is there in order, and amounts give the outcomes."""
    workspace, _ = calls
    source = [json.loads(line) for line in (DATA / "fundraising_calls" / "calls.jsonl").read_text().splitlines()]
    held = workspace.turns_by_call()
    for item in source:
        said = [(turn["role"], " ".join(turn["text"].split())) for turn in item["turns"]]
        assert said == [(turn.role, " ".join(turn.text.split())) for turn in held[item["call_id"]]]
    won = {item["call_id"] for item in source if item["amount"] > 0}
    assert won == {call.call_id for call in workspace.calls() if call.outcome == "won"}
    assert len(source) == workspace.facts()["count"]["calls_with_outcome"]


def test_bad_dates_of_calls_are_reported(calls):
    """Dates that are none are counted as the file has them."""
    workspace, report = calls
    lines = (DATA / "fundraising_calls" / "calls.jsonl").read_text().splitlines()
    bad = sum(json.loads(line)["date"].startswith("BAD") for line in lines)
    assert bad == sum(item.count for item in report.issues if item.topic == "calls: bad date")
    assert bad == sum(call.date is None for call in workspace.calls())


def test_two_thousand_calls_come_in_within_seconds(tmp_path):
    """Three times the data set, 2,001 calls, is read in well under a minute."""
    source = [json.loads(line) for line in (DATA / "fundraising_calls" / "calls.jsonl").read_text().splitlines()]
    lines = [json.dumps({**item, "call_id": f"{item['call_id']}-{copy}"}) for copy in range(3) for item in source]
    path = tmp_path / "calls.jsonl"
    path.write_text("\n".join(lines))
    with Workspace.open(tmp_path / "workspace", create=True) as workspace:
        started = time.perf_counter()
        ingest(workspace, [path])
        # Measured 1.5 s; the limit leaves room for a slow, busy machine and still catches quadratic work.
        assert time.perf_counter() - started < 30
        assert 2001 == workspace.summary()["rows"]["calls"]
