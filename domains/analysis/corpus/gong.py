"""Reading what Gong's API returns: transcripts (with speaker ids), and call details that say who the speakers are."""

from __future__ import annotations

from typing import Any

from domains.analysis.corpus.parsed import Parsed, ParsedCall, ParsedTurn, SkipFileError
from domains.analysis.corpus.values import read_date

__all__ = ["is_gong", "read_gong"]

_ROLES = {"internal": "rep", "external": "prospect"}


def is_gong(document: Any) -> bool:
    """Return whether a JSON document has the shape of Gong's transcripts or call details."""
    if not isinstance(document, dict):
        return False
    details = document.get("calls")
    has_details = isinstance(details, list) and all(isinstance(item, dict) and "metaData" in item for item in details)
    return "callTranscripts" in document or (has_details and bool(details))


def read_gong(document: dict[str, Any]) -> Parsed:
    """Return the calls, call details and parties of a Gong document.

    Details are kept apart from transcripts and joined by call id, so that the two may come in two files, in any order.

    Raises
    ------
    SkipFileError
        Where the document is not as Gong writes it; the message counts calls from 1.
    """
    parsed = Parsed("gong")
    seen: set[str] = set()
    for number, item in enumerate(_list(document, "callTranscripts", "the document"), 1):
        call = _call(parsed, item, f"transcript {number}")
        if call.call_id in seen:
            problem = f"call {call.call_id!r} is there twice"
            parsed.report(None, problem, "the first kept", "calls: two calls with one id")
            continue
        seen.add(call.call_id)
        parsed.calls.append(call)
    for number, item in enumerate(_list(document, "calls", "the document"), 1):
        _details(parsed, item, f"call {number}")
    return parsed


def _call(parsed: Parsed, item: Any, where: str) -> ParsedCall:
    call_id = _identifier(parsed, _dict(item, where), "callId", where)
    call = ParsedCall(call_id, [])
    for part in _list(item, "transcript", where):
        said = [_sentence(sentence, where) for sentence in _list(_dict(part, where), "sentences", where)]
        if not said:
            continue
        speaker = parsed.name(str(part["speakerId"])) if part.get("speakerId") is not None else None
        text = parsed.text(" ".join(text for _, _, text in said))
        call.turns.append(ParsedTurn("unknown", speaker, text, said[0][0], said[-1][1]))
    ends = [turn.end_s for turn in call.turns if turn.end_s is not None]
    call.duration_s = max(ends) if ends else None
    return call


def _sentence(item: Any, where: str) -> tuple[float | None, float | None, str]:
    text = _dict(item, where).get("text")
    if not isinstance(text, str):
        raise SkipFileError(f"{where} has a sentence without a `text`")
    start, end = (_milliseconds(item.get(name), where) for name in ("start", "end"))
    return start, end, text


def _milliseconds(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise SkipFileError(f"{where} has a sentence whose times are not milliseconds")
    return float(value) / 1000


def _details(parsed: Parsed, item: Any, where: str) -> None:
    data = _dict(item["metaData"], where)
    call_id = _identifier(parsed, data, "id", where)
    row: dict[str, Any] = {"call_ref": call_id, "date": None, "title": None, "duration_s": None}
    if isinstance(data.get("title"), str):
        row["title"] = parsed.name(data["title"])
    started = data.get("started")
    if started is not None:
        try:
            row["date"] = read_date(str(started))
        except ValueError as problem:
            message = f"{where} started {str(started)[:40]!r}: {problem}"
            parsed.report(None, message, "kept as empty", "calls: bad date")
    duration = data.get("duration")
    if isinstance(duration, int | float) and not isinstance(duration, bool) and 0 <= duration < 1e9:
        row["duration_s"] = float(duration)
    _crm_objects(parsed, item, where, row)
    parsed.add("call_details", None, row)
    for party in _list(item, "parties", where):
        _party(parsed, _dict(party, where), call_id)


def _party(parsed: Parsed, party: dict[str, Any], call_id: str) -> None:
    if party.get("speakerId") is None:
        return
    role = _ROLES.get(str(party.get("affiliation", "")).casefold(), "unknown")
    name, title = party.get("name"), party.get("title")
    row = {
        "call_id": call_id,
        "speaker_id": parsed.name(str(party["speakerId"])),
        "name": parsed.name(name) if isinstance(name, str) else None,
        "role": role,
        "title": parsed.name(title) if isinstance(title, str) else None,
    }
    if row["speaker_id"]:
        parsed.add("call_parties", None, row)


def _crm_objects(parsed: Parsed, item: dict[str, Any], where: str, row: dict[str, Any]) -> None:
    """Take the deal and the account that Gong has linked to the call from its CRM, where it has."""
    for system in _list(item, "context", where):
        for linked in _list(_dict(system, where), "objects", where):
            kind, key = _dict(linked, where).get("objectType"), linked.get("objectId")
            if kind == "Opportunity" and isinstance(key, str):
                row["opportunity_id"] = parsed.name(key)
            elif kind == "Account":
                names = [
                    field.get("value")
                    for field in _list(linked, "fields", where)
                    if isinstance(field, dict) and field.get("name") == "Name"
                ]
                if names and isinstance(names[0], str):
                    row["account"] = parsed.name(names[0])


def _identifier(parsed: Parsed, item: dict[str, Any], key: str, where: str) -> str:
    given = item.get(key)
    name = parsed.name(str(given)) if isinstance(given, str | int) and not isinstance(given, bool) else None
    if name is None:
        raise SkipFileError(f"{where} has no `{key}`")
    return name


def _dict(item: Any, where: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise SkipFileError(f"{where} is not as Gong writes it: an object was expected")
    return item


def _list(item: dict[str, Any], key: str, where: str) -> list[Any]:
    found = item.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise SkipFileError(f"`{key}` in {where} is not a list")
    return found
