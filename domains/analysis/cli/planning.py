"""Commands that plan and explain, and run nothing: plan, estimate, why, methods."""

from __future__ import annotations

import argparse
import inspect
from pathlib import Path
from typing import Any

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.cli.comparing import chosen, comparison_lines, is_chosen
from domains.analysis.cli.show import estimate_lines, plan_text, print_json
from domains.analysis.domain import ANALYSES, analysis_domain, in_words
from domains.analysis.facts import OPTIONS
from domains.analysis.planner import EstatePlanner
from domains.analysis.proposals.told import proposal_lines
from htn.model.errors import InputError
from htn.plan.explain import explain, reasons
from htn.planning import Constraints
from htn.views.amounts import duration_text
from htn.views.plain import clean
from htn.writing import write_whole

__all__ = ["estimate", "methods", "plan", "plan_from", "planner_for", "why"]


def planner_for(arguments: argparse.Namespace) -> EstatePlanner:
    """Return the planner for the workspace and additions that a command names."""
    from domains.analysis.trusted import remember

    files = getattr(arguments, "domain", ())
    planner = EstatePlanner(arguments.workspace, additions=files)
    if files:
        _ = planner.domain  # what cannot be loaded is not remembered
        remember(arguments.workspace, files)
    return planner


def plan_from(planner: EstatePlanner, arguments: argparse.Namespace) -> AnalysisPlan:
    """Return the plan for a command's question, options, constraints, objective and limits."""
    options, constraints = _asked(arguments)
    if is_chosen(arguments):
        return chosen(planner, arguments, options, constraints).plans[0]
    return planner.plan(arguments.question, options=options, constraints=constraints)


def _asked(arguments: argparse.Namespace) -> tuple[dict[str, str], Constraints]:
    options = {name: value for name in OPTIONS if (value := getattr(arguments, name, None)) is not None}
    constraints = Constraints(
        exclude=tuple(_pair(text) for text in arguments.exclude),
        prefer=tuple((task, method or "") for task, method in map(_pair, arguments.prefer)),
    )
    return options, constraints


def _pair(text: str) -> tuple[str, str | None]:
    task, equals, method = text.partition("=")
    if not task or (equals and not method):
        raise InputError(f"{text!r} is no TASK=METHOD; `estate methods` lists them")
    return task, method or None


def plan(arguments: argparse.Namespace) -> int:
    """Plan a question and show the plan, or the plans to choose from."""
    planner = planner_for(arguments)
    choice = chosen(planner, arguments, *_asked(arguments)) if is_chosen(arguments) else None
    made = plan_from(planner, arguments) if choice is None else choice.plans[0]
    if arguments.out:
        import json

        write_whole(arguments.out, json.dumps(made.to_json(), ensure_ascii=False, indent=1), private=True)
    if arguments.json:
        print_json(choice.to_json() if choice is not None and arguments.compare else made.to_json())
        return 0
    if choice is not None and arguments.compare:
        print("\n".join([clean(f"Question   {made.question}"), "", *comparison_lines(choice)]))
    else:
        print(plan_text(made))
    if arguments.out:
        kept = clean(arguments.out)
        print(f"\nWritten to {kept}; run it with: estate run --plan {kept}")
    return 0


def estimate(arguments: argparse.Namespace) -> int:
    """Say what answering a question will take, step by step and in all; or how estimates held so far."""
    if arguments.report:
        from domains.analysis.cli.calibrating import report

        return report(arguments)
    if not arguments.question:
        raise InputError("give a question, or --report for how estimates held in past runs")
    planner = planner_for(arguments)
    made = plan_from(planner, arguments)
    advice = planner.advice(made) if arguments.advice else []
    if arguments.json:
        steps, said = [s.to_json() for s in made.steps], [each.to_json() for each in advice]
        print_json({"question": made.question, "estimate": made.estimate, "steps": steps, "advice": said})
        return 0
    print("\n".join(clean(line) for line in estimate_lines(made.estimate)))
    critical = made.estimate.get("critical", {})
    print()
    for step in made.steps:
        duration = "?" if step.estimated_duration is None else duration_text(step.estimated_duration)
        share = f"  decides the end in {critical[step.id]:.0%} of runs" if critical.get(step.id, 0) >= 0.01 else ""
        print(f"{duration:>8}  {clean(step.description)}{share}")
    if arguments.advice:
        print("\n" + "\n".join(clean(each.text) for each in advice) if advice else "\nNothing would save a twentieth.")
    return 0


def why(arguments: argparse.Namespace) -> int:
    """Say why a step is there, and for a run what became of it."""
    if Path(arguments.subject).is_file():
        from domains.analysis.trusted import trusted

        made, story = AnalysisPlan.read(arguments.subject), dict[str, Any]()
        trusted(arguments.workspace, made.additions, arguments.domain)
        wanted = arguments.step
    else:
        from domains.analysis.cli.path import step_of_run

        made, wanted, story = step_of_run(arguments.workspace, arguments.subject, arguments.step)
    step = made.plan.step(wanted)
    if arguments.html:
        from htn.views.page import plan_page

        write_whole(arguments.html, plan_page(made.plan.to_json(), made.question), private=True)
    if arguments.json:
        print_json({**reasons(made.plan, step.id, in_words), **story})
        return 0
    print("\n".join(clean(line) for line in explain(made.plan, step.id, in_words).splitlines()))
    sentences = _sentences(made, step.id)
    if sentences:
        print("\n".join(["", *(clean(sentence) for sentence in sentences)]))
    if story:
        from domains.analysis.cli.path import story_lines

        print("\n".join(["", *(clean(line) for line in story_lines(arguments.workspace, arguments.subject, story))]))
    return 0


def _sentences(made: AnalysisPlan, step: str) -> list[str]:
    """Return when each method above a step applies, in the methods' own words."""
    domain = analysis_domain(made.additions)
    found = []
    for node in made.plan.tree.ancestors(step):
        if node.method is not None:
            method = domain.find_method(node.task, node.method)
            found.append(f"{method.name}: {method.applies}")
            found += proposal_lines(node.bindings)
    return found


def methods(arguments: argparse.Namespace) -> int:
    """List every analysis type with its methods: when each applies, its version and where it is written."""
    domain = analysis_domain(arguments.domain)
    tasks = {f"analyse_{name}": name for name in ANALYSES}
    others = [task for task in domain.methods if task not in tasks]
    listed: list[dict[str, Any]] = [
        {
            "task": task,
            "analysis": tasks.get(task),
            "methods": [
                {
                    "name": method.name,
                    "applies": method.applies,
                    "version": method.version,
                    "source": _source(method.function),
                }
                for method in domain.methods.get(task, [])
            ],
        }
        for task in (*tasks, *others)
    ]
    if arguments.json:
        print_json({"tasks": listed})
        return 0
    for entry in listed:
        print(entry["task"])
        for method in entry["methods"]:
            print(f"  {method['name']} (version {method['version']}, {method['source']})")
            print(f"    {method['applies']}")
    return 0


def _source(function: Any) -> str:
    code = inspect.unwrap(function).__code__
    path = Path(code.co_filename)
    try:
        shown = path.relative_to(Path(__file__).parents[3])
    except ValueError:
        shown = path
    return f"{shown}:{code.co_firstlineno}"
