"""What follows a part of a plan that was changed: done as before, and done anew where it does not fit any more."""

from __future__ import annotations

from collections.abc import Generator

from htn.planning.improve.agenda import Agendas
from htn.planning.improve.best_first import Ways
from htn.planning.improve.run import Run
from htn.planning.improve.space import Option, Space

__all__ = ["Rest"]

_PAUSE = 100
_REPAIRS = 6
"""How often, at most, something is done anew on the way to the end."""


class Rest:
    """One attempt to go on from a place of a run in another state.

    Parameters
    ----------
    space : Space
        The problem.
    agendas : Agendas
        Where agendas are made.
    run : Run
        What was done before.
    budget : int
        How many configurations are made, at most, for a task that is done anew.

    Attributes
    ----------
    tried, repairs : int
        Configurations made, tasks done anew.
    """

    def __init__(self, space: Space, agendas: Agendas, run: Run, budget: int) -> None:
        self._space = space
        self._agendas = agendas
        self._run = run
        self._budget = budget
        self.tried = self.repairs = 0

    def follow(self, place: int, state: int, spent: int) -> Generator[None, None, tuple[list[Option], int] | None]:
        """Do from a place on what the run does, cheaper in all.

        Parameters
        ----------
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
        run, space = self._run, self._space
        first, total = place, run.cost
        decisions: list[Option] = []
        marks: dict[int, tuple[int, int, int]] = {}
        while place < len(run):
            agenda = run.agendas[place]
            assert agenda is not None
            if spent + agenda.least >= total:
                return None
            if state == run.states[place]:
                return (decisions, place) if spent < run.costs[place] else None
            marks[place] = (state, spent, len(decisions))
            if len(marks) % _PAUSE == 0:
                yield None
            option = run.options[place]
            if option is None:
                after = space.apply(state, agenda.task)
                if after >= 0:
                    state, spent, place = after, spent + agenda.cost, place + 1
                    continue
            elif space.allows(state, agenda.task, option):
                decisions.append(option)
                place += 1
                continue
            around = place if option is not None else run.parents[place]
            while around >= first:
                state, spent, kept = marks[around]
                anew = yield from self._anew(around, state, total - spent)
                if anew is not None:
                    break
                around = run.parents[around]
            else:
                return None
            options, state, cost = anew
            decisions[kept:] = options
            place, spent = run.ends[around], spent + cost
        return (decisions, place) if spent < total else None

    def _anew(self, place: int, state: int, limit: int) -> Generator[None, None, tuple[list[Option], int, int] | None]:
        """Do one task in another way, the cheapest there is: return the decisions, the state after it, and its cost."""
        agenda = self._run.agendas[place]
        if self.repairs >= _REPAIRS or agenda is None:
            return None
        self.repairs += 1
        rest = agenda.rest
        ways = Ways(self._space, self._agendas, state, agenda, rest, limit - (rest.least if rest is not None else 0))
        found = None
        for node in ways.run(self._budget):
            if node is not None:
                found = (node.decisions(), node.state, node.cost)
                break
            yield None
        self.tried += ways.tried
        return found
