"""What the project promises of itself: sizes, layers' imports, pins, names, and nothing left unfinished."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("htn", "domains", "estimators")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Written in parts, so that this file does not contain what it forbids.
REGISTRY_HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"))]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "X" * 3]


@cache
def own_files() -> list[Path]:
    """Return the project's own text files: what git tracks, or without git all but caches and environments."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode == 0:
        paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    else:
        skipped = re.compile(r"/(\.venv[^/]*|\.[a-z]+_cache|__pycache__|\.hypothesis|build|dist|\.demo)/")
        paths = [path for path in ROOT.rglob("*") if not skipped.search(path.as_posix())]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def texts() -> dict[str, str]:
    """Return the text of every file by its path from the root."""
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in own_files()}


def modules() -> dict[str, str]:
    """Return the text of every Python file by its path from the root."""
    return {name: text for name, text in texts().items() if name.endswith(".py")}


def test_no_module_is_longer_than_600_lines():
    """A module that nobody wants to open has become two ideas."""
    assert {} == {name: text.count("\n") for name, text in modules().items() if text.count("\n") > 600}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package):
    """Without the marker, a user's type checker ignores all annotations."""
    assert (ROOT / package / "py.typed").is_file()


def test_no_file_names_a_registry_host():
    """Where packages come from is the installer's affair: a host name here would break mirrors."""
    assert [] == [name for name, text in texts().items() for host in REGISTRY_HOSTS if host in text]


def test_nothing_is_left_unfinished():
    """Work that remains belongs in an issue, where it can be seen."""
    words = re.compile(rf"\b({'|'.join(UNFINISHED)})\b")
    assert [] == [name for name, text in modules().items() if words.search(text)]


def test_no_file_speaks_of_a_machine():
    """Paths of somebody's home or build machine mean nothing to others."""
    places = re.compile(r"(?<![\w.])/(home|Users|root|work|opt)/\w+")
    assert {} == {name: places.findall(text) for name, text in texts().items() if places.search(text)}


def test_constraints_pin_exact_versions_and_nothing_else():
    """Each line is name==version: no hosts, no paths, no ranges."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [] == [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", line)]


def test_every_declared_dependency_is_pinned_within_its_range():
    """What is declared is what continuous integration tests."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {canonical(name): version for name, _, version in (line.partition("==") for line in lines) if version}
    project = PYPROJECT["project"]
    declared = [*project["dependencies"], *PYPROJECT["build-system"]["requires"]]
    declared += [line for extra in project["optional-dependencies"].values() for line in extra]
    requirements = [requirement for requirement in map(Requirement, declared) if requirement.name != project["name"]]
    unpinned = [each.name for each in requirements if canonical(each.name) not in pins]
    outside = [each.name for each in requirements if not each.specifier.contains(pins.get(canonical(each.name), "0"))]
    assert ([], []) == (unpinned, outside)


# One package name that many distributions share: what is imported of it, and what is loaded by name.
SHARED = {"opentelemetry": ["opentelemetry-api", "opentelemetry-exporter-otlp-proto-http", "opentelemetry-sdk"]}


def imported() -> dict[str, str]:
    """Return the distributions that the packages import, each with a module that does."""
    provided_by = packages_distributions()
    found: dict[str, str] = {}
    for name, text in modules().items():
        if not name.startswith(tuple(f"{package}/" for package in PACKAGES)):
            continue
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            tops = {each.partition(".")[0] for each in names} - set(PACKAGES) - sys.stdlib_module_names
            for top in tops:
                found.update(dict.fromkeys(map(canonical, SHARED.get(top) or provided_by.get(top, [top])), name))
    return found


def declared_for_users() -> set[str]:
    """Return the distributions that the base and the extras for users install by name."""
    project = PYPROJECT["project"]
    lines = [*project["dependencies"]]
    for extra in (
        "durable",
        "team",
        "estate",
        "claude",
        "estimators",
        "parquet",
        "sat",
        "schedule",
        "unified-planning",
        "ui",
        "telemetry",
    ):
        lines += project["optional-dependencies"].get(extra, [])
    return {canonical(Requirement(line).name) for line in lines} - {project["name"]}


def test_everything_imported_is_declared():
    """What a module imports is installed because some extra asks for it, not because something else happens to."""
    assert {} == {name: module for name, module in imported().items() if name not in declared_for_users()}


def test_everything_declared_is_imported():
    """Nobody has to install what no module uses."""
    assert set() == declared_for_users() - set(imported())


def canonical(name: str) -> str:
    """Return a distribution's name as the registry compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_traceroute_tool_is_not_a_dependency():
    """The registry's package called pyhop is not the planner (docs/decisions/14)."""
    declared = re.findall(r'"([a-z0-9-]+)[\[<>=]', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "networkx" in declared
    assert "pyhop" not in declared


def test_the_base_stays_light():
    """Planning needs networkx and numpy only; all else is an extra."""
    names = {Requirement(line).name for line in PYPROJECT["project"]["dependencies"]}
    assert names == {"networkx", "numpy"}


@pytest.mark.parametrize("script", PYPROJECT["project"]["scripts"])
def test_console_scripts_lead_somewhere(script):
    """Every command that installing creates is a function that exists."""
    module, _, function = PYPROJECT["project"]["scripts"][script].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def recipes() -> set[str]:
    """Return the names of the Makefile's recipes that say what they do."""
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_documented_make_commands_exist(document):
    """A newcomer's first command must not fail for want of a recipe."""
    text = (ROOT / document).read_text(encoding="utf-8")
    in_code = set(re.findall(r"(?:`|^ {4}|^)make ([a-z]+)", text, flags=re.M))
    assert in_code
    assert in_code <= recipes()


def test_scripts_of_continuous_integration_can_be_started():
    """They are executable and valid bash."""
    for name in ("run", "setup"):
        path = ROOT / ".ci" / name
        assert path.stat().st_mode & 0o100
        subprocess.run(["bash", "-n", str(path)], check=True)


HEAVY = {
    "anthropic",
    "dbos",
    "pandas",
    "pydantic",
    "rich",
    "scipy",
    "sklearn",
    "sqlalchemy",
    "statsmodels",
    "streamlit",
    "unified_planning",
}


@pytest.mark.parametrize(
    "imports", ["htn.model, htn.planning, htn.plan", "htn.views.html, htn.scheduling.simulate", "estimators.prior"]
)
def test_planning_and_showing_load_nothing_heavy(imports):
    """The engine starts quickly: what runs, learns or calls models is loaded only to do so."""
    code = f"import sys, {imports}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set() == set(loaded.stdout.split()) & HEAVY
