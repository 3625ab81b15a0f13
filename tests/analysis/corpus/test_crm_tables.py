"""CRM tables are recognised by their headers, and what looks wrong in them is reported."""

from __future__ import annotations

import pytest

from domains.analysis.corpus.ingest import ingest

TABLES = {
    "accounts": "Account Name;Industry;Number of Employees;Annual Revenue\nAcme;retail;10;$1,200.50\n",
    "opportunities": "Deal ID,Deal Stage,Deal owner,Create Date,Amount\n7,Closed Won,Ann,2024-01-02,9\n",
    "reps": "Sales Agent\tManager\tRegional Office\nAnn\tCat\tEast\n",
    "products": "product,series,sales_price\nGTX,G,5\n",
    "stage_history": "opportunity_id,stage,changed_at\n7,Demo,2024-01-05T10:00:00Z\n",
    "content": "content_id,title,type\nC1,Deck,pdf\n",
    "content_use": "content_id,deal_id,date\nC1,7,2024-01-06\n",
    "trainings": "rep,course,completed\nAnn,Discovery,2024-01-01\n",
    "quotas": "rep,quarter,quota\nAnn,Q1 2024,1000\n",
    "competitors": 'competitor,aliases\nRivalsoft,"Rival; RVS"\n',
}


def issues(report):
    """Return (problem, action, count) of each group of issues."""
    return [(item.problem, item.action, item.count) for item in report.issues]


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_recognised_by_its_headers(workspace, write, table):
    """Headers as other programs write them, and the delimiter, are enough to know the table."""
    report = ingest(workspace, [write("export.csv", TABLES[table])])
    assert {table: 1} == report.rows


def test_all_tables_make_one_corpus(workspace, write):
    """Read together, the tables refer to each other and the facts count them."""
    paths = [write(f"{name}.csv", text) for name, text in TABLES.items()]
    ingest(workspace, paths)
    facts = workspace.facts(())
    assert (1, 1, 1, 1, 1, 1) == tuple(
        facts["count"][name] for name in ("deals", "won", "stage_changes", "content_uses", "trainings", "quotas")
    )
    assert all(facts["has"][name] for name in ("stage_history", "created_dates", "content", "quotas", "regions"))
    quota = workspace.connection.execute("SELECT period_start, period_end, amount FROM quotas").fetchone()
    assert ("2024-01-01", "2024-03-31", 1000.0) == tuple(quota)
    (account,) = workspace.connection.execute("SELECT sector, employees, revenue FROM accounts").fetchall()
    assert ("retail", 10.0, 1200.5) == tuple(account)


def test_close_date_of_an_open_deal_is_an_expectation(workspace, write):
    """An open deal's close date is kept as expected_close and never counts as closed."""
    ingest(
        workspace, [write("deals.csv", "deal_id,stage,close_date,amount\n1,Demo,2030-01-01,5\n2,Lost,2024-01-01,0\n")]
    )
    first, second = workspace.deals()
    assert ("open", None, "2030-01-01") == (first.status, first.close_date, first.expected_close)
    assert ("lost", "2024-01-01", None) == (second.status, second.close_date, second.expected_close)


@pytest.mark.parametrize(
    ("row", "problem", "action"),
    [
        ("1,Won,Ann,Acme,GTX,2024-13-01,2024-02-01,5", "engage_date is '2024-13-01': not a date", "kept as empty"),
        ("1,Won,Ann,Acme,GTX,,1850-01-01,5", "close_date is '1850-01-01': the year is out of range", "kept as empty"),
        ("1,Won,Ann,Acme,GTX,,2024-02-01,-5", "amount is '-5': below zero", "kept as empty"),
        ("1,Won,Ann,Acme,GTX,,2024-02-01,five", "amount is 'five': not a number", "kept as empty"),
        ("1,Won,Ann,Acme,GTX,,2024-02-01,1e999", "amount is '1e999': not a finite number", "kept as empty"),
        ("1,Won,Ann,Acme,GTX,,2024-02-01,", "won deal '1' has no amount", "kept"),
        ("1,Won,Ann,Acme,GTX,,,5", "won deal '1' has no close date", "kept; in no period"),
        ("1,Won,Ann,,GTX,,2024-02-01,5", "won deal '1' has no account", "kept"),
        ("1,Won,Ann,Acme,GTX,2024-03-01,2024-02-01,5", "before its engage_date 2024-03-01", "both dates kept"),
        ("1,Won,Ann,Acme,QTZ,,2024-02-01,5", "product 'QTZ' is not in products", "kept as written"),
        ("1,Won,Ann,Zeta,GTX,,2024-02-01,5", "account 'Zeta' is not in accounts", "kept as written"),
        ("1,Won,Joe,Acme,GTX,,2024-02-01,5", "rep 'Joe' is not in reps", "kept as written"),
        (",Won,Ann,Acme,GTX,,2024-02-01,5", "the row has no opportunity_id", "row left out"),
        ("1,Won,Ann,Acme,GTX,3/4/2024,2024-02-01,5", "day and month cannot be told apart", "kept as empty"),
    ],
)
def test_each_wrong_cell_is_reported_with_its_line(workspace, write, row, problem, action):
    """A wrong value is named with what was done about it, at its line; the row's other values come in."""
    paths = [write(name, text) for name, text in {
        "accounts.csv": "account,sector\nAcme,retail\n",
        "reps.csv": "rep,manager\nAnn,Cat\n",
        "products.csv": "product,price\nGTX,5\n",
    }.items()]  # fmt: skip
    header = "opportunity_id,stage,rep,account,product,engage_date,close_date,amount\n"
    deals = write("deals.csv", f"{header}0,Won,Ann,Acme,GTX,2024-01-01,2024-02-01,5\n{row}\n")
    report = ingest(workspace, [*paths, deals])
    found = [item for item in report.issues if problem in item.problem]
    assert [(str(deals), action, 1, 3)] == [(item.path, item.action, item.count, item.examples[0][0]) for item in found]
    assert (1 if row.startswith(",") else 2) == len(workspace.deals())


