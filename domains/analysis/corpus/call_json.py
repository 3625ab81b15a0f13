"""Reading calls from JSON: one call a line, and the shapes of Gong's call API."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from domains.analysis.corpus.files import SourceFile
from domains.analysis.corpus.gong import is_gong, read_gong
from domains.analysis.corpus.mapping import Rules
from domains.analysis.corpus.names import name_key
from domains.analysis.corpus.parsed import Parsed, ParsedCall, ParsedTurn, SkipFileError
from domains.analysis.corpus.row_checks import outcome_of
from domains.analysis.corpus.speakers import ROLES, label_role
from domains.analysis.corpus.text import printable
from domains.analysis.corpus.values import DateOrder, read_date, read_number
from domains.analysis.corpus.vocabulary import EMPTY_CELLS

__all__ = ["read_call_lines", "read_json"]

_TEXT_FIELDS = ("title", "rep", "prospect", "account", "opportunity_id")
_SIDES = {"internal": "rep", "external": "prospect"}


def read_call_lines(file: SourceFile, text: str, rules: Rules) -> Parsed:
    """Return the calls of a .jsonl file, one a line.

    Raises
    ------
    SkipFileError
        At the first line that is not a call.
    """
    parsed = Parsed("calls")
    reader = _CallReader(parsed, file, rules.date_order)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            reader.add(_load(line, number), number)
    return parsed


def read_json(file: SourceFile, text: str, rules: Rules) -> Parsed:
    """Return the calls of a .json file: Gong's transcripts or call details, or a list of calls as in .jsonl.

    Raises
    ------
    SkipFileError
        When it has none of these shapes.
    """
    document = _load(text, None)
    if is_gong(document):
        return read_gong(document)
    calls = document if isinstance(document, list) else [document]
    if not calls or not all(isinstance(item, dict) and "turns" in item for item in calls):
        raise SkipFileError("it holds no calls: neither Gong's `callTranscripts` or `calls`, nor calls with `turns`")
    parsed = Parsed("calls")
    reader = _CallReader(parsed, file, rules.date_order)
    for number, item in enumerate(calls, 1):
        reader.add(item, number)
    return parsed


def _load(text: str, line: int | None) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        at = problem.lineno if line is None else line
        raise SkipFileError(f"not valid JSON ({problem.msg}, column {problem.colno})", at) from None
    except (ValueError, RecursionError):
        raise SkipFileError("the JSON has a number too long or lists nested too deeply", line) from None


class _CallReader:
    """The calls of one file, checked one by one; `line` is where a call stands (or which it is in a list)."""

    def __init__(self, parsed: Parsed, file: SourceFile, order: DateOrder | None) -> None:
        self.parsed = parsed
        self.stem = file.path.stem
        self.order = order
        self.seen: dict[str, tuple[int, Any]] = {}

    def add(self, document: Any, line: int) -> None:
        if not isinstance(document, dict):
            raise SkipFileError("a call is a JSON object with `turns`", line)
        turns = document.get("turns")
        if not isinstance(turns, list):
            raise SkipFileError("the call has no list `turns`", line)
        call = ParsedCall(self._call_id(document, line), [], line)
        if self._is_repeated(call.call_id, document, line):
            return
        for field in _TEXT_FIELDS:
            setattr(call, field, self._name(document, field, line))
        self._numbers(call, document, line)
        call.content = self._content(document, line)
        self._participants(call.call_id, document, line)
        call.turns = [self._turn(item, call, line) for item in turns]
        if not call.turns:
            self._report(line, f"call {call.call_id!r} has no turns", "kept", "calls without turns")
        ends = [turn.end_s for turn in call.turns if turn.end_s is not None]
        if call.duration_s is None and ends:
            call.duration_s = max(ends)
        self.parsed.calls.append(call)

    def _call_id(self, document: dict[str, Any], line: int) -> str:
        given = document.get("call_id", document.get("id"))
        if isinstance(given, int) and not isinstance(given, bool):
            return str(given)
        if isinstance(given, str) and (name := self.parsed.name(given)):
            return name
        if given not in (None, ""):
            raise SkipFileError("`call_id` is neither text nor a whole number", line)
        content = json.dumps(document, sort_keys=True).encode()
        return f"{self.parsed.name(self.stem) or 'call'}-{hashlib.sha256(content).hexdigest()[:8]}"

    def _is_repeated(self, call_id: str, document: Any, line: int) -> bool:
        first_line, first = self.seen.setdefault(call_id, (line, document))
        if first_line == line:
            return False
        if first == document:
            self._report(line, f"call {call_id!r} is there twice, the same", "one kept", "repeated call")
        else:
            problem = f"call {call_id!r} is there twice, with other content than in line {first_line}"
            self._report(line, problem, "the first kept", "two calls with one id")
        return True

    def _numbers(self, call: ParsedCall, document: dict[str, Any], line: int) -> None:
        call.date = self._date(document, line)
        if self._name(document, "date", line) is None:
            self._report(line, f"call {call.call_id!r} has no date", "kept; in no period", "calls without a date")
        call.amount = self._number(document, "amount", line)
        call.duration_s = self._number(document, "duration_s", line)
        outcome = self._name(document, "outcome", line)
        call.outcome = outcome_of(outcome)
        if outcome is None and call.amount is not None:
            call.outcome = "won" if call.amount > 0 else "lost"

    def _date(self, document: dict[str, Any], line: int) -> str | None:
        given = self._name(document, "date", line)
        if given is None:
            return None
        try:
            return read_date(given, self.order)
        except ValueError as problem:
            self._report(line, f"date is {printable(given[:40])!r}: {problem}", "kept as empty", "bad date")
            return None

    def _number(self, document: dict[str, Any], field: str, line: int) -> float | None:
        given = document.get(field)
        if given is None or given == "":
            return None
        try:
            number = read_number(given) if isinstance(given, str) else _as_float(given)
            if number < 0:
                raise ValueError("below zero")
        except ValueError as problem:
            shown = printable(str(given)[:40])
            self._report(line, f"{field} is {shown!r}: {problem}", "kept as empty", f"bad {field}")
            return None
        return number

    def _name(self, document: dict[str, Any], field: str, line: int) -> str | None:
        given = document.get(field)
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise SkipFileError(f"`{field}` is not text", line)
        text = str(given)
        return None if text.strip().casefold() in EMPTY_CELLS else self.parsed.name(text)

    def _content(self, document: dict[str, Any], line: int) -> tuple[str, ...]:
        given = document.get("content", document.get("content_ids")) or []
        if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
            raise SkipFileError("`content` is not a list of content ids", line)
        return tuple(dict.fromkeys(name for item in given if (name := self.parsed.name(item))))

    def _participants(self, call_id: str, document: dict[str, Any], line: int) -> None:
        """Take the people on the call with their side and job title; a speaker is known by the name."""
        given = document.get("participants") or []
        people = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
        if not isinstance(given, list) or len(people) < len(given):
            problem = f"`participants` of call {call_id!r} is not a list of people, each with a `name`"
            self._report(line, problem, "what is none left out", "bad participants")
        for item in people:
            name = self._name(item, "name", line)
            if name is None:
                continue
            side = (self._name(item, "side", line) or self._name(item, "role", line) or "").casefold()
            side = _SIDES.get(side, side)
            row = {"call_id": call_id, "speaker_id": name, "name": name, "title": self._name(item, "title", line)}
            self.parsed.add("call_parties", line, {**row, "role": side if side in ROLES else label_role(side)})

    def _turn(self, document: Any, call: ParsedCall, line: int) -> ParsedTurn:
        if not isinstance(document, dict) or not isinstance(document.get("text"), str):
            raise SkipFileError("a turn is a JSON object with a `text`", line)
        written = self._name(document, "role", line) or ""
        role = written.casefold() if written.casefold() in ROLES else label_role(written)
        if written and role == "unknown" and written.casefold() != "unknown":
            self._report(line, f"no role is called {written!r}", "role kept as unknown", f"role {written!r}")
        speaker = self._name(document, "speaker", line) or {"rep": call.rep, "prospect": call.prospect}.get(role)
        if (
            role == "unknown"
            and speaker is not None
            and call.rep is not None
            and name_key(speaker) == name_key(call.rep)
        ):
            role = "rep"
        start, end = self._number(document, "start_s", line), self._number(document, "end_s", line)
        if start is not None and end is not None and end < start:
            self._report(line, f"a turn ends at {end:g} s, before it starts", "times kept as empty", "bad turn times")
            start = end = None
        return ParsedTurn(role, speaker, self.parsed.text(document["text"]), start, end)

    def _report(self, line: int, problem: str, action: str, topic: str) -> None:
        self.parsed.report(line, problem, action, f"calls: {topic}")


def _as_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("too large") from None
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number
