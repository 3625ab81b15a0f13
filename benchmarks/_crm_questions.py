"""Questions on the CRM data, each with the SQL that answers it, written without looking at the product's queries."""

# Every part of the SQL is written in this module; nothing comes from outside.
# ruff: noqa: S608

from __future__ import annotations

import csv
import sqlite3
from dataclasses import dataclass
from pathlib import Path

__all__ = ["QUESTIONS", "Question", "database", "expected"]


@dataclass(frozen=True)
class Question:
    """A question in words, its SQL (groups first, the value last), and what the product calls the number."""

    words: str
    sql: str
    called: tuple[str, ...]


_DEALS = """
CREATE VIEW deals AS
SELECT p.*, t.manager, t.regional_office AS region,
  REPLACE(a.sector, 'technolgy', 'technology') AS sector, a.employees AS staff,
  REPLACE(a.office_location, 'Philipines', 'Philippines') AS country,
  CASE WHEN p.deal_stage = 'Won' THEN 1.0 WHEN p.deal_stage = 'Lost' THEN 0.0 END AS won,
  JULIANDAY(p.close_date) - JULIANDAY(p.engage_date) AS days,
  SUBSTR(p.close_date, 1, 7) AS month,
  SUBSTR(p.close_date, 1, 4) || ' Q' || ((CAST(SUBSTR(p.close_date, 6, 2) AS INTEGER) - 1) / 3 + 1) AS quarter
FROM pipeline p
LEFT JOIN teams t ON t.sales_agent = p.sales_agent
LEFT JOIN accounts a ON a.account = p.account
"""


def database(folder: Path) -> sqlite3.Connection:
    """Return the tables as they stand in the files, with a view that joins them and mends the known misspellings."""
    made = sqlite3.connect(":memory:")
    files = {"pipeline": "sales_pipeline", "accounts": "accounts", "products": "products", "teams": "sales_teams"}
    for name, file in files.items():
        with (folder / f"{file}.csv").open(encoding="utf-8") as stream:
            header, *rows = csv.reader(stream)
        numeric = {"close_value", "sales_price", "employees", "revenue"}
        columns = ", ".join(f"{column} {'REAL' if column in numeric else 'TEXT'}" for column in header)
        made.execute(f"CREATE TABLE {name} ({columns})")
        marks = ", ".join("?" * len(header))
        made.executemany(f"INSERT INTO {name} VALUES ({marks})", [[cell or None for cell in row] for row in rows])
    made.execute("UPDATE pipeline SET product = 'GTX Pro' WHERE product = 'GTXPro'")
    made.execute(_DEALS)
    return made


def expected(apart: sqlite3.Connection, question: Question) -> dict[tuple[str, ...], float]:
    """Return the values by group as SQL gives them; groups without a name are left out."""
    rows = apart.execute(question.sql).fetchall()
    return {tuple(map(str, row[:-1])): float(row[-1]) for row in rows if None not in row}


RATE, VALUE, SIZE, COUNT, CYCLE = (
    ("win rate",),
    ("value won",),
    ("average deal size",),
    ("deals",),
    ("cycle",),
)
_RATE = "SELECT {by}AVG(won) FROM deals WHERE won IS NOT NULL {where}{group}"
_VALUE = "SELECT {by}SUM(close_value) FROM deals WHERE won = 1 {where}{group}"
_SIZE = "SELECT {by}AVG(close_value) FROM deals WHERE won = 1 {where}{group}"
_COUNT = "SELECT {by}COUNT(*) FROM deals WHERE won IS NOT NULL {where}{group}"
_CYCLE = "SELECT {by}AVG(days) FROM deals WHERE won = 1 {where}{group}"
_FORMS: dict[tuple[str, ...], str] = {RATE: _RATE, VALUE: _VALUE, SIZE: _SIZE, COUNT: _COUNT, CYCLE: _CYCLE}


def _ask(words: str, called: tuple[str, ...], where: str = "", by: str = "") -> Question:
    condition = f"AND {where} " if where else ""
    sql = _FORMS[called].format(by=f"{by}, " if by else "", where=condition, group=f"GROUP BY {by}" if by else "")
    return Question(words, sql, called)


def _between(first: str, last: str) -> str:
    return f"close_date BETWEEN '{first}' AND '{last}'"


Q1, Q2 = _between("2017-01-01", "2017-03-31"), _between("2017-04-01", "2017-06-30")
Q3, Q4 = _between("2017-07-01", "2017-09-30"), _between("2017-10-01", "2017-12-31")

_LOST, _WON, _OPEN = ("deals lost",), ("deals won",), ("open deals",)
_MEDIAN = """SELECT AVG(value) FROM (
SELECT {value} AS value, ROW_NUMBER() OVER (ORDER BY {value}) AS place, COUNT(*) OVER () AS number
FROM deals WHERE won = 1 {where}) WHERE place IN ((number + 1) / 2, (number + 2) / 2)"""


