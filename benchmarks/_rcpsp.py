"""PSPLIB's instances of resource-constrained project scheduling, as this project's words."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from htn.scheduling.work import SharedResource, Work, WorkPlan

__all__ = ["DEFAULT", "Project", "best_known", "instances", "parse_sm", "sample"]

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "rcpsp"


@dataclass(frozen=True)
class Project:
    """One instance.

    Attributes
    ----------
    name : str
        "j3013_2".
    work : WorkPlan
        Its steps and resources.
    best : float or None
        The shortest makespan known; for j30 all are proved.
    """

    name: str
    work: WorkPlan
    best: float | None


def instances(folder: Path) -> list[Project]:
    """Return the instances of a folder, from ``*.jsonl.gz`` (with the best known values) and PSPLIB's ``*.sm``.

    The best known values of ``.sm`` files are read from ``*opt.sm`` or ``*hrs.sm`` beside them, as PSPLIB has them.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        found += [Project(row["name"], _work(row), row["best_upper"]) for row in rows]
    known: dict[str, float] = {}
    lists = [path for path in sorted(folder.glob("*.sm")) if path.stem.endswith(("opt", "hrs"))]
    for path in lists:
        known |= best_known(path.read_text(encoding="latin-1"))
    for path in sorted(set(folder.glob("*.sm")) - set(lists)):
        found.append(Project(path.stem, parse_sm(path.read_text(encoding="latin-1")), known.get(path.stem)))
    return found


def _work(row: dict[str, Any]) -> WorkPlan:
    before: list[list[str]] = [[] for _ in row["duration"]]
    for step, after in enumerate(row["successors"]):
        for each in after:
            before[each].append(str(step))
    steps = []
    for step, seconds in enumerate(row["duration"]):
        uses = {f"R{number}": amount for number, amount in enumerate(row["demand"][step], start=1) if amount}
        steps.append(Work(str(step), float(seconds), tuple(before[step]), uses=uses))
    resources = tuple(SharedResource(f"R{number}", size) for number, size in enumerate(row["capacity"], start=1))
    return WorkPlan(tuple(steps), resources=resources)


def parse_sm(text: str) -> WorkPlan:
    """Return the problem of a single-mode file in PSPLIB's format.

    Raises
    ------
    ValueError
        If a section is missing.
    """
    sections = re.split(r"^\*+\s*$", text, flags=re.MULTILINE)
    relations, requests, sizes = (_section(sections, title) for title in ("PRECEDENCE", "REQUESTS", "RESOURCEAVAIL"))
    row: dict[str, Any] = {"capacity": sizes[-1], "successors": [], "duration": [], "demand": []}
    for numbers in relations:
        row["successors"].append([job - 1 for job in numbers[3:]])
    for numbers in requests:
        row["duration"].append(numbers[2])
        row["demand"].append(numbers[3:])
    return _work(row)


def _section(sections: list[str], title: str) -> list[list[int]]:
    """Return the rows of numbers of a section."""
    for section in sections:
        if section.lstrip().startswith(title):
            lines = [line.split() for line in section.splitlines()]
            return [[int(word) for word in line] for line in lines if line and all(word.isdigit() for word in line)]
    raise ValueError(f"there is no section {title}: this is not a single-mode file of PSPLIB")


def best_known(text: str) -> dict[str, float]:
    """Return the makespans that PSPLIB lists, by instance: rows of parameter, instance and makespan.

    The set's name is taken from the list's heading; j30's instance 2 of parameter 13 is j3013_2.
    """
    heading = re.search(r"j\d+", text, flags=re.IGNORECASE)
    name = heading.group().lower() if heading else ""
    rows = re.findall(r"^\s*(\d+)\s+(\d+)\s+(\d+)", text, flags=re.MULTILINE)
    return {f"{name}{parameter}_{number}": float(makespan) for parameter, number, makespan in rows}


QUICK = ("j301_1", "j305_3", "j309_4", "j3013_9", "j3017_2", "j3021_7", "j3029_1", "j3033_5", "j3041_8", "j3045_4")
"""What --quick measures: from easy to hard."""


def sample(projects: list[Project], part: str) -> list[Project]:
    """Return a part: "quick" (ten by name), "sample" (every eighth), "hard" (sets 13, 29 and 45) or "all"."""
    if part == "quick":
        return [project for project in projects if project.name in QUICK]
    if part == "hard":
        return [project for project in projects if re.fullmatch(r"j30(13|29|45)_\d+", project.name)]
    return projects if part == "all" else projects[::8]
