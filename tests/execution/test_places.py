"""Runs share places evenly, and nobody waits for ever."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from htn.execution.places import FairPlaces, Ticket

MOVES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7)), max_size=120)


@given(size=st.integers(1, 4), moves=MOVES)
def test_a_place_goes_to_the_run_that_holds_fewest(size: int, moves: list[tuple[int, int]]):
    """Whatever is asked and given back: never too many, none idle while somebody waits, none to a run that has more."""
    places = FairPlaces(size)
    tickets: list[Ticket] = []

    def waiting() -> list[Ticket]:
        return [ticket for ticket in tickets if not ticket.held]

    def in_hand() -> Counter[str]:
        return Counter(str(ticket.run) for ticket in tickets if ticket.held)

    for run, move in moves:
        if move < 4 or not tickets:
            tickets.append(places.ask(f"r{run}"))
        else:
            gone = tickets.pop(move % len(tickets))
            before, lined_up = in_hand(), {str(ticket.run) for ticket in waiting()}
            granted = places.leave(gone)
            assert len(granted) <= 1
            for ticket in granted:
                assert before[str(ticket.run)] == min(before[run] for run in lined_up), "somebody had fewer"
        assert sum(in_hand().values()) == places.in_use <= size
        assert not waiting() or places.in_use == size, "a place is free while somebody waits"
        assert {run: places.held(run) for run in in_hand()} == dict(in_hand())
        assert places.waiting == len(waiting())


@given(size=st.integers(1, 3), seed=st.integers(0, 10_000), crowd=st.integers(1, 4))
def test_nobody_starves(size: int, seed: int, crowd: int):
    """Beside runs that always want more, a run's first step is served before any of them had another turn twice."""
    rng, places = random.Random(seed), FairPlaces(size)
    tickets = [places.ask(f"greedy{each}") for each in range(crowd) for _ in range(6)]
    mine = places.ask("modest")
    turns: Counter[str] = Counter()
    while not mine.held:
        done = rng.choice([ticket for ticket in tickets if ticket.held])
        tickets.remove(done)
        tickets.append(places.ask(done.run))  # it wants more at once
        for ticket in places.leave(done):
            turns[str(ticket.run)] += 1
        assert max(turns.values()) <= 1


@given(size=st.integers(1, 5), runs=st.integers(1, 5))
def test_shares_are_as_even_as_they_can_be(size: int, runs: int):
    """With runs that all want every place, no run has two more than another, once each place changed hands."""
    places = FairPlaces(size)
    tickets = [places.ask(f"r{run}") for run in range(runs) for _ in range(2 * size)]
    for _ in range(3 * size):
        oldest = next(ticket for ticket in tickets if ticket.held)
        tickets.remove(oldest)
        tickets.append(places.ask(oldest.run))
        places.leave(oldest)
    shares = [places.held(f"r{run}") for run in range(runs)]
    assert max(shares) - min(shares) <= 1
    assert sum(shares) == size


def test_places_are_stuck_when_all_are_kept_by_calls_that_were_given_up_on():
    """One that ends frees its place again."""
    places = FairPlaces(2)
    first, second = places.ask("r1"), places.ask("r2")
    places.mark_late(first)
    assert not places.stuck
    places.mark_late(second)
    places.mark_late(second)
    assert places.stuck
    places.leave(first)
    assert not places.stuck
    places.leave(first)
    assert places.in_use == 1, "given back once, however often"