def _sql(words: str, called: str, sql: str) -> Question:
    return Question(words, sql, (called,))


def _how_many(words: str, called: tuple[str, ...], condition: str) -> Question:
    return Question(words, f"SELECT COUNT(*) FROM deals WHERE {condition}", called)


# How a measure is to be taken: of which deals, as which statistic, of how many things, of whose; asked of any type.
MODIFIED: tuple[Question, ...] = (
    _how_many(
        "Number of deals lost in the East in June 2017",
        _LOST,
        "won = 0 AND region = 'East' AND month = '2017-06'",
    ),
    _how_many("How many deals did we lose in Q2 2017?", _LOST, f"won = 0 AND {Q2}"),
    _how_many(
        "How many deals has Anna Snelling won since July?",
        _WON,
        "won = 1 AND sales_agent = 'Anna Snelling' AND close_date >= '2017-07-01'",
    ),
    _how_many("How many open deals do we have for MG Special?", _OPEN, "won IS NULL AND product = 'MG Special'"),
    _how_many("How many deals are in Prospecting?", _OPEN, "deal_stage = 'Prospecting'"),
    _how_many("How many deals over 10,000 did we win?", _WON, "won = 1 AND close_value > 10000"),
    _how_many(
        "How many deals took longer than 90 days to close in the West?",
        COUNT,
        "won IS NOT NULL AND days > 90 AND region = 'West'",
    ),
    _sql(
        "How many deals were opened in May 2017?",
        "deals, whatever came of them",
        "SELECT COUNT(*) FROM deals WHERE SUBSTR(engage_date, 1, 7) = '2017-05'",
    ),
    _sql(
        "Loss rate in the West", "loss rate", "SELECT 1 - AVG(won) FROM deals WHERE won IS NOT NULL AND region = 'West'"
    ),
    _sql(
        "What share of retail deals did we lose in Q4 2017?",
        "loss rate",
        f"SELECT 1 - AVG(won) FROM deals WHERE won IS NOT NULL AND sector = 'retail' AND {Q4}",
    ),
    _sql("Median deal size of won deals", "median deal size", _MEDIAN.format(value="close_value", where="")),
    _sql(
        "median sales cycle in the Central region",
        "median cycle",
        _MEDIAN.format(value="days", where="AND region = 'Central'"),
    ),
    _sql("Biggest won deal ever", "largest amount of a won deal", "SELECT MAX(close_value) FROM deals WHERE won = 1"),
    _sql(
        "What was the smallest won deal in Q4 2017?",
        "smallest amount of a won deal",
        f"SELECT MIN(close_value) FROM deals WHERE won = 1 AND {Q4}",
    ),
    _sql(
        "longest sales cycle of a won deal in the East",
        "longest cycle",
        "SELECT MAX(days) FROM deals WHERE won = 1 AND region = 'East'",
    ),
    _ask("What is the average cycle of won deals in retail?", CYCLE, "sector = 'retail'"),
    _sql("average time to close of lost deals", "cycle of lost deals", "SELECT AVG(days) FROM deals WHERE won = 0"),
    _ask("Revenue outside the US?", VALUE, "country <> 'United States'"),
    _ask("win rate in Germany", RATE, "country = 'Germany'"),
    _sql(
        "How many accounts did we win deals with in Q3 2017?",
        "accounts with a deal won",
        f"SELECT COUNT(DISTINCT account) FROM deals WHERE won = 1 AND {Q3}",
    ),
    _sql(
        "How many reps closed a deal in December 2017?",
        "reps with a deal won or lost",
        "SELECT COUNT(DISTINCT sales_agent) FROM deals WHERE won IS NOT NULL AND month = '2017-12'",
    ),
    _ask(
        "How much money did Darcel Schlecht bring in during Q4 2017?",
        VALUE,
        f"sales_agent = 'Darcel Schlecht' AND {Q4}",
    ),
    _ask("What is the average deal size of Kary Hendrixson?", SIZE, "sales_agent = 'Kary Hendrixson'"),
    _ask(
        "How many deals did the team of Melvin Marxen close in August 2017?",
        COUNT,
        "manager = 'Melvin Marxen' AND month = '2017-08'",
    ),
    _ask("win rate of Summer Sewald's team", RATE, "manager = 'Summer Sewald'"),
    _ask(
        "revenue of Donn Cantrell without GTX Plus Pro",
        VALUE,
        "sales_agent = 'Donn Cantrell' AND product <> 'GTX Plus Pro'",
    ),
)

