"""What makes a row of each CRM table complete, and what about it looks wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from domains.analysis.corpus.parsed import Parsed
from domains.analysis.corpus.vocabulary import corrected_country, corrected_sector

__all__ = ["finish_row", "outcome_of", "status_of"]

Row = dict[str, Any]


def finish_row(parsed: Parsed, table: str, line: int, row: Row, stages: dict[str, str]) -> None:
    """Complete a row in place, reporting what looks wrong and what was done about it."""
    if table == "opportunities":
        _finish_deal(parsed, line, row, stages)
    elif table == "call_details":
        row["outcome"] = outcome_of(row.get("outcome"))
        row["call_ref"] = re.sub(r"\.(?:vtt|srt|txt|jsonl?)$", "", row["call_ref"], flags=re.IGNORECASE)
    elif table in _FINISH:
        _FINISH[table](parsed, line, row)


def status_of(stage: str | None, stages: dict[str, str] | None = None) -> str:
    """Return whether a deal in this stage is won, lost or open.

    Examples
    --------
    >>> status_of("Closed Won"), status_of("closedlost"), status_of("Engaging")
    ('won', 'lost', 'open')
    """
    word = (stage or "").casefold()
    if stages and word in stages:
        return stages[word]
    plain = re.sub(r"[\W_]+", " ", word).strip()
    for status in ("won", "lost"):
        if re.fullmatch(rf"(?:.*\b)?(?:closed)?{status}", plain):
            return status
    return "open"


def outcome_of(text: str | None) -> str | None:
    """Return won, lost or open for an outcome in words, or None where there is none.

    Examples
    --------
    >>> outcome_of("Closed Won"), outcome_of("in progress"), outcome_of(None)
    ('won', 'open', None)
    """
    return None if text is None else status_of(text)


def _finish_deal(parsed: Parsed, line: int, row: Row, stages: dict[str, str]) -> None:
    won, closed = row.pop("is_won", None), row.pop("is_closed", None)
    written = row.get("status")
    stage = row.setdefault("stage", written)
    row["status"] = _status(stage, written, won, closed, stages)
    if row["status"] == "open":
        # What a CRM calls the close date of an open deal is a hope.
        hoped = row.pop("close_date", None)
        row["expected_close"] = row.get("expected_close") or hoped
    _check_deal(parsed, line, row)


def _status(
    stage: str | None, written: str | None, won: bool | None, closed: bool | None, stages: dict[str, str]
) -> str:
    if won is not None and (won or closed):
        return "won" if won else "lost"
    by_stage = status_of(stage, stages)
    return by_stage if by_stage != "open" else status_of(written, stages)


def _check_deal(parsed: Parsed, line: int, row: Row) -> None:
    def report(problem: str, action: str, topic: str) -> None:
        parsed.report(line, problem, action, f"opportunities: {topic}")

    deal, status = row["opportunity_id"], row["status"]
    close = row.get("close_date")
    if row.get("account") is None:
        report(f"{status} deal {deal!r} has no account", "kept", f"{status} deals without an account")
    if row.get("rep") is None:
        report(f"deal {deal!r} has no rep", "kept", "deals without a rep")
    if status == "open":
        if row.get("engage_date") is None and row.get("created_date") is None:
            report(f"open deal {deal!r} has no date", "kept; in no period", "open deals without a date")
        if row.get("amount") is None:
            report(f"open deal {deal!r} has no amount", "kept", "open deals without an amount")
    elif close is None:
        report(f"{status} deal {deal!r} has no close date", "kept; in no period", "closed deals without a close date")
    if status == "won" and not row.get("amount"):
        report(f"won deal {deal!r} has no amount", "kept", "won deals without an amount")
    for name in ("engage_date", "created_date"):
        start = row.get(name)
        if close is not None and start is not None and close < start:
            problem = f"deal {deal!r} was closed on {close}, before its {name} {start}"
            report(problem, "both dates kept", f"close_date before {name}")


def _finish_account(parsed: Parsed, line: int, row: Row) -> None:
    for column, corrected in (("sector", corrected_sector), ("country", corrected_country)):
        written = row.get(column)
        meant = corrected(written) if written else None
        if meant is not None:
            row[column] = meant
            problem = f"{column} {written!r} is not a known one, {meant!r} is"
            parsed.report(line, problem, f"read as {meant!r}", f"accounts: {column} {written!r}")


def _finish_quota(parsed: Parsed, line: int, row: Row) -> None:
    period = row.pop("period", None)
    if period is not None:
        row["period_start"], row["period_end"] = period
    start, end = row.setdefault("period_start", None), row.setdefault("period_end", None)
    if start is None or end is None:
        parsed.report(line, "the quota does not say for which days", "kept; in no period", "quotas: no period")
    elif end < start:
        row["period_start"] = row["period_end"] = None
        parsed.report(line, f"the period ends {end}, before it starts", "kept as empty", "quotas: bad period")


def _finish_competitor(parsed: Parsed, line: int, row: Row) -> None:
    row["aliases"] = row.get("aliases") or "[]"


def _finish_use(parsed: Parsed, line: int, row: Row) -> None:
    if row.get("opportunity_id") is None and row.get("call_id") is None:
        problem = "the use names neither a deal nor a call"
        parsed.report(line, problem, "kept; in no scope", "content_use: neither deal nor call")


_FINISH: dict[str, Callable[[Parsed, int, Row], None]] = {
    "accounts": _finish_account,
    "quotas": _finish_quota,
    "competitors": _finish_competitor,
    "content_use": _finish_use,
}
