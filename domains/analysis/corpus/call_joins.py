"""Joining calls: to their details, speakers, reps and deals, and to the competitors they name."""

# ruff: noqa: S608 - queries are put together from fixed text; every value is a parameter.
from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable

from domains.analysis.corpus.names import NameIndex, name_key
from domains.analysis.corpus.search import match_expression
from domains.analysis.corpus.vocabulary import NO_COMPETITOR

__all__ = ["add_deals", "add_details", "add_parties", "assign_roles", "find_mentions", "reset"]

Report = Callable[[sqlite3.Connection, int, int | None, str, str, str], None]

_FIELDS = ("date", "title", "rep", "prospect", "account", "opportunity_id", "duration_s", "outcome", "amount")
_RESET = """
UPDATE calls SET date = date_written, title = title_written, rep = rep_written, prospect = prospect_written,
    account = account_written, opportunity_id = opportunity_written, duration_s = duration_written,
    outcome = outcome_written, amount = amount_written
WHERE (date, title, rep, prospect, account, opportunity_id, duration_s, outcome, amount) IS NOT
    (date_written, title_written, rep_written, prospect_written, account_written, opportunity_written, duration_written,
    outcome_written, amount_written)
"""


def reset(connection: sqlite3.Connection) -> None:
    """Set calls and turns back to what their files say."""
    connection.execute(_RESET)
    connection.execute(
        "UPDATE turns SET role = role_written, speaker = speaker_written"
        " WHERE call_id IN (SELECT call_id FROM calls WHERE unknown_turns > 0)"
        " AND (role, speaker) IS NOT (role_written, speaker_written)"
    )


def add_details(connection: sqlite3.Connection, report: Report) -> None:
    """Fill what a call's own file leaves open from the details that other files have of it.

    Details name the call by its id or by the name of its transcript's file.
    """
    by_id = {row[0]: row[0] for row in connection.execute("SELECT call_id FROM calls")}
    by_stem: dict[str, list[str]] = {}
    for call_id, stem in connection.execute("SELECT call_id, stem FROM calls WHERE line IS NULL ORDER BY call_id"):
        by_stem.setdefault(stem, []).append(call_id)
    update = (
        "UPDATE calls SET date = COALESCE(date, ?), title = COALESCE(title, ?), rep = COALESCE(rep, ?),"
        " prospect = COALESCE(prospect, ?), account = COALESCE(account, ?),"
        " opportunity_id = COALESCE(opportunity_id, ?), duration_s = COALESCE(?, duration_s),"
        " outcome = COALESCE(outcome, ?), amount = COALESCE(amount, ?) WHERE call_id = ?"
    )
    for row in connection.execute("SELECT * FROM call_details ORDER BY file_id, rowid").fetchall():
        reference = row["call_ref"]
        calls = [by_id[reference]] if reference in by_id else by_stem.get(name_key(reference), [])
        if len(calls) != 1:
            problem = f"call {reference!r} {'has no transcript' if not calls else 'could be several transcripts'}"
            report(connection, row["file_id"], row["line"], problem, "not used", "call details without a call")
            continue
        connection.execute(update, [row[name] for name in _FIELDS] + calls)


def add_parties(connection: sqlite3.Connection) -> None:
    """Give turns the name and role of the party whose id stands for the speaker."""
    query = (
        "SELECT DISTINCT call_id, speaker_id, name, role FROM call_parties WHERE call_id IN (SELECT call_id FROM calls)"
    )
    for call_id, speaker_id, name, role in connection.execute(query).fetchall():
        connection.execute(
            "UPDATE turns SET speaker = COALESCE(?, speaker), role = ? WHERE call_id = ? AND speaker_written = ?"
            " AND role_written = 'unknown'",
            (name, role, call_id, speaker_id),
        )


