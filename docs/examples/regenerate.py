"""Makes the example reports of this folder anew: the synthetic sample, seven questions, seven reports of each sort.

    python docs/examples/regenerate.py [NAME ...]

The steps of every plan are carried out one after the other by the local analysts, in this process: no run is kept, so
that nothing in a report depends on the clock, and the same sample gives the same files.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from domains.analysis.artifacts import Artifact
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.criteria import criterion
from domains.analysis.planner import EstatePlanner
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.report import Report, build_report
from domains.analysis.review import ReviewedAnswer
from domains.analysis.sample import generate, write

HERE = Path(__file__).parent
# The account is the one with most calls.
QUESTIONS = {
    "prospect": "Where do we stand with {account}, and who decides there?",
    "pattern": "What objections come up most often?",
    "competitive": "Where do we lose to competitors?",
    "pipeline": "What will the next quarter bring in?",
    "performance": "Who needs coaching, and on what?",
    "enablement": "Which content and trainings go with better outcomes?",
    "custom": "Win rate by region and quarter, and also the average deal size by product.",
}


def report(workspace: Workspace, question: str) -> Report:
    """Return the report on a question whose plan's steps are carried out here."""
    known = capabilities()
    planned = EstatePlanner(workspace.folder).plan(question)
    made: dict[str, Artifact] = {}
    for step in planned.plan.steps:
        inputs = Inputs((made[one.id] for one in planned.plan.steps if one.id in step.causal), step.args)
        made[step.id] = known[step.capability].analyst(workspace, step.args[-1], inputs)
    final = [item for item in made.values() if isinstance(item, ReviewedAnswer)][-1]
    document = planned.to_json()
    steps = [{"id": step.id, "status": "done"} for step in planned.plan.steps]
    verdicts = {
        step.id: [{"name": name, "met": criterion(name).check(made[step.id]) is None} for name in step.criteria]
        for step in planned.plan.steps
    }
    return build_report(
        question=question,
        assessment=document["assessment"],
        plan=planned.plan.to_json(),
        answer=final.model_dump(mode="json"),
        artifacts={step: (type(item).__name__, item.model_dump(mode="json")) for step, item in made.items()},
        status={"run": {"status": "completed"}, "steps": steps, "verdicts": verdicts},
        estimate={},
        workspace=workspace,
        agents=document.get("agents") or {},
    )


def regenerate(names: Sequence[str], folder: Path = HERE) -> None:
    """Write the reports of some analyses into a folder, as Markdown and as HTML."""
    with tempfile.TemporaryDirectory() as place:
        write(generate(), Path(place) / "sample")
        with Workspace.open(Path(place) / "workspace", create=True) as workspace:
            ingest(workspace, [Path(place) / "sample"])
            held = Counter(call.account for call in workspace.calls() if call.account)
            account = min(held, key=lambda name: (-held[name], name))
            for name in names:
                made = report(workspace, QUESTIONS[name].format(account=account))
                (folder / f"{name}.md").write_text(made.to_markdown(), encoding="utf-8")
                (folder / f"{name}.html").write_text(made.to_html(), encoding="utf-8")


if __name__ == "__main__":
    regenerate(sys.argv[1:] or list(QUESTIONS))
