"""Calls as the files that meeting tools export: JSON lines, WebVTT, SubRip, plain text, a recorder's JSON."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

from domains.analysis.sample.records import SampleCall, SampleTurn

__all__ = ["SOURCE", "file_name", "gong_json", "jsonl", "plain_text", "share_out", "subrip", "webvtt"]

SOURCE = "synthetic sample"
FORMATS = ("vtt", "txt", "srt", "gong")


def share_out(calls: Sequence[SampleCall]) -> dict[str, list[SampleCall]]:
    """Return the calls by format: most in JSON lines, at most 16 in the others, hostile ones never in the others.

    Calls in other formats are spread over the corpus, so that no quarter or rep is read from one format only. SubRip
    has no room for an identifier, so calls that the CRM refers to are not written in it.
    """
    plain = [call for call in calls if not call.plan.hostile]
    count = min(16, len(plain) // 4)
    chosen = [plain[(index * len(plain)) // count] for index in range(count)]
    found: dict[str, list[SampleCall]] = {name: chosen[start :: len(FORMATS)] for start, name in enumerate(FORMATS)}
    found["vtt"] += [call for call in found["srt"] if call.plan.content]
    found["srt"] = [call for call in found["srt"] if not call.plan.content]
    elsewhere = {call.call_id for call in chosen}
    found["jsonl"] = [call for call in calls if call.call_id not in elsewhere]
    return found


def file_name(call: SampleCall, extension: str) -> str:
    """Return the name of the file of one call."""
    return f"{call.call_id}_{call.plan.date.isoformat()}.{extension}"


def jsonl(calls: Sequence[SampleCall]) -> str:
    """Return one JSON object per line and call."""
    return "".join(json.dumps(_record(call), ensure_ascii=False) + "\n" for call in calls)


def _record(call: SampleCall) -> dict[str, Any]:
    plan = call.plan
    deal = plan.deal
    return {
        "call_id": call.call_id,
        "date": plan.date.isoformat(),
        "title": plan.title,
        "rep": deal.rep.rep,
        "prospect": plan.people[0].name,
        "account": deal.account.account,
        "opportunity_id": deal.opportunity_id,
        "stage": plan.stage,
        "outcome": deal.status,
        "amount": deal.amount,
        "duration_s": call.duration_s,
        "source": SOURCE,
        "participants": [
            {"name": deal.rep.rep, "side": "rep", "title": "Account Executive"},
            *({"name": person.name, "side": "prospect", "title": person.title} for person in plan.people),
        ],
        "turns": [
            {
                "role": turn.role,
                "speaker": turn.speaker,
                "text": turn.text,
                "start_s": turn.start_s,
                "end_s": turn.end_s,
            }
            for turn in call.turns
        ],
    }


def _headers(call: SampleCall) -> list[str]:
    plan = call.plan
    return [
        f"Title: {plan.title}",
        f"Call ID: {call.call_id}",
        f"Date: {plan.date.isoformat()}",
        f"Account: {plan.deal.account.account}",
        f"Rep: {plan.deal.rep.rep}",
        f"Prospect: {plan.people[0].name}",
        f"Opportunity: {plan.deal.opportunity_id}",
    ]


def _clock(seconds: float, mark: str) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}{mark}{whole % 1000:03d}"


def webvtt(call: SampleCall) -> str:
    """Return a call as WebVTT: headers in a note, the speaker as the voice of each cue."""
    cues = [
        f"{_clock(turn.start_s, '.')} --> {_clock(turn.end_s, '.')}\n"
        f"<v {turn.speaker}>{html.escape(turn.text, quote=False)}\n"
        for turn in call.turns
    ]
    note = "NOTE\n" + "\n".join(_headers(call)) + "\n"
    return "\n".join(["WEBVTT\n", note, *cues])


def subrip(call: SampleCall) -> str:
    """Return a call as SubRip, with the speaker in front of the text."""
    return "\n".join(
        f"{number}\n{_clock(turn.start_s, ',')} --> {_clock(turn.end_s, ',')}\n{turn.speaker}: {turn.text}\n"
        for number, turn in enumerate(call.turns, start=1)
    )


def plain_text(call: SampleCall) -> str:
    """Return a call as text: headers, an empty line, a line per turn."""
    return "\n".join([*_headers(call), "", *(f"{turn.speaker}: {turn.text}" for turn in call.turns), ""])


def gong_json(calls: Sequence[SampleCall]) -> str:
    """Return calls in the shape of a conversation recorder's export: speakers by id, times in milliseconds."""
    content = {
        "note": SOURCE,
        "callTranscripts": [{"callId": call.call_id, "transcript": _monologues(call)} for call in calls],
        "calls": [_metadata(call) for call in calls],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _speakers(call: SampleCall) -> dict[str, str]:
    names = list(dict.fromkeys(turn.speaker for turn in call.turns))
    return {name: f"{call.call_id[-4:]}{index:03d}" for index, name in enumerate(names, start=1)}


def _monologues(call: SampleCall) -> list[dict[str, Any]]:
    ids = _speakers(call)
    return [{"speakerId": ids[turn.speaker], "topic": None, "sentences": _sentences(turn)} for turn in call.turns]


def _sentences(turn: SampleTurn) -> list[dict[str, Any]]:
    """Split a turn at full stops; time is shared out by length."""
    marks = turn.text.replace("? ", "?\n").replace("! ", "!\n").replace(". ", ".\n").split("\n")
    total, at, found = sum(len(mark) for mark in marks), turn.start_s, []
    for mark in marks:
        end = at + (turn.end_s - turn.start_s) * len(mark) / total
        found.append({"start": round(at * 1000), "end": round(end * 1000), "text": mark})
        at = end
    return found


def _metadata(call: SampleCall) -> dict[str, Any]:
    plan, ids = call.plan, _speakers(call)
    sides = {turn.speaker: turn.role for turn in call.turns}
    return {
        "metaData": {
            "id": call.call_id,
            "title": plan.title,
            "started": f"{plan.date.isoformat()}T15:00:00Z",
            "duration": round(call.duration_s),
        },
        "parties": [
            {
                "speakerId": identifier,
                "name": name,
                "affiliation": "External" if sides[name] == "prospect" else "Internal",
            }
            for name, identifier in ids.items()
        ],
        "context": [
            {
                "system": "CRM",
                "objects": [
                    {"objectType": "Account", "objectId": plan.deal.account.account},
                    {"objectType": "Opportunity", "objectId": plan.deal.opportunity_id},
                ],
            }
        ],
    }
