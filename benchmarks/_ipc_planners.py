"""The planners: ours in its variants, those that can be installed beside it, and any other by its command."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from benchmarks._ipc_without import MEMBERS, PASSES, SEARCH

__all__ = ["BUILT_IN", "PARTS", "Planner", "planner"]

ROOT = Path(__file__).parents[1]
PARTS = (*PASSES, *SEARCH, *MEMBERS)
"""What can be switched off in ours."""

_CODES = {10: "unsolvable", 21: "timeout", 22: "nothing", 23: "memory", 30: "error", 31: "error", 32: "error"}


@dataclass(frozen=True)
class Planner:
    """How a planner is run.

    Attributes
    ----------
    name : str
        What it is called in the tables.
    command : tuple of str
        Its arguments with placeholders, see `benchmarks._ipc_run.run`.
    version : str
        Changes when its results may change.
    ours : bool
        Whether it is this project's; lengths of ours are left out of the reference.
    codes : mapping
        From exit codes to what they say where there is no plan.
    """

    name: str
    command: tuple[str, ...]
    version: str
    ours: bool = False
    codes: Mapping[int, str] = field(default_factory=dict)


@cache
def _source_version() -> str:
    """Return a digest of the engine's source."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "htn").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _htn(name: str, *options: str, without: str = "") -> Planner:
    """Return ours with more options, or with a part switched off: the console script where it is installed."""
    script = shutil.which("htn", path=str(Path(sys.executable).parent))
    start = [script] if script else [sys.executable, "-m", "htn"]
    if without:
        start = [sys.executable, str(Path(__file__).with_name("_ipc_without.py")), without]
    files = ["solve", "{domain}", "{problem}", "--plan", "{plan}", "--time-limit", "{time}"]
    return Planner(name, (*start, *files, *options), _source_version(), ours=True, codes=_CODES)


def _up_aries(name: str) -> Planner:
    version = "+".join(importlib.metadata.version(package) for package in ("up-aries", "unified-planning"))
    script = str(Path(__file__).with_name("_ipc_up_aries.py"))
    return Planner(name, (sys.executable, script, "{domain}", "{problem}", "{plan}"), version)


BUILT_IN: dict[str, Callable[[], Planner]] = {
    "htn": partial(_htn, "htn"),
    "htn-phases": partial(_htn, "htn-phases", "--json"),
    "htn-improve": partial(_htn, "htn-improve", "--improve", "10"),
    **{f"htn-without-{part}": partial(_htn, f"htn-without-{part}", without=part) for part in PARTS},
    **{f"htn-only-{member}": partial(_htn, f"htn-only-{member}", without=f"only-{member}") for member in MEMBERS},
    "up-aries": partial(_up_aries, "up-aries"),
}
"""Planners that need no command, by name."""


def planner(given: str) -> Planner:
    """Return a planner by its name, or by ``name=command``.

    A command without ``{domain}`` gets domain, problem and plan as its last arguments.

    Raises
    ------
    ValueError
        When there is no such planner.
    """
    if given in BUILT_IN:
        try:
            return BUILT_IN[given]()
        except importlib.metadata.PackageNotFoundError as missing:
            raise ValueError(f"{given} needs the package {missing.name}") from None
    named = re.fullmatch(r"([\w.+-]+)=(.+)", given, re.DOTALL)
    if named is None:
        raise ValueError(f"{given!r} is no planner: give name=command, or one of {', '.join(BUILT_IN)}")
    name, command = named[1], shlex.split(named[2])
    program = shutil.which(command[0])
    if program is None:
        raise ValueError(f"the command of {name} is not there: {command[0]}")
    # The planner runs in a folder of its own.
    arguments = [str(Path(program).absolute()), *(_absolute(argument) for argument in command[1:])]
    if not any("{domain}" in argument for argument in arguments):
        arguments += ["{domain}", "{problem}", "{plan}"]
    return Planner(name, tuple(arguments), hashlib.sha256(named[2].encode()).hexdigest()[:12])


def _absolute(argument: str) -> str:
    path = Path(argument)
    return str(path.absolute()) if path.exists() else argument
