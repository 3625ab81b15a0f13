"""What is recorded and was not looked at in a run: an answer must not say of it that there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from domains.analysis.artifacts import Artifact
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["LeftOut", "go_on_without", "unread"]


class LeftOut(Artifact):
    """Stands where a part of an analysis could not be done."""


@capability("go_on_without", specialist="estate strategist", output=LeftOut)
def go_on_without(workspace: Workspace, scope: Scope, inputs: Inputs) -> LeftOut:
    """Say that a part of the analysis is left out; what it would have told stands in the report."""
    return LeftOut(limits=("A part of the analysis could not be done in this run and is left out.",))


def unread(workspace: Workspace, scope: Scope, kinds: Iterable[str] = ("calls", "deals")) -> str:
    """Return how many records there are that an answer was given nothing of, in words; empty when there are none."""
    counts = workspace.facts(scope)["count"]
    found = [f"{counts[kind]:,} {kind}" for kind in kinds if counts.get(kind)]
    return " and ".join(found)
