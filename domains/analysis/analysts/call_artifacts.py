"""What the retrieval of calls hands on, and reading the retrieved calls again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from domains.analysis.artifacts import Artifact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domains.analysis.corpus.workspace import Call, Turn, Workspace
    from domains.analysis.scope import Scope

__all__ = ["CallSet", "SpokenCall", "read_calls"]


class CallSet(Artifact):
    """The calls that an analysis rests on; text stays in the workspace and is read again by those who need it."""

    call_ids: tuple[str, ...] = ()
    by_outcome: dict[str, int] = Field(default_factory=dict, description="calls by outcome: won, lost, open, unknown")
    turns: int = 0
    first: str | None = Field(default=None, description="ISO date of the first dated call")
    last: str | None = Field(default=None, description="ISO date of the last dated call")
    undated: int = 0


@dataclass(frozen=True, slots=True)
class SpokenCall:
    """A call with its turns, and the job titles on record of the people on it."""

    call: Call
    turns: Sequence[Turn]
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> date | None:
        """The day of the call, where it is known."""
        return date.fromisoformat(self.call.date[:10]) if self.call.date else None

    @property
    def group(self) -> str:
        """Whom the outcome belongs to: the account, else the prospect, else the call alone.

        Calls of one group share their fate, so they must not be counted as independent cases.
        """
        return self.call.account or self.call.prospect or self.call.call_id


def read_calls(workspace: Workspace, scope: Scope, calls: CallSet) -> list[SpokenCall]:
    """Return the retrieved calls with their turns, oldest first."""
    wanted = set(calls.call_ids)
    turns = workspace.turns_by_call(scope)
    titles = workspace.titles(scope)
    return [
        SpokenCall(call, turns.get(call.call_id, []), titles.get(call.call_id, {}))
        for call in workspace.calls(scope)
        if call.call_id in wanted
    ]
