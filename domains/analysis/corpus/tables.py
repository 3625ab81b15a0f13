"""The CRM tables: their columns, what other programs call them, and how a file is recognised by its headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["TABLES", "Column", "Recognised", "TableSpec", "header_key", "recognise"]

Kind = Literal["name", "text", "date", "number", "amount", "year", "period", "flag", "list"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name here, how its cells are read, and the headers it is known by (letters and digits only)."""

    name: str
    kind: Kind
    known_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: a file is one when its headers have all of `needs` and one of `with_any`.

    A row has to have a value for all of `needs` too, except those in `may_be_empty`.
    """

    table: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...]
    with_any: tuple[str, ...] = ()
    key: str | None = None
    may_be_empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """Which table a file is, which position holds which column, and the headers that are not used."""

    spec: TableSpec
    positions: dict[str, int]
    unused: tuple[str, ...]


def _column(name: str, kind: Kind, known_as: str = "") -> Column:
    return Column(name, kind, (header_key(name), *known_as.split()))


def header_key(header: str) -> str:
    """Return a header's letters and digits in lower case.

    Examples
    --------
    >>> header_key("Opportunity ID"), header_key("close_value")
    ('opportunityid', 'closevalue')
    """
    return re.sub(r"[\W_]+", "", header.casefold())


_OPPORTUNITY = "dealid oppid opportunity deal opportunityname dealname recordid id"
_REP = "salesagent salesrep repname salesperson owner opportunityowner dealowner accountexecutive agent ownername"
_ACCOUNT = "accountname company companyname associatedcompany customer customername organization organisation"
_PRODUCT = "productname item"
_OUTCOME = "result callresult"

TABLES = (
    TableSpec(
        "opportunities",
        (
            _column("opportunity_id", "name", _OPPORTUNITY),
            _column("account", "name", _ACCOUNT),
            _column("rep", "name", _REP),
            _column("product", "name", _PRODUCT),
            _column("stage", "name", "dealstage stagename salesstage opportunitystage"),
            _column("status", "name", "dealstatus opportunitystatus outcome"),
            _column("is_won", "flag", "won"),
            _column("is_closed", "flag", "closed"),
            _column("created_date", "date", "createdate createdon created datecreated"),
            _column("engage_date", "date", "engageddate dateengaged"),
            _column("close_date", "date", "closedate dateclosed closedon"),
            _column("expected_close", "date", "expectedclosedate forecastclosedate targetclosedate"),
            _column("amount", "amount", "closevalue dealvalue value dealamount amountusd"),
            _column("competitor", "name", "primarycompetitor competitorname maincompetitor competitors"),
            _column("loss_reason", "text", "lostreason closedlostreason reasonlost"),
            _column("forecast_category", "name", "forecast forecastcategoryname"),
            _column("segment", "name", "accountsegment marketsegment"),
        ),
        needs=("opportunity_id",),
        with_any=("stage", "status", "is_won"),
        key="opportunity_id",
    ),
    TableSpec(
        "accounts",
        (
            _column("account", "name", f"{_ACCOUNT} name"),
            _column("sector", "name", "industry vertical"),
            _column("region", "name", "territory"),
            _column("segment", "name", "accountsegment marketsegment"),
            _column("employees", "amount", "numberofemployees employeecount headcount"),
            _column("revenue", "amount", "annualrevenue"),
            _column("country", "name", "officelocation billingcountry headquarters location"),
            _column("parent", "name", "subsidiaryof parentaccount parentcompany"),
            _column("year_established", "year", "yearfounded founded foundedyear"),
        ),
        needs=("account",),
        with_any=("sector", "region", "segment", "employees", "revenue", "country", "parent", "year_established"),
        key="account",
    ),
    TableSpec(
        "reps",
        (
            _column("rep", "name", f"{_REP} name fullname"),
            _column("manager", "name", "managername reportsto teamlead"),
            _column("region", "name", "regionaloffice territory office"),
            _column("hire_date", "date", "hired startdate hiredon"),
        ),
        needs=("rep",),
        with_any=("manager", "region", "hire_date"),
        key="rep",
    ),
    TableSpec(
        "products",
        (
            _column("product", "name", f"{_PRODUCT} name"),
            _column("series", "name", "productfamily family productline"),
            _column("price", "amount", "salesprice listprice unitprice"),
        ),
        needs=("product",),
        with_any=("series", "price"),
        key="product",
    ),
    TableSpec(
        "stage_history",
        (
            _column("opportunity_id", "name", _OPPORTUNITY),
            _column("stage", "name", "dealstage stagename tostage newstage"),
            _column(
                "entered_date", "date", "entered date changedate changedon changedat enteredon stagedate enteredat"
            ),
        ),
        needs=("opportunity_id", "stage", "entered_date"),
    ),
    TableSpec(
        "content",
        (
            _column("content_id", "name", "assetid documentid"),
            _column("title", "name", "contenttitle asset name contentname"),
            _column("kind", "name", "type contenttype assettype"),
        ),
        needs=("content_id",),
        with_any=("title", "kind"),
        key="content_id",
    ),
    TableSpec(
        "content_use",
        (
            _column("content_id", "name", "content asset assetid documentid"),
            _column("opportunity_id", "name", "dealid oppid opportunity deal"),
            _column("call_id", "name", "call"),
            _column("date", "date", "useddate usedon sharedon sharedate useddat"),
        ),
        needs=("content_id",),
        with_any=("opportunity_id", "call_id"),
    ),
    TableSpec(
        "trainings",
        (
            _column("rep", "name", _REP),
            _column("training", "name", "course trainingname program programme coursename"),
            _column("date", "date", "completed completedon completeddate trainingdate completiondate"),
        ),
        needs=("rep", "training"),
    ),
    TableSpec(
        "quotas",
        (
            _column("rep", "name", _REP),
            _column("period_start", "date", "start startdate from"),
            _column("period_end", "date", "end enddate to"),
            _column("period", "period", "quarter fiscalquarter month"),
            _column("amount", "amount", "quota target quotaamount targetamount"),
        ),
        needs=("rep", "amount"),
        with_any=("period", "period_start"),
    ),
    TableSpec(
        "competitors",
        (_column("name", "name", "competitor competitorname"), _column("aliases", "list", "alias alsoknownas")),
        needs=("name", "aliases"),
        key="name",
        may_be_empty=("aliases",),
    ),
    TableSpec(
        "competitors",
        # Without aliases, a column called just "name" would be too little to go by.
        (Column("name", "name", ("competitor", "competitorname")),),
        needs=("name",),
        key="name",
    ),
    TableSpec(
        "call_details",
        (
            _column("call_ref", "name", "callid file filename transcript transcriptfile recordingid"),
            _column("date", "date", "calldate started startedat"),
            _column("title", "name", "calltitle subject"),
            _column("rep", "name", f"{_REP} host"),
            _column("prospect", "name", "contact contactname"),
            _column("account", "name", _ACCOUNT),
            _column("opportunity_id", "name", "dealid oppid opportunity deal"),
            _column("duration_s", "amount", "duration durationseconds"),
            _column("outcome", "name", _OUTCOME),
            _column("amount", "amount", ""),
        ),
        needs=("call_ref",),
        with_any=("date", "title", "rep", "prospect", "account", "outcome"),
    ),
)


def recognise(headers: Sequence[str], table: str | None = None, columns: dict[str, str] | None = None) -> Recognised:
    """Return which table has these headers.

    Parameters
    ----------
    headers : sequence of str
        The first row of the file.
    table : str, optional
        The table, where a mapping says so.
    columns : dict, optional
        Which header holds which column, where a mapping says so; the others are recognised.

    Raises
    ------
    ValueError
        When no table, or more than one, has such headers; the message is what a user needs to know.

    Examples
    --------
    >>> recognise(["Deal ID", "Deal Stage", "Amount"]).spec.table
    'opportunities'
    """
    for header in (columns or {}).values():
        if header not in headers:
            raise ValueError(f"the mapping names a column {header!r}, which the file does not have")
    fitting: list[Recognised] = []
    for spec in TABLES:
        if table is None or spec.table == table:
            found = _fit(spec, headers, columns or {})
            if found is not None:
                fitting.append(found)
    if not fitting:
        raise ValueError(_why_none(headers, table))
    most = max(len(item.positions) for item in fitting)
    best = [item for item in fitting if len(item.positions) == most]
    tables = sorted({item.spec.table for item in best})
    if len(tables) > 1:
        raise ValueError(f"it could be any of {', '.join(tables)}: say which in a mapping file")
    return best[0]


def _fit(spec: TableSpec, headers: Sequence[str], columns: dict[str, str]) -> Recognised | None:
    keys = [header_key(header) for header in headers]
    positions = {name: headers.index(header) for name, header in columns.items()}
    taken = set(positions.values())
    for column in spec.columns:
        if column.name in positions:
            continue
        for known in column.known_as:
            at = next((i for i, key in enumerate(keys) if key == known and i not in taken), None)
            if at is not None:
                positions[column.name] = at
                taken.add(at)
                break
    if any(name not in positions for name in spec.needs):
        return None
    if spec.with_any and not any(name in positions for name in spec.with_any):
        return None
    unused = tuple(header for i, header in enumerate(headers) if i not in taken and header.strip())
    return Recognised(spec, positions, unused)


def _why_none(headers: Sequence[str], table: str | None) -> str:
    listed = ", ".join(header.strip() for header in headers[:8]) + (", ..." if len(headers) > 8 else "")
    if table is None:
        return f"no known table has its columns ({listed}): if it is one, say which in a mapping file"
    spec = next(item for item in TABLES if item.table == table)
    needs = ", ".join(spec.needs) + (f" and one of {', '.join(spec.with_any)}" if spec.with_any else "")
    return f"the table {table} needs {needs}, and the file has {listed}: name the columns in the mapping file"
