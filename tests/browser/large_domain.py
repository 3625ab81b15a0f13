"""A method that answers a pipeline question in a thousand parts, twenty at a time: a plan too large to read at once."""

from __future__ import annotations

from htn.model import Domain, State

PARTS, IN_A_GROUP = 1000, 20

domain = Domain("analysis.large")


@domain.operator(capability="measure_win_rate", describe="Look at part {0}: {1}")
def look_at_part(state: State, part: int, scope: object) -> object:
    """Look at one part, which depends on the deals alone."""
    assert ("deals", scope) in state.artifact
    state.artifact["part", part, scope] = True
    return state


@domain.method("look_at_group")
def one_by_one(state: State, group: int, scope: object) -> object:
    """Applies always: the group's parts."""
    return [("look_at_part", group * IN_A_GROUP + number, scope) for number in range(IN_A_GROUP)]


@domain.method("analyse_pipeline")
def in_a_thousand_parts(state: State, scope: object) -> object:
    """Applies always: every part, then what the pipeline analysis says."""
    groups = [("look_at_group", group, scope) for group in range(PARTS // IN_A_GROUP)]
    measured = [("survey_pipeline", scope), ("measure_win_rate", scope)]
    return [("retrieve_deals", scope), *measured, *groups, ("synthesise_pipeline", scope)]
