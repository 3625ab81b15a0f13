"""Where competitors are named: the turn, the words, the side, and how far the deal was."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import cite_turn
from domains.analysis.language.text import excerpt

if TYPE_CHECKING:
    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.artifacts import Citation
    from domains.analysis.corpus.records import Turn
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Mention", "find_mentions", "spellings", "when_by_call"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One turn that names a competitor; ``lower`` says that the name stands there without its capital letters."""

    competitor: str
    spoken: SpokenCall
    position: int
    start: int
    end: int
    lower: bool

    @property
    def turn(self) -> Turn:
        """The turn that names it."""
        return self.spoken.turns[self.position]

    @property
    def citation(self) -> Citation:
        """The turn with the words around the name."""
        turn = self.turn
        return cite_turn(turn.call_id, turn.idx, excerpt(turn.text, self.start, self.end))


def spellings(workspace: Workspace) -> dict[str, re.Pattern[str]]:
    """Return for each known competitor the pattern of its name and aliases, as whole words."""
    aliases = {
        row["name"]: [str(item) for item in json.loads(row["aliases"] or "[]")]
        for row in workspace.connection.execute("SELECT name, aliases FROM competitors")
    }
    patterns = {}
    for name in workspace.entities()["competitor"]:
        # longest first, so that the match covers "Acme Cloud" and not only "Acme"
        names = sorted({name, *aliases.get(name, [])}, key=lambda item: (-len(item), item))
        patterns[name] = re.compile("|".join(rf"(?<!\w){re.escape(item)}(?!\w)" for item in names), re.IGNORECASE)
    return patterns


def find_mentions(workspace: Workspace, calls: Sequence[SpokenCall]) -> list[Mention]:
    """Return the mentions of known competitors in these calls, one for each competitor and turn.

    Which turns name whom was noted when the calls were read in; the words are looked up again for the quote.
    """
    patterns = spellings(workspace)
    by_id = {call.call.call_id: call for call in calls}
    found = []
    rows = workspace.connection.execute(
        "SELECT competitor, call_id, idx FROM mentions ORDER BY competitor, call_id, idx"
    )
    for row in rows:
        call = by_id.get(row["call_id"])
        if call is None or row["competitor"] not in patterns:
            continue
        for position, turn in enumerate(call.turns):
            match = patterns[row["competitor"]].search(turn.text) if turn.idx == row["idx"] else None
            if match:
                lower = match.group().islower() and not turn.text.islower()
                found.append(Mention(row["competitor"], call, position, match.start(), match.end(), lower))
    return found


def when_by_call(workspace: Workspace, calls: Sequence[SpokenCall]) -> tuple[dict[str, str], bool]:
    """Return how far the deal was at each call, and whether that is by stage (else by the order of calls).

    With stage history it is the stage that the deal was in on the day of the call; without, "first call" or "later "
    "call"
    of the deal (or of the account, where the call has no deal).
    """
    history: dict[str, list[tuple[str, str]]] = defaultdict(list)
    query = "SELECT opportunity_id, stage, entered_date FROM stage_history ORDER BY opportunity_id, entered_date, rowid"
    for row in workspace.connection.execute(query):
        if row["entered_date"] and row["stage"]:
            history[row["opportunity_id"]].append((row["entered_date"], row["stage"]))
    staged = {}
    for call in calls:
        entries = history.get(call.call.opportunity_id or "", [])
        place = bisect_right([entered for entered, _ in entries], call.call.date or "")
        if place:
            staged[call.call.call_id] = entries[place - 1][1]
    if staged:
        return staged, True
    seen: set[str] = set()
    order = {}
    for call in calls:
        key = call.call.opportunity_id or call.group
        order[call.call.call_id] = "later call" if key in seen else "first call"
        seen.add(key)
    return order, False
