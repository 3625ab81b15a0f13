"""GTPyhop's own example domains, loaded from the installed package against whichever planner is wanted.

An example says ``import gtpyhop``. While it is loaded, that name stands for the planner given, so that the same source
makes its domain with GTPyhop, with this engine's ``htn.interop.gtpyhop``, or with a planner written for a comparison.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["PACKAGES", "SCRIPTS", "gtpyhop", "gtpyhop_plan", "load", "problems", "quiet", "recorded"]

SCRIPTS = (
    "simple_htn",
    "simple_hgn",
    "backtracking_htn",
    "logistics_hgn",
    "pyhop_simple_travel_example",
    "simple_htn_acting_error",
    "blocks_htn",
    "blocks_hgn",
    "blocks_gtn",
    "blocks_goal_splitting",
)
"""Examples whose problems are inside their ``main`` functions."""

PACKAGES = (
    "android_netrunner",
    "cybersecurity_attack_planning",
    *(f"colt_express/s{rest}" for rest in ("1_minimal_turn", "2_recursive_round", "3_marshal_expected_effects")),
    *(f"colt_express/s{rest}" for rest in ("4_character_priorities", "5_partial_plan_movement")),
    *(f"control_arena_protocols/{name}_protocol" for name in ("adversarial", "defer_to_resample", "defer_to_trusted")),
    "ipc-2020-total-order/Blocksworld-GTOHP",
    "ipc-2020-total-order/Childsnack",
    *(f"mcp-orchestration/{name}" for name in ("bio_opentrons", "cross_server", "drug_target_discovery")),
    *(f"mcp-orchestration/{name}" for name in ("omega_hdq_dna_bacteria_flex_96_channel", "rikyu_hpc")),
    "mcp-orchestration/tnf_cancer_modelling",
    *(f"memory_tracking/scalable_{name}" for name in ("data_processing", "recursive_decomposition")),
    *(f"poetry/{name}_poetry" for name in ("backtracking", "bidirectional_planning", "candidate_planning")),
    *(f"poetry/{name}_poetry" for name in ("feature_space", "formal_mechanism", "replanning", "structured")),
    *(f"trunk_thumper/{name}" for name in ("s03_basic_attack_or_patrol", "s06_recursive_trunk_replacement")),
    *(f"trunk_thumper/{name}" for name in ("s07_expected_effects_chase", "s08_priority_methods")),
    *(f"trunk_thumper/{name}" for name in ("s09_simultaneous_navigation_and_guard", "s10_partial_plans")),
)
"""Examples that list their problems with ``get_problems``."""

_WANTED_VARIABLE = {"Childsnack": "served", "Blocksworld-GTOHP": "on"}
_loads = count()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what is printed from the screen."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def gtpyhop() -> ModuleType:
    """Return GTPyhop itself, imported without its greeting."""
    os.environ["GTPYHOP_QUIET"] = "true"
    with quiet():
        return importlib.import_module("gtpyhop")


def _folder() -> Path:
    return Path(next(iter(importlib.import_module("gtpyhop.examples").__path__)))


@contextlib.contextmanager
def _standing_in(planner: ModuleType) -> Iterator[None]:
    """Let ``gtpyhop`` mean the planner for a while."""
    theirs = gtpyhop()
    harness = importlib.import_module("gtpyhop.test_harness")
    saved = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "gtpyhop"}
    try:
        if planner is not theirs:
            for name in saved:
                del sys.modules[name]
            sys.modules["gtpyhop"] = planner
            sys.modules["gtpyhop.test_harness"] = harness
            planner.test_harness = harness  # type: ignore[attr-defined]  # as importing a submodule would do
        yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "gtpyhop"]:
            del sys.modules[name]
        sys.modules.update(saved)


def load(example: str, planner: ModuleType) -> ModuleType:
    """Return an example's module, made with the planner."""
    path = _folder() / example
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    name = f"shipped_{next(_loads)}_{path.name.replace('-', '_')}"
    folders = [str(path)] if path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, source, submodule_search_locations=folders)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    known = list(sys.path)
    with _standing_in(planner), quiet():
        sys.modules[name] = module
        spec.loader.exec_module(module)
    sys.path[:] = known  # some examples add folders to it
    return module


def problems(example: str, module: ModuleType, planner: ModuleType) -> dict[str, tuple[Any, list[Any]]]:
    """Return an example's problems by name as (state, task list), those that must fail included."""
    found = dict(module.get_problems())
    if hasattr(module, "get_trap_problems"):
        found |= {f"trap {name}": problem for name, problem in module.get_trap_problems().items()}
    variable = _WANTED_VARIABLE.get(example.rpartition("/")[2])
    made: dict[str, tuple[Any, list[Any]]] = {}
    for name, (state, tasks, *_) in found.items():
        if variable is not None:
            made[name] = (state, [planner.Multigoal(name, **{variable: tasks})])
        else:
            made[name] = (state, tasks)
    return made


def gtpyhop_plan(
    domain: Any, state: Any, tasks: list[Any], strategy: str = "seek_plan_iterative_backtracking"
) -> list[Any] | None:
    """Return GTPyhop's plan by the function of the given name, or None."""
    main = importlib.import_module("gtpyhop.main")
    main.verbose = 0  # type: ignore[attr-defined]  # set_verbose_level prints
    main.set_current_domain(domain)
    plan = getattr(main, strategy)(state, tasks, [], 0)
    return None if plan is False or plan is None else list(plan)


def recorded(example: str, planner: ModuleType, *, act: bool = True) -> list[tuple[list[Any], Any, Any]]:
    """Run an example's ``main`` and return what it planned and did, in order, as (task list, state before, result).

    The result of planning is a plan, or False; that of acting the final state. The example's own checks of its results
    run too, and raise where a result is not what its author expected.
    """
    calls: list[tuple[list[Any], Any, Any]] = []
    own: Any = planner

    def find_plan(state: Any, tasks: list[Any]) -> Any:
        before = state.copy(state.__name__)
        if own is gtpyhop():
            found = importlib.import_module("gtpyhop.main").seek_plan_iterative_backtracking(state, tasks, [], 0)
        else:
            found = own.find_plan(state, tasks)
        calls.append((list(tasks), before, found))
        return found

    def run_lazy_lookahead(state: Any, tasks: list[Any], max_tries: int = 10) -> Any:
        before = state.copy(state.__name__)
        final = own.run_lazy_lookahead(state, tasks, max_tries)
        calls.append((list(tasks), before, final))
        return final

    stand_in = type(planner)("gtpyhop")  # with the settings that are attributes of the module, where it has such
    vars(stand_in).update({name: value for name, value in vars(own).items() if not name.startswith("__")})
    vars(stand_in).update(find_plan=find_plan, pyhop=find_plan, run_lazy_lookahead=run_lazy_lookahead)
    vars(stand_in).update(get_recursive_planning=lambda: True)  # some examples skip themselves otherwise
    module = load(example, stand_in)
    with quiet(), _standing_in(stand_in):
        main = getattr(module, "main", None)
        if main is None:
            module.main_legacy()
        else:
            main(False)  # without pauses
    return calls
