"""What came of a run: a plan that the verifier accepts, a claim that there is none, a limit, an error, or nothing."""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks._ipc_run import Run
from benchmarks._ipc_suite import Instance
from htn.hddl import Domain, HddlError, Problem, load_domain, load_problem
from htn.hddl.plan_format import parse_plan
from htn.hddl.verify import verify

__all__ = ["STATUSES", "Judge", "Judgement"]

STATUSES = ("solved", "invalid plan", "unsolvable", "timeout", "memory", "error", "nothing")
_OUT_OF_MEMORY = re.compile(r"MemoryError|bad_alloc|out of memory|cannot allocate memory", re.IGNORECASE)
_UNSOLVABLE = re.compile(r"\bunsolvable|there is no plan\b", re.IGNORECASE)
_ACCEPTED = re.compile(r"verification result:.*\btrue\b", re.IGNORECASE)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a run.

    Attributes
    ----------
    status : str
        One of `STATUSES`. That a problem is unsolvable is the planner's claim.
    length, cost : number, optional
        Of a valid plan.
    message : str
        Why it is not solved.
    """

    status: str
    length: int | None = None
    cost: float | None = None
    message: str = ""


class Judge:
    """Judges runs; keeps the domain and problem that were read last, because the next run mostly is on the same.

    Parameters
    ----------
    verifier : str
        Another verifier's command, with ``{domain}``, ``{problem}`` and ``{plan}``; both must accept a plan. It accepts
        one if it prints "verification result: true"; where it prints no such line, if its exit code is 0.
    """

    def __init__(self, verifier: str = "") -> None:
        self.verifier = shlex.split(verifier)
        self._domain: tuple[Path, Domain] | None = None
        self._problem: tuple[Path, Problem] | None = None

    def models(self, instance: Instance) -> tuple[Domain, Problem]:
        """Return the domain and the problem as read."""
        if self._domain is None or self._domain[0] != instance.domain_file:
            self._domain = instance.domain_file, load_domain(instance.domain_file)
        if self._problem is None or self._problem[0] != instance.problem_file:
            self._problem = instance.problem_file, load_problem(instance.problem_file, self._domain[1])
        return self._domain[1], self._problem[1]

    def judge(self, instance: Instance, run: Run, codes: Mapping[int, str] | None = None) -> Judgement:
        """Return what came of a run; exit codes may say it where there is no plan."""
        said = (run.errors.strip() or run.output.strip()).splitlines()
        message = said[-1][:200] if said else ""
        if run.ended == "time":
            return Judgement("timeout")
        if run.ended == "memory":
            return Judgement("memory")
        if run.plan:
            return self.plan(instance, run.plan)
        if codes and run.code in codes:
            return Judgement(codes[run.code], message=message)
        if _OUT_OF_MEMORY.search(run.errors) or _OUT_OF_MEMORY.search(run.output):
            return Judgement("memory", message=message)
        if _UNSOLVABLE.search(run.errors) or _UNSOLVABLE.search(run.output):
            return Judgement("unsolvable", message=message)
        return Judgement("error" if run.code else "nothing", message=message)

    def plan(self, instance: Instance, text: str) -> Judgement:
        """Return the judgement of a plan in the competition's format."""
        domain, problem = self.models(instance)
        try:
            plan = parse_plan(text)
        except HddlError as error:
            return Judgement("invalid plan", message=str(error))
        verdict = verify(domain, problem, plan)
        if not verdict.valid:
            return Judgement("invalid plan", message=str(verdict.flaws[0]))
        if self.verifier and not self.other(instance, text):
            return Judgement("invalid plan", verdict.length, message="the other verifier rejects it")
        return Judgement("solved", verdict.length, float(verdict.cost))

    def other(self, instance: Instance, text: str) -> bool:
        """Whether the other verifier accepts a plan."""
        with tempfile.TemporaryDirectory(prefix="ipc-") as folder:
            plan = Path(folder) / "plan"
            plan.write_text(text, encoding="utf-8")
            files = {
                "{domain}": str(instance.domain_file),
                "{problem}": str(instance.problem_file),
                "{plan}": str(plan),
            }
            command = [files.get(argument, argument) for argument in self.verifier]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
        said = _COLOURS.sub("", done.stdout)
        if "verification result:" in said.lower():
            return _ACCEPTED.search(said) is not None
        return done.returncode == 0
