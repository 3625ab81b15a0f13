"""What the planner is to show on the competition's problems, as claims that hold or are missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks._ipc_scores import Peers
from benchmarks._ipc_tables import Board
from benchmarks._report import Claim

__all__ = ["largest_claims", "quick_claims", "sample_claims", "soundness", "whole_claims"]

WANTED = {"total-order": (35, 36), "partial-order": (9, 10)}
"""Solved, of so many: what all recorded planners solve together."""


def soundness(board: Board, planner: str) -> list[Claim]:
    """Return that no plan is invalid, and that nothing is called unsolvable that somebody solves."""
    statuses = board.statuses(planner)
    invalid = [key for key, status in statuses.items() if status == "invalid plan"]
    solved = {key for found in board.results.values() for key, result in found.items() if result.solved}
    wrong = [key for key, status in statuses.items() if status == "unsolvable" and key in solved]
    return [
        Claim(_named(f"{planner}: invalid plans", invalid), len(invalid), 0),
        Claim(_named(f"{planner}: called unsolvable, and solved by another", wrong), len(wrong), 0),
    ]


def sample_claims(board: Board, planner: str, track: str, improving: str = "") -> list[Claim]:
    """Return the claims on a track's sample; none if it is not the sample that was recorded.

    As in the competition, whose agile and satisficing tracks are separate, quality may be that of another run: of ours
    that goes on to improve its plans.
    """
    solved, instances = WANTED.get(track, (0, 0))
    scores = board.summaries()
    mine = scores[planner]
    recorded = {name: score for name, score in scores.items() if score.instances == instances}
    if mine.instances != instances or len(recorded) < 2:
        return []
    missed = [key for key, result in board.results[planner].items() if not result.solved]
    found = [Claim(_named(f"{track}: solved of {instances}; not solved", missed), mine.solved, solved, at_most=False)]
    if track == "total-order":
        fastest, shortest = recorded["HyperTensioN (recorded)"], recorded["pandaPI (recorded)"]
        found.append(Claim(f"{track}: agile, times HyperTensioN's", mine.agile / fastest.agile, 1.15, at_most=False))
        best = scores[improving or planner].quality
        found.append(Claim(f"{track}: quality, times pandaPI's", best / shortest.quality, 1.0, at_most=False))
    return found


def whole_claims(board: Board, planner: str) -> list[Claim]:
    """Return that no domain is at zero."""
    domains: dict[str, int] = {}
    for key, result in board.results[planner].items():
        domain = key.rsplit("/", 1)[0]
        domains[domain] = domains.get(domain, 0) + result.solved
    zero = [domain for domain, solved in domains.items() if not solved]
    return [Claim(_named("domains without a solved instance", zero), len(zero), 0)]


def largest_claims(rows: Sequence[Mapping[str, Any]], planner: str, peers: Peers) -> list[Claim]:
    """Return that the largest instances are solved within twice the time recorded."""
    found = []
    for row in rows:
        name = row["instance"].partition("/")[2]
        if row["planner"] == planner and name in peers.largest:
            seconds = row["seconds"] if row["status"] == "solved" else 2 * row["seconds_limit"]
            found.append(Claim(f"{name}: times the seconds recorded", seconds / peers.largest[name], 2))
    return found


def quick_claims(board: Board, planner: str) -> list[Claim]:
    """Return the claims on the quick part: everything in it is easy."""
    score = board.summaries()[planner]
    missed = [key for key, result in board.results[planner].items() if not result.solved]
    return [
        Claim(_named(f"solved of {score.instances}; not solved", missed), score.solved, score.instances, at_most=False),
        Claim("median seconds of the solved", score.median or 0.0, 1.0),
    ]


def _named(text: str, keys: Sequence[str]) -> str:
    return f"{text} ({', '.join(keys)})" if keys else text
