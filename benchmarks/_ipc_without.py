"""The command `htn` with a part switched off: PART[,PART...] ARGUMENTS, for ablations.

A part is a pass of the compiler (filter, feasible, late, lift, settle, cover), a part of the lifted search (memory:
dead ends are not remembered; hasty: no incomplete round comes first), or a member of the portfolio by name, which then
gives up at once; ``only-NAME`` leaves that member alone.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Generator
from typing import Any

__all__ = ["MEMBERS", "PASSES", "SEARCH", "main", "switch_off"]

PASSES = ("filter", "feasible", "late", "lift", "settle", "cover")
SEARCH: dict[str, dict[str, Any]] = {"memory": {"remember": False, "hasty": False}, "hasty": {"hasty": False}}
MEMBERS = ("lifted", "in-sequence", "restarts", "layers", "ff", "add", "depth-first", "tables", "networks")


def switch_off(parts: list[str]) -> None:
    """Switch parts off in this process, before anything of them has been used.

    Raises
    ------
    ValueError
        When there is no such part.
    """
    passes = {part: False for part in parts if part in PASSES}
    settings = {name: value for part in parts for name, value in SEARCH.get(part, {}).items()}
    kept = {part.removeprefix("only-") for part in parts if part.startswith("only-")}
    gone = {part for part in parts if part in MEMBERS}
    known = {*PASSES, *SEARCH, *MEMBERS, *(f"only-{name}" for name in MEMBERS)}
    unknown = [part for part in parts if part not in known]
    if unknown:
        raise ValueError(f"there is no part {unknown[0]!r}; it is one of {', '.join(sorted(known))}")
    if passes:
        _without_passes(passes)
    if settings:
        _with_settings(settings)
    if kept or gone:
        _without_members(lambda name: name in gone or bool(kept and name not in kept))


def _without_passes(passes: dict[str, bool]) -> None:
    from htn.hddl.compile import problem

    vars(problem)["Passes"] = functools.partial(problem.Passes, **passes)


def _with_settings(settings: dict[str, Any]) -> None:
    from htn.planning.search import Search

    usual = Search.__init__

    @functools.wraps(usual)
    def changed(self: Search, *arguments: Any, **given: Any) -> None:
        usual(self, *arguments, **{**given, **settings})

    vars_of: Any = Search
    vars_of.__init__ = changed


def _without_members(gone: Callable[[str], bool]) -> None:
    # The module is changed before the one that runs the members takes the function from it.
    from htn.portfolio import members as module

    usual: Callable[..., dict[str, Any]] = module.members

    @functools.wraps(usual)
    def fewer(*arguments: Any, **given: Any) -> dict[str, Any]:
        return {name: _gives_up if gone(name) else begin for name, begin in usual(*arguments, **given).items()}

    vars(module)["members"] = fewer
    solve = sys.modules.get("htn.portfolio.solve")
    if solve is not None:
        vars(solve)["members"] = fewer


def _gives_up() -> Generator[None, None, str]:
    yield from ()
    return "gave up"


def main() -> int:
    """Switch off, and be `htn`."""
    switch_off(sys.argv[1].split(","))
    from htn.cli import main as htn

    return htn(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
