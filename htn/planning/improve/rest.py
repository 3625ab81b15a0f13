"""What follows a part of a plan that was changed, done from another state as it was done before."""

from __future__ import annotations

from collections.abc import Generator

from htn.planning.improve.run import Run
from htn.planning.improve.space import Option, Space

__all__ = ["follow"]

_PAUSE = 100


def follow(
    space: Space, run: Run, place: int, state: int, spent: int
) -> Generator[None, None, tuple[list[Option], int] | None]:
    """Do from a place on what a run does, cheaper in all.

    Parameters
    ----------
    space : Space
        The problem.
    run : Run
        What was done before.
    place : int
        Where the run is joined: what is to be done is the same, the state may be another.
    state : int
        The state there.
    spent : int
        What was spent until then.

    Yields
    ------
    None
        At pauses.

    Returns
    -------
    (list of Option, int) or None
        The decisions, and the place from which all is as it was; None where it does not go on.
    """
    decisions: list[Option] = []
    if spent >= run.costs[place]:
        return None
    while place < len(run):
        if state == run.states[place]:
            return decisions, place
        if place % _PAUSE == 0:
            yield None
        task, option = run.tasks[place], run.options[place]
        if option is None:
            state = space.apply(state, task)
            if state < 0:
                return None
        elif space.allows(state, task, option):
            decisions.append(option)
        else:
            return None
        place += 1
    return decisions, place