def test_repeated_ids_keep_the_first_row(workspace, write):
    """The same row twice is one; the same id with other values is reported with both lines."""
    row = "1,Won,{},Ann,Acme,2024-01-01"
    text = "\n".join(["deal_id,stage,amount,rep,account,created", row.format(5), row.format(5), row.format(6)])
    report = ingest(workspace, [write("d.csv", text)])
    assert [5.0] == [deal.amount for deal in workspace.deals()]
    found = {(problem, action) for problem, action, _ in issues(report)}
    assert ("opportunity_id '1' is there twice, with the same values", "one kept") in found
    assert ("opportunity_id '1' is there twice, with other values than in line 2", "the first kept") in found


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("GTXPro", "GTX Pro"),
        ("gtx pro", "GTX Pro"),
        ("GTX Premim", "GTX Premium"),
        ("GTK 600", "GTK 600"),
        ("Pro", "Pro"),
    ],
)
def test_product_names_are_joined_only_where_they_must_be_the_same(workspace, write, written, read):
    """Spaces, case and one wrong letter are read as the known product; another number or a part of a name is not."""
    deals = write("d.csv", f"deal_id,stage,product\n1,Won,{written}\n")
    products = write("p.csv", "product,price\nGTX Pro,1\nGTX Basic,1\nGTX Premium,1\nGTK 500,1\n")
    ingest(workspace, [deals, products])
    assert [read] == [deal.product for deal in workspace.deals()]


def test_people_are_not_joined_by_likeness(workspace, write):
    """Ann Lee is not Anna Lee, but ANN LEE is Ann Lee; companies are joined without their legal form."""
    reps = write("r.csv", "rep,manager\nAnna Lee,Cat\nBob Ray,Cat\n")
    accounts = write("a.csv", "account,sector\nAcme Corporation,retail\n")
    deals = write("d.csv", "deal_id,stage,rep,account\n1,Won,Ann Lee,Acme Inc.\n2,Won,BOB RAY,ACME\n")
    ingest(workspace, [deals, reps, accounts])
    assert [("Ann Lee", "Acme Corporation"), ("Bob Ray", "Acme Corporation")] == [
        (deal.rep, deal.account) for deal in workspace.deals()
    ]


def test_dates_are_read_by_the_order_the_file_shows(workspace, write):
    """One date that can only be day first decides how all of the file's dates are read."""
    ingest(workspace, [write("d.csv", "deal_id,stage,created,close_date\n1,Won,3/4/2024,25/4/2024\n")])
    (deal,) = workspace.deals()
    assert ("2024-04-03", "2024-04-25") == (deal.created_date, deal.close_date)


def test_unused_columns_are_named(workspace, write):
    """Columns that no table has are named in the report, so nobody thinks they came in."""
    report = ingest(workspace, [write("p.csv", "product,price,colour\nGTX,1,red\n")])
    assert ("columns that no table has: colour", "left out", 1) in issues(report)


def test_references_to_nothing_are_reported(workspace, write):
    """A stage change, a use of content or a call of a deal that is not there is kept and reported."""
    deals = write("d.csv", "deal_id,stage,rep\n1,Won,Ann\n")
    stages = write("s.csv", "deal_id,stage,entered\n9,Demo,2024-01-01\n")
    uses = write("u.csv", "content_id,deal_id\nC1,8\n")
    call = write("c.jsonl", '{"call_id": "k", "date": "2024-01-01", "opportunity_id": "7", "turns": []}')
    problems = [item.problem for item in ingest(workspace, [deals, stages, uses, call]).issues]
    assert "a stage change of deal '9', which is not in opportunities" in problems
    assert "a use of content for deal '8', which is not in opportunities" in problems
    assert "call 'k' belongs to deal '7', which is not in opportunities" in problems


def test_calls_take_account_and_outcome_from_their_deal(workspace, write):
    """A call that belongs to a deal has its account and outcome, unless its own file says otherwise."""
    deals = write("d.csv", "deal_id,stage,account,segment\n1,Closed Won,Acme,Large\n")
    call = write("c.jsonl", '{"call_id": "k", "date": "2024-01-01", "opportunity_id": "1", "turns": []}')
    ingest(workspace, [call])
    assert [(None, None)] == [(item.account, item.outcome) for item in workspace.calls()]
    ingest(workspace, [deals])
    assert [("Acme", "won")] == [(item.account, item.outcome) for item in workspace.calls()]
    assert ["k"] == [item.call_id for item in workspace.calls((("segment", "Large"),))]