def assign_roles(connection: sqlite3.Connection, report: Report) -> None:
    """Work out who is the rep and who the prospect where the transcript gives only names.

    A speaker is the rep when the call's rep, or a rep in the reps table, has that name. If one other person speaks,
    that is the prospect; of several, nobody can say who is a customer and who a colleague: their role stays unknown.
    """
    reps = NameIndex(row[0] for row in connection.execute("SELECT rep FROM reps"))
    query = "SELECT call_id, rep, prospect, file_id, line FROM calls WHERE unknown_turns > 0 ORDER BY call_id"
    for call_id, rep, prospect, file_id, line in connection.execute(query).fetchall():
        roles = _roles(connection, call_id)
        unknown = [speaker for speaker, role in roles.items() if role == "unknown"]
        for speaker in unknown:
            if _same(speaker, rep) or reps.find(speaker).name is not None:
                roles[speaker] = "rep"
            elif _same(speaker, prospect):
                roles[speaker] = "prospect"
        unknown = [speaker for speaker, role in roles.items() if role == "unknown"]
        if len(unknown) == 1 and {"rep", "prospect"} & set(roles.values()):
            roles[unknown[0]] = "prospect" if "rep" in roles.values() else "rep"
        elif unknown:
            problem = f"{len(unknown)} speakers of call {call_id!r} are neither known reps nor the only prospect"
            report(connection, file_id, line, problem, "roles kept as unknown", "calls: speakers without a role")
        _set_roles(connection, call_id, roles, reps)


def _roles(connection: sqlite3.Connection, call_id: str) -> dict[str, str]:
    query = "SELECT speaker, role FROM turns WHERE call_id = ? AND speaker IS NOT NULL ORDER BY idx"
    roles: dict[str, str] = {}
    for speaker, role in connection.execute(query, (call_id,)):
        if roles.get(speaker, "unknown") == "unknown":
            roles[speaker] = role
    return roles


def _set_roles(connection: sqlite3.Connection, call_id: str, roles: dict[str, str], reps: NameIndex) -> None:
    connection.executemany(
        "UPDATE turns SET role = ? WHERE call_id = ? AND speaker = ? AND role = 'unknown'",
        [(role, call_id, speaker) for speaker, role in roles.items()],
    )
    for column, wanted in (("rep", "rep"), ("prospect", "prospect")):
        names = [speaker for speaker, role in roles.items() if role == wanted]
        if len(names) == 1:
            name = (reps.find(names[0]).name if column == "rep" else None) or names[0]
            query = "UPDATE calls SET rep = COALESCE(rep, ?) WHERE call_id = ?"
            if column == "prospect":
                query = "UPDATE calls SET prospect = COALESCE(prospect, ?) WHERE call_id = ?"
            connection.execute(query, (name, call_id))


def _same(speaker: str, name: str | None) -> bool:
    return name is not None and name_key(speaker) == name_key(name)


def add_deals(connection: sqlite3.Connection) -> None:
    """Fill a call's account and outcome from the deal it belongs to, where its file does not say."""
    connection.execute(
        "UPDATE calls SET account = COALESCE(account, (SELECT o.account FROM opportunities o"
        " WHERE o.opportunity_id = calls.opportunity_id)), outcome = COALESCE(outcome, (SELECT o.status"
        " FROM opportunities o WHERE o.opportunity_id = calls.opportunity_id))"
        " WHERE opportunity_id IS NOT NULL AND (account IS NULL OR outcome IS NULL)"
    )


def find_mentions(connection: sqlite3.Connection) -> None:
    """Note which turns name which known competitor, as a whole word and without regard to case."""
    connection.execute("DELETE FROM mentions")
    for competitor, names in _competitors(connection).items():
        pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.IGNORECASE)
        for name in names:
            # The index finds candidates by their stems; the pattern decides.
            expression = match_expression(f'"{name}"')
            if expression is None:
                continue
            query = "SELECT t.call_id, t.idx, t.text FROM turns_fts JOIN turns t ON t.turn_id = turns_fts.rowid"
            rows = connection.execute(f"{query} WHERE turns_fts MATCH ?", (expression,)).fetchall()
            found = [(competitor, call_id, idx) for call_id, idx, text in rows if pattern.search(text)]
            connection.executemany("INSERT OR IGNORE INTO mentions VALUES (?, ?, ?)", found)
    # How many turns of a call name any of them: counting these for every question would be slow.
    counts = "SELECT COUNT(DISTINCT idx) FROM mentions WHERE mentions.call_id = calls.call_id"
    connection.execute(f"UPDATE calls SET mention_turns = ({counts}) WHERE mention_turns <> ({counts})")


def _competitors(connection: sqlite3.Connection) -> dict[str, list[str]]:
    known = {
        row[0]: [row[0], *json.loads(row[1])] for row in connection.execute("SELECT name, aliases FROM competitors")
    }
    query = "SELECT DISTINCT competitor FROM opportunities WHERE competitor IS NOT NULL"
    for (name,) in connection.execute(query):
        if name_key(name) not in NO_COMPETITOR:
            known.setdefault(name, [name])
    return {name: sorted(set(spellings)) for name, spellings in known.items()}
