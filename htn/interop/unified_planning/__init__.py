"""unified-planning: this planner as an engine of it, and its hierarchical problems and plans as HDDL and back.

`register` makes the engines known to unified-planning. `to_hddl`, `from_hddl`, `to_up_plan` and `from_up_plan` carry
problems and plans over. They need the extra ``unified-planning``, and load it when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from htn.model.errors import HtnError

if TYPE_CHECKING:
    from htn.interop.unified_planning.errors import UnsupportedError
    from htn.interop.unified_planning.hddl_to_problem import from_hddl
    from htn.interop.unified_planning.plans import from_up_plan, to_up_plan
    from htn.interop.unified_planning.problem_to_hddl import to_hddl
    from htn.interop.unified_planning.translation import Translation

__all__ = [
    "ENGINES",
    "MissingPackageError",
    "Translation",
    "UnsupportedError",
    "from_hddl",
    "from_up_plan",
    "register",
    "to_hddl",
    "to_up_plan",
]

ENGINES = {
    "htn": ("htn.interop.unified_planning.planner", "HtnPlanner"),
    "htn-replanner": ("htn.interop.unified_planning.replanner", "HtnReplanner"),
    "htn-validator": ("htn.interop.unified_planning.validator", "HtnValidator"),
}
"""The engines: for each name its module and its class."""

_MODULES = {
    "Translation": "translation",
    "UnsupportedError": "errors",
    "from_hddl": "hddl_to_problem",
    "from_up_plan": "plans",
    "to_hddl": "problem_to_hddl",
    "to_up_plan": "plans",
}


class MissingPackageError(HtnError):
    """The package unified-planning is not installed."""

    code = "missing-package"
    exit_code = 50


def register(environment: Any = None) -> None:
    """Make the engines known to unified-planning, so that it finds them by name or by a problem's kind.

    Engines that are known already stay as they are.

    Parameters
    ----------
    environment : unified_planning.environment.Environment, optional
        Where to; the global one by default.

    Raises
    ------
    MissingPackageError
        When unified-planning is not installed.

    Examples
    --------
    >>> from unified_planning.shortcuts import OneshotPlanner, get_environment
    >>> register()
    >>> [name for name in get_environment().factory.engines if name.startswith("htn")]
    ['htn', 'htn-replanner', 'htn-validator']
    """
    factory = (environment or _load("unified_planning.shortcuts").get_environment()).factory
    for name, (module, engine) in ENGINES.items():
        if name not in factory.engines:
            factory.add_engine(name, module, engine)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_load(f"{__name__}.{_MODULES[name]}"), name)


def _load(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "unified_planning":
            raise
        message = "unified-planning is not installed; install it with pip install 'htn[unified-planning]'"
        raise MissingPackageError(message) from None