QUESTIONS: tuple[Question, ...] = (
    _ask("What is our win rate?", RATE),
    _ask("win rate by region", RATE, by="region"),
    _ask("Show me the win rate by product", RATE, by="product"),
    _ask("win rate per sector", RATE, by="sector"),
    _ask("How does win rate differ by month?", RATE, by="month"),
    _ask("win rate for each quarter", RATE, by="quarter"),
    _ask("What was the win rate in Q3 2017?", RATE, Q3),
    _ask("win rate in the West", RATE, "region = 'West'"),
    _ask("win rate of GTX Pro", RATE, "product = 'GTX Pro'"),
    _ask(
        "What share of MG Advanced deals did we win in the fourth quarter?", RATE, f"product = 'MG Advanced' AND {Q4}"
    ),
    _ask("win rate by region in Q2 2017", RATE, Q2, "region"),
    _ask("win rate by product in the East", RATE, "region = 'East'", "product"),
    _ask("win rate in May 2017", RATE, "month = '2017-05'"),
    _ask("win rate by account", RATE, by="account"),
    _ask("win rate by manager", RATE, by="manager"),
    _ask("win rate by rep", RATE, by="sales_agent"),
    _ask("win rate by region and product", RATE, by="region, product"),
    _ask("win rate by region and quarter", RATE, by="region, quarter"),
    _ask("Win rate in Central since July", RATE, f"region = 'Central' AND {_between('2017-07-01', '2017-12-31')}"),
    _ask("win rate for GTX Basic by month", RATE, "product = 'GTX Basic'", "month"),
    _ask("How much did we win in total?", VALUE),
    _ask("revenue by region", VALUE, by="region"),
    _ask("revenue by product in 2017", VALUE, by="product"),
    _ask("total revenue by month", VALUE, by="month"),
    _ask("revenue in Q2", VALUE, Q2),
    _ask("How much revenue did we close in the East in the third quarter?", VALUE, f"region = 'East' AND {Q3}"),
    _ask("revenue from GTX Plus Pro", VALUE, "product = 'GTX Plus Pro'"),
    _ask("revenue from Hatfan in 2017", VALUE, "account = 'Hatfan'"),
    _ask("revenue by quarter", VALUE, by="quarter"),
    _ask("revenue by sector", VALUE, by="sector"),
    _ask("revenue per account", VALUE, by="account"),
    _ask("revenue by manager in Q4", VALUE, Q4, "manager"),
    _ask("What did GTK 500 bring in last quarter?", VALUE, f"product = 'GTK 500' AND {Q3}"),
    _ask("revenue by region and product", VALUE, by="region, product"),
    _ask("revenue excluding GTX Pro", VALUE, "product <> 'GTX Pro'"),
    _ask("revenue by region without MG Special", VALUE, "product <> 'MG Special'", "region"),
    _ask("average deal size", SIZE),
    _ask("average deal size by region", SIZE, by="region"),
    _ask("What is the average deal size per product?", SIZE, by="product"),
    _ask("mean deal size in the West in Q4 2017", SIZE, f"region = 'West' AND {Q4}"),
    _ask("average deal size with Isdom", SIZE, "account = 'Isdom'"),
    _ask("avg deal size by sector", SIZE, by="sector"),
    _ask("average deal size by month", SIZE, by="month"),
    _ask("average contract value by quarter", SIZE, by="quarter"),
    _ask("deal size of GTX Plus Basic in the East", SIZE, "product = 'GTX Plus Basic' AND region = 'East'"),
    _ask("How big are deals in the Central region?", SIZE, "region = 'Central'"),
    _ask("average deal size in 2017 excluding GTK 500", SIZE, "product <> 'GTK 500'"),
    _ask("How many deals did we close in Q1 2017?", COUNT, Q1),
    _ask("number of deals closed in September 2017", COUNT, "month = '2017-09'"),
    _ask("number of closed deals by region in Q4", COUNT, Q4, "region"),
    _ask("how many deals were closed in the West in June?", COUNT, "region = 'West' AND month = '2017-06'"),
    _ask("average sales cycle", CYCLE),
    _ask("average sales cycle of won deals by product", CYCLE, by="product"),
    _ask("How long is the sales cycle by region?", CYCLE, by="region"),
    _ask("sales cycle length by quarter", CYCLE, by="quarter"),
    _ask("How long do deals take to close in the East?", CYCLE, "region = 'East'"),
    _ask("win rate by country", RATE, by="country"),
    _ask("win rate in retail", RATE, "sector = 'retail'"),
    _ask("win rate in the software sector in Q3 2017", RATE, f"sector = 'software' AND {Q3}"),
    _ask("revenue from the technology sector", VALUE, "sector = 'technology'"),
    _ask(
        "average deal size in finance in the second half of 2017",
        SIZE,
        f"sector = 'finance' AND {_between('2017-07-01', '2017-12-31')}",
    ),
    _ask("win rate before July 2017", RATE, "close_date < '2017-07-01'"),
    _ask(
        "What was the win rate of MG Special in the first half of 2017?",
        RATE,
        f"product = 'MG Special' AND {_between('2017-01-01', '2017-06-30')}",
    ),
    _ask("win rate by region excluding the retail sector", RATE, "sector <> 'retail'", "region"),
    _ask("Win rate and revenue by region", RATE, by="region"),
    _ask("monthly revenue in the West", VALUE, "region = 'West'", "month"),
    *MODIFIED,
)
