"""Qualification of an account by MEDDPICC: evidence with quotes for each letter, null where there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.prospect_artifacts import LetterEvidence, Qualification
from domains.analysis.artifacts import Finding, FindingTable, TableRow
from domains.analysis.language.meddpicc import Evidence, evidence
from domains.analysis.language.meddpicc_cues import LETTERS
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["gather_qualification"]

# What the prospect says outweighs what the rep says of the prospect.
_BASES = ("said by the prospect", "answer to the rep's question", "said by the rep only")


@capability("gather_qualification", specialist="estate strategist", output=Qualification)
def gather_qualification(workspace: Workspace, scope: Scope, inputs: Inputs) -> Qualification:
    """Gather for each letter of MEDDPICC what was said; no quote, no evidence."""
    calls = read_calls(workspace, scope, inputs.one(CallSet))
    names = workspace.entities()["competitor"]
    still = {deal.opportunity_id for deal in workspace.deals(scope) if deal.status == "open"}
    current = {call.call.call_id for call in calls if call.call.opportunity_id in still}
    found = [(call, item) for call in calls for item in evidence(call.turns, names)]
    now = {item.letter for call, item in found if call.call.call_id in current}
    # what was said on a deal that is over does not qualify the one that is open, where that has evidence of its own
    heard = [(call, item) for call, item in found if item.letter not in now or call.call.call_id in current]
    letters = tuple(_letter(name.name, name.meaning, heard) for name in LETTERS)
    earlier = tuple(one.letter for one in letters if current and one.basis is not None and one.letter not in now)
    return Qualification(
        letters=letters,
        earlier=earlier,
        findings=tuple(_findings(letters, earlier, calls, found, current)),
        limits=(
            "MEDDPICC evidence is found by cue words; a letter without evidence may have been covered in other words.",
        )
        if calls
        else (),
    )


def _letter(name: str, meaning: str, found: Sequence[tuple[SpokenCall, Evidence]]) -> LetterEvidence:
    own = [(call, item) for call, item in found if item.letter == name]
    for basis in _BASES:
        # the latest calls first: what was true in the first call may no longer be
        quotes = [
            cite_turn(call.call.call_id, item.turn, item.quote) for call, item in reversed(own) if item.basis == basis
        ]
        if quotes:
            return LetterEvidence(letter=name, meaning=meaning, basis=basis, evidence=spread(quotes, 3))  # type: ignore[arg-type]
    return LetterEvidence(letter=name, meaning=meaning, basis=None)


def _findings(
    letters: Sequence[LetterEvidence],
    earlier: Sequence[str],
    calls: Sequence[SpokenCall],
    found: Sequence[tuple[SpokenCall, Evidence]],
    current: Collection[str],
) -> list[Finding]:
    now = [one for one in letters if one.letter not in earlier]
    firm = [one for one in now if one.basis in _BASES[:2]]
    weak = [one for one in now if one.basis == _BASES[2]]
    before = [one for one in letters if one.letter in earlier]
    empty = [one for one in letters if one.basis is None]
    where = f" on the {_calls(len(current))} of open deals" if current else ""
    made = []
    if firm:
        made.append(
            Finding(
                claim=f"The buyer's own words{where} give evidence for {len(firm)} of {len(letters)} MEDDPICC letters: "
                f"{', '.join(one.letter for one in firm)}.",
                strength="descriptive",
                numbers=(count("letters with evidence", len(firm)),),
                citations=tuple(one.evidence[0] for one in firm),
                title="MEDDPICC: what the buyer's own words bear out",
            )
        )
    if before:
        made.append(
            Finding(
                claim="On the calls of open deals nothing speaks for "
                f"{', '.join(one.letter for one in before)}: only other calls do, and whether it still holds is not "
                "known.",
                strength="descriptive",
                numbers=(count("letters with earlier evidence only", len(before)),),
                citations=tuple(one.evidence[0] for one in before),
                title="MEDDPICC: what only earlier calls speak of",
            )
        )
    if weak:
        made.append(
            Finding(
                claim=f"Only the rep speaks of {', '.join(one.letter for one in weak)}; the buyer does not confirm it.",
                strength="descriptive",
                citations=tuple(one.evidence[0] for one in weak),
                title="MEDDPICC: what only the rep says",
            )
        )
    if empty and calls:
        last = calls[-1]
        cited = cite_turn(last.call.call_id, last.turns[-1].idx, last.turns[-1].text[:120])
        made.append(
            Finding(
                claim=f"No evidence in {_calls(len(calls))} for {', '.join(one.letter for one in empty)}.",
                strength="descriptive",
                numbers=(count("letters without evidence", len(empty)),),
                citations=(cited,),
                note="An absence: the citation is the last call that was read, not proof.",
                title="MEDDPICC: what nobody speaks of",
            )
        )
    if calls:
        made.insert(1, _each(letters, earlier, calls))
    return [_with_table(made[0], letters, found, current), *made[1:]] if made else []


def _each(letters: Sequence[LetterEvidence], earlier: Sequence[str], calls: Sequence[SpokenCall]) -> Finding:
    """Return all letters in order, each with its latest quote or "not heard"."""
    days = {call.call.call_id: call.day for call in calls}
    parts, cited = [], []
    for one in letters:
        if not one.evidence:
            parts.append(f"{one.letter}: not heard")
            continue
        quote = one.evidence[0]
        day = days.get(quote.source)
        marks = [text for text in (one.basis, str(day) if day else "") if text]
        if one.letter in earlier:
            marks.append("not on calls of open deals")
        parts.append(f'{one.letter}: "{quote.quote}" ({", ".join(marks)})')
        cited.append(quote)
    if not cited:
        last = calls[-1]
        cited.append(cite_turn(last.call.call_id, last.turns[-1].idx, last.turns[-1].text[:120]))
    return Finding(
        claim=f"Letter by letter: {'; '.join(parts)}.",
        strength="descriptive",
        citations=tuple(cited),
        title="MEDDPICC, letter by letter",
    )


def _calls(number: int) -> str:
    return f"{number:,} {'call' if number == 1 else 'calls'}"


def _with_table(
    finding: Finding,
    letters: Sequence[LetterEvidence],
    found: Sequence[tuple[SpokenCall, Evidence]],
    current: Collection[str],
) -> Finding:
    """Return a finding with a table of all letters: how often each was heard from whom, on open deals and before."""
    numbers = list(finding.numbers)
    rows = []
    for one in letters:
        own = [(call.call.call_id in current, item.basis) for call, item in found if item.letter == one.letter]
        cells = []
        for name, of_now, bases in _COLUMNS:
            if current or not of_now:
                times = sum(basis in bases and (is_now == of_now or not current) for is_now, basis in own)
                cells.append(len(numbers))
                numbers.append(count(f"{one.letter}, {name}", times))
        rows.append(TableRow(name=one.letter, cells=tuple(cells)))
    if current:
        columns = tuple(name for name, _, _ in _COLUMNS)
    else:
        columns = tuple(name.partition(", ")[0] for name, of_now, _ in _COLUMNS if not of_now)
    table = FindingTable(corner="times heard from", columns=columns, rows=tuple(rows), up_front=True)
    return finding.model_copy(update={"numbers": tuple(numbers), "table": table})


_COLUMNS = (
    ("the buyer, open deals", True, _BASES[:2]),
    ("the rep only, open deals", True, _BASES[2:]),
    ("the buyer, other calls", False, _BASES[:2]),
    ("the rep only, other calls", False, _BASES[2:]),
)
