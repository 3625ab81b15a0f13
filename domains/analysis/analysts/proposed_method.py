"""Proposed methods, as far as a local analyst goes: it proposes none, and verifies what came of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.measure_artifacts import MetricTable, TopicEvidence
from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.proposals.proposal import ProposedMethod
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["ProposalVerdict", "propose_method", "verify_proposed"]

_TYPES: dict[str, type[Artifact]] = {"measures": MetricTable, "topic_evidence": TopicEvidence}


class ProposalVerdict(Artifact):
    """Whether the steps of a proposed method gave what was promised of them."""

    promised: int
    kept: int
    broken: tuple[str, ...] = ()


@capability("propose_method", specialist="method designer", output=ProposedMethod)
def propose_method(workspace: Workspace, scope: Scope, inputs: Inputs) -> ProposedMethod:
    """Propose a method for a question; a local analyst has none beyond those that are written down."""
    return ProposedMethod(scope=scope, limits=("No method was proposed: no model answered.",))


@capability("verify_proposed", specialist="quality reviewer", output=ProposalVerdict)
def verify_proposed(workspace: Workspace, scope: Scope, inputs: Inputs) -> ProposalVerdict:
    """Verify that each promised artifact is there, of its type, and says something or why it says nothing."""
    promised, (identity, model, asked) = inputs.args[0], inputs.args[1]
    left = list(inputs)
    broken = []
    for kind, part in promised:
        wanted = _TYPES.get(kind, Answer)
        found = next((item for item in left if isinstance(item, wanted)), None)
        if found is None:
            broken.append(f"the {kind.replace('_', ' ')} of {describe(part)} is not there")
            continue
        left.remove(found)
        if not (found.findings or found.limits):
            broken.append(f"the {kind.replace('_', ' ')} of {describe(part)} says nothing")
    origin = f"How the question was taken apart was proposed by {model} on {asked} (proposal {identity}) and checked."
    return ProposalVerdict(
        promised=len(promised), kept=len(promised) - len(broken), broken=tuple(broken), limits=(origin,)
    )
