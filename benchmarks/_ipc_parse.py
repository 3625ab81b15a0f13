"""How long it takes to read domains and problems."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks._ipc_suite import Instance
from benchmarks._ipc_tables import markdown
from benchmarks._report import Claim
from htn.hddl import load_domain, load_problem

__all__ = ["parse_claims", "parse_table", "parse_times"]


@dataclass
class Parsing:
    """What reading the instances of one domain took, each pair from the beginning."""

    domain: str
    pairs: int = 0
    bytes: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_name: str = ""


def parse_times(listed: Sequence[Instance]) -> list[Parsing]:
    """Return seconds of processor time, by domain in the order given."""
    found: dict[str, Parsing] = {}
    for instance in listed:
        domain = f"{instance.suite}/{instance.domain}"
        parsing = found.setdefault(domain, Parsing(domain))
        began = time.process_time()
        load_problem(instance.problem_file, load_domain(instance.domain_file))
        seconds = time.process_time() - began
        parsing.pairs += 1
        parsing.bytes += instance.domain_file.stat().st_size + instance.problem_file.stat().st_size
        parsing.seconds += seconds
        if seconds >= parsing.slowest:
            parsing.slowest, parsing.slowest_name = seconds, instance.name
    return list(found.values())


def parse_table(found: Sequence[Parsing]) -> str:
    """Return the times as a table."""
    rows: list[list[Any]] = [
        [p.domain, p.pairs, p.bytes / 1e6, p.seconds, p.slowest, p.slowest_name, p.bytes / 1e6 / max(p.seconds, 1e-9)]
        for p in found
    ]
    total, size = sum(p.seconds for p in found), sum(p.bytes for p in found) / 1e6
    rows.append(["all", sum(p.pairs for p in found), size, total, None, None, size / max(total, 1e-9)])
    return markdown(["domain", "pairs", "MB", "s", "slowest s", "slowest", "MB/s"], rows)


def parse_claims(found: Sequence[Parsing]) -> list[Claim]:
    """Return that everything is read in seconds."""
    return [Claim("seconds to read every domain and problem", sum(p.seconds for p in found), 10.0)]
