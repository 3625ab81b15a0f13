"""Domains and problems in files: what the command `htn` is given."""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import Any

from htn.model.domain import Domain
from htn.model.errors import HtnError, InputError
from htn.model.goals import MultiGoal
from htn.model.network import TaskNetwork
from htn.model.record import Record
from htn.model.state import State
from htn.model.values import freeze

__all__ = ["Problem", "is_hddl", "load_domain", "load_problem"]


class Problem(Record):
    """A state and a task list.

    Attributes
    ----------
    state : State
        The facts at the start.
    tasks : list or TaskNetwork
        What is to be done.
    """

    state: State
    tasks: Any


def is_hddl(path: str) -> bool:
    """Whether a file is HDDL: by its name, or by what it begins with, comments aside."""
    suffix = os.path.splitext(path)[1].lower()
    if suffix in (".hddl", ".pddl"):
        return True
    if suffix in (".py", ".json") or not os.path.isfile(path):
        return False
    with open(path, encoding="utf-8", errors="replace") as lines:
        first = next((line.strip() for line in lines if line.strip() and not line.lstrip().startswith(";")), "")
    return first.startswith("(")


def load_domain(path: str) -> Domain:
    """Return the `Domain` that a Python file defines under the name ``domain``.

    Raises
    ------
    InputError
        When the file is not there, does not run, or defines none.
    """
    domain = getattr(_run(path), "domain", None)
    if not isinstance(domain, Domain):
        raise InputError("defines no `domain`: write domain = Domain('mine') and declare on it", path=path)
    return domain


def load_problem(path: str) -> Problem:
    """Return the problem in a file: Python that defines ``state`` and ``tasks``, or JSON with both.

    JSON looks like ``{"state": {"location": {"me": "home"}}, "tasks": [["travel", "me", "park"]]}``. Fluents whose
    arguments are no single string are lists of pairs: ``{"distance": [[["home", "park"], 8]]}``.

    Raises
    ------
    InputError
        When the file cannot be read or is no problem; the message says where.
    """
    if path.endswith(".json"):
        return _from_json(path)
    module = _run(path)
    state, tasks = getattr(module, "state", None), getattr(module, "tasks", None)
    if not isinstance(state, State) or not isinstance(tasks, (list, TaskNetwork)):
        raise InputError("defines no `state` (a State) and `tasks` (a list or TaskNetwork)", path=path)
    return Problem(state, tasks)


def _from_json(path: str) -> Problem:
    import json

    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None
    except ValueError as error:
        raise InputError(f"is not JSON: {error}", path=path, line=getattr(error, "lineno", None)) from None
    if not isinstance(data, dict) or not isinstance(data.get("state"), dict) or not isinstance(data.get("tasks"), list):
        raise InputError('needs an object with "state" (an object) and "tasks" (a list)', path=path)
    state = State(_stem(path))
    for name, value in data["state"].items():
        try:
            setattr(state, name, _fluent(value))
        except (HtnError, TypeError, ValueError) as error:
            raise InputError(f"the fluent {name!r} cannot be read: {error}", path=path) from None
    return Problem(state, [_task(item, path) for item in data["tasks"]])


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _fluent(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: freeze(item) for key, item in value.items()}
    if isinstance(value, list):
        return {freeze(key): freeze(item) for key, item in value}
    return value


def _task(item: Any, path: str) -> Any:
    if isinstance(item, dict):
        return MultiGoal(**{name: _fluent(wanted) for name, wanted in item.items()})
    if not isinstance(item, list):
        raise InputError(f"the task {item!r} is no list of a name and arguments", path=path)
    return freeze(item)


def _run(path: str) -> ModuleType:
    """Import a Python file under a name of its own."""
    import importlib.util
    import traceback

    if not os.path.isfile(path):
        raise InputError("there is no such file", path=path)
    name = f"_htn_file_{_stem(path)}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError("is no Python file (.py)", path=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InputError(f"is not valid Python: {error.msg}", path=path, line=error.lineno) from None
    except Exception as error:  # noqa: BLE001  (whatever a user's file raises is a finding about that file)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        line = frames[-1].lineno if frames else None
        raise InputError(f"{type(error).__name__}: {error}", path=path, line=line) from None
    return module
