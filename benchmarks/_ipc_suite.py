"""Which problems a suite of the planning competition has: domain and problem files in pairs, and samples of them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SAMPLES", "Instance", "choose", "instances", "suites"]

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "ipc2020"
SAMPLES = ("thirds", "halves", "first", "all")


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem with its domain.

    Attributes
    ----------
    suite, domain, name : str
        The names of the two folders, and the file's without its ending.
    domain_file, problem_file : Path
        The two files.
    """

    suite: str
    domain: str
    name: str
    domain_file: Path
    problem_file: Path

    @property
    def key(self) -> str:
        """The instance's name among all."""
        return f"{self.suite}/{self.domain}/{self.name}"


def suites(given: Sequence[str]) -> list[Path]:
    """Return the folders of suites: those given, the folders below them, or those of the competition's data.

    Without any given, the data is looked for where the environment variable ``IPC2020`` says, else in
    ``../shared/data/ipc2020``, seen from the project.
    """
    found = []
    for path in [Path(each) for each in given] or [Path(os.environ.get("IPC2020", DEFAULT))]:
        tracks = [path / track for track in ("total-order", "partial-order") if (path / track).is_dir()]
        found.extend(tracks or [path])
    return [path.resolve() for path in found if path.is_dir()]


def instances(suite: Path) -> dict[str, list[Instance]]:
    """Return the instances of a suite by domain, both in the order of their names.

    A suite has a folder for each domain; a suite with HDDL files of its own is one domain. A problem's domain is
    ``<problem>-domain.hddl``, or ``domain-<problem>.hddl``, where there is such a file, else ``domain.hddl``. Folders
    within a domain's folder do not count.
    """
    folders = [suite] if any(suite.glob("*.hddl")) else sorted(path for path in suite.iterdir() if path.is_dir())
    found = {}
    for folder in folders:
        pairs = _pairs(folder)
        if pairs:
            found[folder.name] = [
                Instance(suite.name, folder.name, problem.stem, domain, problem) for domain, problem in pairs
            ]
    return found


def _pairs(folder: Path) -> list[tuple[Path, Path]]:
    files = sorted(path for path in folder.iterdir() if path.suffix == ".hddl" and path.is_file())
    domains = {path.stem: path for path in files if re.search(r"^domain(-|$)|-domain$", path.stem)}
    pairs = []
    for path in files:
        own = [f"{path.stem}-domain", f"domain-{path.stem}", "domain"]
        domain = next((domains[name] for name in own if name in domains), None)
        if path.stem not in domains and domain is not None:
            pairs.append((domain, path))
    return pairs


def choose(found: dict[str, list[Instance]], sample: str) -> list[Instance]:
    """Return a sample of a suite.

    ``thirds`` takes the first instance of each domain and those at one third and two thirds by name, ``halves`` the
    first and the one at half, ``first`` the first, ``all`` everything.
    """
    parts = {"thirds": 3, "halves": 2, "first": 1}
    chosen: list[Instance] = []
    for of_domain in found.values():
        places: Sequence[int] = range(len(of_domain))
        if sample != "all":
            places = sorted({len(of_domain) * part // parts[sample] for part in range(parts[sample])})
        chosen.extend(of_domain[place] for place in places)
    return chosen
