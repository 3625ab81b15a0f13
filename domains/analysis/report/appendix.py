"""The appendix of a report: the plan as it went, what it cost, what the data are, how to ask on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domains.analysis.report.content import Amount, StepRow
from domains.analysis.report.figures import bytes_in_words, count, duration
from domains.analysis.scope import describe
from htn.views.document import one_line, walk

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["commands", "cost_rows", "data_rows", "step_rows", "synthetic_words", "tree_lines"]

Document = Mapping[str, Any]


def tree_lines(plan: Document) -> tuple[str, ...]:
    """Return the decomposition in the words of its steps, with the methods that were left and why."""
    if not plan.get("tree"):
        return ()
    steps = {step["id"]: (place, step) for place, step in enumerate(plan.get("steps", ()), 1)}
    lines: list[str] = []
    bars: list[str] = []  # for each level, what runs down from it beside the lines below
    for visit in walk(plan):
        del bars[max(0, visit.depth - 1) :]
        lead, corner = "".join(bars), ""
        if visit.depth:
            corner = "└─ " if visit.last else "├─ "
            bars.append("   " if visit.last else "│  ")
        lines.append(f"{lead}{corner}{_node_in_words(visit.node, steps)}")
        under = "".join(bars) + ("│   " if visit.node.get("children") else "    ")
        for left in visit.node.get("tried", ()):
            lines.append(f"{under}not {_spaced(left['method'])}: {left['reason']}")
    return tuple(map(one_line, lines))


def _node_in_words(node: Document, steps: Mapping[str, tuple[int, Document]]) -> str:
    """Return a step by its number and description, anything else by its task and how it is met."""
    if node["id"] in steps:
        place, step = steps[node["id"]]
        words = f"{place}. {step.get('description') or _spaced(step['task'])}"
    else:
        about = [_argument_in_words(item) for item in node.get("args", ())]
        words = f"{_spaced(node['task']).capitalize()}: {', '.join(about)}" if about else _spaced(node["task"])
    if node.get("kind") == "deferred":
        return f"{words}; open until its facts are known"
    return f"{words}; by {_spaced(node['method'])}" if node.get("method") else words


def _argument_in_words(argument: Any) -> str:
    """Return an argument of a task: a scope in words, anything else as it is."""
    if not isinstance(argument, (list, tuple)):
        return str(argument)
    if all(isinstance(item, (list, tuple)) and [type(part) for part in item] == [str, str] for item in argument):
        return describe(tuple((key, value) for key, value in argument))
    return "; ".join(map(_argument_in_words, argument))


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def step_rows(plan: Document, agents: Document, durations: Document, status: Document) -> tuple[StepRow, ...]:
    """Return the plan's steps, each as it was expected and as it went.

    Parameters
    ----------
    plan : Mapping
        A plan's JSON.
    agents : Mapping
        Specialist by capability, for steps that nobody has taken up.
    durations : Mapping
        Expected seconds by step id.
    status : Mapping
        A run's status; empty when the plan was not run. ``verdicts`` in it holds what criteria said, by step id.
    """
    number = {step["id"]: place for place, step in enumerate(plan.get("steps", ()), 1)}
    went = {step["id"]: step for step in status.get("steps", ())}
    rows = []
    for step in plan.get("steps", ()):
        now = went.get(step["id"], {})
        verdicts = {item["name"]: bool(item["met"]) for item in status.get("verdicts", {}).get(step["id"], ())}
        expected = durations.get(step["id"], now.get("estimated"))
        rows.append(
            StepRow(
                number=number[step["id"]],
                id=step["id"],
                description=step.get("description") or step["task"],
                agent=now.get("agent") or agents.get(step.get("capability", ""), "") or "nobody yet",
                status="open" if step.get("deferred") else now.get("status", "planned"),
                expected=duration(expected),
                took=duration(now["actual"]) if now.get("actual") is not None else "–",
                criteria=tuple((name, verdicts.get(name)) for name in step.get("criteria", ())),
                after=tuple(sorted(number[before] for before in step.get("dependencies", ()) if before in number)),
                message=now.get("message") or "",
            )
        )
    return tuple(rows)


def cost_rows(estimate: Document, status: Document) -> tuple[Amount, ...]:
    """Return what the run was expected to take, and what it took; what is not known says so."""
    totals: Document = estimate.get("totals", {})
    usage = list(status.get("usage", {}).values())
    over = bool(status.get("run", {}).get("finished"))
    worked = [step["actual"] for step in status.get("steps", ()) if step.get("actual") is not None]
    tokens = {name: sum(int(item.get(name, 0)) for item in usage) for name in ("input_tokens", "output_tokens")}
    memory = max((int(item["peak_memory_bytes"]) for item in usage if item.get("peak_memory_bytes")), default=None)
    called = any(tokens.values())
    rows = [
        Amount(
            "from start to end",
            duration(status.get("elapsed")) + ("" if over else " so far") if status else "not run",
            _range(totals.get("seconds"), duration),
        ),
        Amount(
            "work of all steps together",
            duration(sum(worked)) if worked else "unknown",
            _range(estimate.get("work_seconds"), duration),
        ),
        Amount("tokens to models", count(tokens["input_tokens"]), _range(totals.get("input_tokens"), count)),
        Amount("tokens from models", count(tokens["output_tokens"]), _range(totals.get("output_tokens"), count)),
        Amount(
            "memory, most at once",
            "unknown" if memory is None else bytes_in_words(memory),
            _range(totals.get("memory_bytes"), bytes_in_words),
        ),
    ]
    # what tokens cost is settled by a price list that no run keeps
    spent = "unknown" if called or not status else "none: no model was called"
    return (*rows, Amount("money", spent, _range(totals.get("money"), lambda amount: f"{amount:,.2f}")))


def _range(known: Document | None, show: Any) -> str:
    """Return an estimate as its median and the range that holds eight runs of ten."""
    if not known:
        return "unknown"
    low, middle, high = (show(known[name]) for name in ("p10", "p50", "p90"))
    return str(middle) if low == high else f"{middle} ({low} to {high})"


_ROWS = (
    ("calls", "calls"),
    ("turns of calls", "turns"),
    ("deals", "opportunities"),
    ("stage changes", "stage_history"),
    ("accounts", "accounts"),
    ("reps", "reps"),
    ("products", "products"),
    ("content pieces", "content"),
    ("uses of content", "content_use"),
    ("trainings", "trainings"),
    ("quotas", "quotas"),
    ("competitors", "competitors"),
)
_DATES = (("calls held", "call_dates"), ("deals begun", "engage_dates"), ("deals closed", "close_dates"))


def data_rows(summary: Document) -> tuple[Amount, ...]:
    """Return what the workspace holds, from its summary."""
    return tuple(_data(summary)) if summary else ()


def _data(summary: Document) -> Iterator[Amount]:
    for name, table in _ROWS:
        yield Amount(name, count(summary["rows"].get(table, 0)))
    for name, key in _DATES:
        span = summary.get(key)
        yield Amount(name, f"{span[0]} to {span[1]}" if span else "no date recorded")
    yield Amount("files read in", count(summary["files"]))
    yield Amount("remarks on what was read in", count(summary["issues"]))


def synthetic_words(workspace: Workspace) -> str | None:
    """Return a sentence on the calls that say that they are synthetic, or None when none does.

    A call says so where its source or its title holds the word. Tables of a CRM keep no source, so in a workspace
    without calls nothing can be said.
    """
    calls = workspace.calls()
    said = sum("synthetic" in f"{call.source or ''} {call.title or ''}".casefold() for call in calls)
    if not said:
        return None
    which = f"{said:,} of {len(calls):,} calls of this workspace are labelled as synthetic"
    if 2 * said < len(calls):
        return f"{which}."
    # exports lose labels; where most calls say so, what is beside them is no more real
    return f"{which}. Take no person, firm, deal or number in this report for real."


def commands(run: str, steps: Sequence[StepRow]) -> tuple[tuple[str, str], ...]:
    """Return what to type to ask on, with what it tells."""
    if not run:
        return ()
    example = steps[-1].id[:8] if steps else "STEP"
    return (
        (f"estate why {run} {example}", "why a step is there, what it used, and what happened to it"),
        (f"estate show {run}", "how the run went, step by step"),
    )
