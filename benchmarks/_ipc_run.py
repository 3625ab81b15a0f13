"""One run of a planner: a process group on one core, with limits on time and memory that end all of it."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Limits", "Run", "run"]

ROOT = Path(__file__).parents[1]
MOST_OUTPUT = 1 << 24
LARGEST_FILE = 1 << 30
LOOK = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use.

    Attributes
    ----------
    seconds : float
        Of the clock.
    gib : float
        Of memory: of the address space of each process, and resident of all together.
    clock : str
        ``wall``, or ``cpu`` for processor time: for a machine that is busy. Then it may take ten times as long.
    """

    seconds: float = 15.0
    gib: float = 4.0
    clock: str = "wall"

    @property
    def patience(self) -> float:
        """Seconds of wall time after which the run is ended in any case."""
        return self.seconds if self.clock == "wall" else 10 * self.seconds


@dataclass(frozen=True, slots=True)
class Run:
    """What a run used and left.

    Attributes
    ----------
    wall, cpu : float
        Seconds, from before the start of the process to its end.
    mebibytes : float
        The most that the largest of its processes had resident.
    code : int
        The exit code; negative for a signal.
    ended : str
        ``itself``, ``time`` or ``memory``: what ended it.
    output, errors, plan : str
        The beginning of what it printed, and what it wrote as a plan (or printed, where it printed one).
    """

    wall: float
    cpu: float
    mebibytes: float
    code: int
    ended: str
    output: str
    errors: str
    plan: str


def run(command: Sequence[str], domain: Path, problem: Path, limits: Limits, core: int | None = None) -> Run:
    """Run a planner on a problem.

    Parameters
    ----------
    command : sequence of str
        Its arguments; ``{domain}``, ``{problem}``, ``{plan}`` and ``{time}`` in them stand for the files' paths and the
        limit in seconds of wall time.
    domain, problem : Path
        The files.
    limits : Limits
        What it may use.
    core : int, optional
        The core that it is kept on, where the system can do so.
    """
    folder = Path(tempfile.mkdtemp(prefix="ipc-"))
    try:
        plan = folder / "plan"
        values = {"{domain}": str(domain), "{problem}": str(problem), "{plan}": str(plan)}
        values["{time}"] = f"{limits.patience:g}"
        arguments = [_filled(argument, values) for argument in command]
        with (folder / "output").open("wb") as output, (folder / "errors").open("wb") as errors:
            measured = _measure(arguments, folder, output.fileno(), errors.fileno(), limits, core)
        printed = _text(folder / "output")
        found = _text(plan, whole=True) if plan.is_file() else ""
        if not found and "==>" in printed:
            found = _text(folder / "output", whole=True)
        return Run(*measured, output=printed, errors=_text(folder / "errors"), plan=found)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _filled(argument: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        argument = argument.replace(name, value)
    return argument


def _text(path: Path, *, whole: bool = False) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.read() if whole else file.read(MOST_OUTPUT)


def _measure(
    arguments: list[str], folder: Path, output: int, errors: int, limits: Limits, core: int | None
) -> tuple[float, float, float, int, str]:
    """Return wall and processor seconds, mebibytes, the exit code and what ended it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *_paths()])}
    # As for anybody: a planner in Python is not compiled anew at every start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    # Limits are set from outside, right after the start: a function to be called in the child would make starting
    # it slower by the copying of this process, and starting counts.
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
    )
    status, usage, ended = 0, None, "itself"
    try:
        _confine(process.pid, limits, core)
        ended = _wait(process.pid, started, limits)
    finally:
        _kill(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    cpu = usage.ru_utime + usage.ru_stime
    if process.returncode == -signal.SIGXCPU or (limits.clock == "cpu" and cpu >= limits.seconds):
        ended = "time"
    return wall, cpu, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10), process.returncode, ended


def _paths() -> list[str]:
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def _confine(pid: int, limits: Limits, core: int | None) -> None:
    """Limit a process from outside, as far as the system can."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(pid, {core})
    if hasattr(resource, "prlimit"):
        most = int(limits.gib * 2**30)
        resource.prlimit(pid, resource.RLIMIT_AS, (most, most))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
        if limits.clock == "cpu":
            seconds = max(1, round(limits.seconds))
            resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds + 1))


def _wait(pid: int, started: float, limits: Limits) -> str:
    """Wait for a process to end, or for a limit; leave it to be reaped."""
    poll: select.poll | None = None
    descriptor = -1
    if hasattr(os, "pidfd_open"):
        descriptor = os.pidfd_open(pid)
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
    try:
        while True:
            left = limits.patience - (time.perf_counter() - started)
            if left <= 0:
                return "time"
            if poll is not None:
                gone = bool(poll.poll(min(left, LOOK) * 1000))
            else:
                time.sleep(0.001)
                gone = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
            if gone:
                return "itself"
            if _resident(pid) > limits.gib * 2**30:
                return "memory"
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _resident(pid: int) -> int:
    """Return the bytes that a process and those below it have resident, as far as the system tells."""
    total, waiting = 0, [pid]
    page = resource.getpagesize()
    while waiting:
        number = waiting.pop()
        try:
            total += int(Path(f"/proc/{number}/statm").read_text().split()[1]) * page
            for thread in os.listdir(f"/proc/{number}/task"):
                children = Path(f"/proc/{number}/task/{thread}/children").read_text()
                waiting.extend(map(int, children.split()))
        except (OSError, IndexError, ValueError):
            continue  # it ended in between, or the system does not tell
    return total


def _kill(pid: int) -> None:
    """End a process group, whatever is left of it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
