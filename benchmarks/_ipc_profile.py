"""Where the time of one solved instance goes: by phase, and by function."""

from __future__ import annotations

import pstats
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._ipc_suite import Instance
from benchmarks._ipc_tables import markdown

__all__ = ["Profile", "profile", "profile_tables"]

ROOT = Path(__file__).parents[1]
PHASES = (
    ("importlib", "start-up: imports"),
    ("htn/hddl/compile/plans", "write"),
    ("htn/hddl/plan_format", "write"),
    ("htn/hddl/compile/", "compile"),
    ("htn/hddl/ground/", "ground"),
    ("htn/hddl/", "read"),
    ("htn/planning/ground/", "search: ground"),
    ("htn/planning/sat/", "search: sat"),
    ("htn/planning/improve", "improve"),
    ("htn/planning/", "search: lifted"),
    ("htn/portfolio/", "portfolio"),
    ("htn/model/", "search: lifted"),
    ("htn/plan/", "search: lifted"),
    ("<string>", "search: compiled domain"),
    ("htn/", "command"),
)
"""Which phase a file's functions belong to: the first that is part of its path."""

_RUN = """
import cProfile, sys
profile = cProfile.Profile()
profile.enable()
try:
    from htn.cli import main
    main(sys.argv[2:])
finally:
    profile.disable()
    profile.dump_stats(sys.argv[1])
"""


@dataclass
class Profile:
    """Seconds under the profiler, which makes calls several times as slow.

    Attributes
    ----------
    phases : dict
        From the phase to the seconds spent in its own functions and in what these call of Python's.
    functions : list of tuple
        Place and name, calls, seconds in it, seconds in it and below; the most expensive first.
    """

    phases: dict[str, float]
    functions: list[tuple[str, int, float, float]]


def profile(instance: Instance, seconds: float = 15.0) -> Profile:
    """Solve an instance under the profiler, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="ipc-") as folder:
        out = Path(folder) / "profile"
        files = ["solve", str(instance.domain_file), str(instance.problem_file)]
        options = ["--plan", str(Path(folder) / "plan"), "--time-limit", f"{seconds:g}"]
        usual = [sys.executable, "-m", "htn", *files, *options]
        subprocess.run(usual, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # so that all modules are compiled
        command = [sys.executable, "-c", _RUN, str(out), *files, *options]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        # What pstats read is an attribute that its type information leaves out.
        read: Any = pstats.Stats(str(out))
    return _summed(read.stats)


def _summed(stats: dict[Any, Any]) -> Profile:
    phases: dict[str, float] = {}

    def add(phase: str, seconds: float) -> None:
        phases[phase] = phases.get(phase, 0.0) + seconds

    functions = []
    for (file, line, name), (_, calls, own, below, callers) in stats.items():
        place = f"{_short(file)}:{line} {name}" if line else name
        functions.append((place, calls, own, below))
        phase = _phase(file)
        if phase or not callers:
            add(phase or "Python itself", own)
            continue
        for (caller, _, _), (_, _, seconds, _) in callers.items():
            add(_phase(caller) or "Python itself", seconds)
    functions.sort(key=lambda entry: -entry[2])
    return Profile(dict(sorted(phases.items(), key=lambda entry: -entry[1])), functions)


def _phase(file: str) -> str | None:
    return next((phase for part, phase in PHASES if part in file), None)


def _short(file: str) -> str:
    return file.rpartition(f"{ROOT}/")[2].rpartition("site-packages/")[2]


def profile_tables(found: Profile, most: int = 25) -> str:
    """Return both tables."""
    total = sum(found.phases.values()) or 1.0
    phases = markdown(["phase", "s", "%"], [[name, s, 100 * s / total] for name, s in found.phases.items()])
    columns = ["function", "calls", "s in it", "s with what it calls"]
    return f"{phases}\n\n{markdown(columns, found.functions[:most])}"
