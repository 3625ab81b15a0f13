"""Numbers of a real CRM, asked for in words, against SQL that was written apart; and forecasts against what came.

    python benchmarks/crm_truth.py [FOLDER] --json crm.json

FOLDER holds `sales_pipeline.csv`, `accounts.csv`, `products.csv` and `sales_teams.csv`. Every question goes the way of
a user's: it is read, planned, and carried out by the local analysts.
"""

from __future__ import annotations

import math
import sys
import tempfile
from itertools import permutations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._crm_forecast import forecasts
from benchmarks._crm_questions import QUESTIONS, Question, database, expected
from benchmarks._report import Claim, finish, parser, table
from domains.analysis.artifacts import Artifact, Number
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.errors import NotAcceptedError
from domains.analysis.planner import EstatePlanner
from domains.analysis.registry import Inputs, capabilities

DATA = Path(__file__).parents[2] / "shared" / "data" / "crm_pipeline"


def carry_out(planner: EstatePlanner, question: str) -> list[Artifact]:
    """Return the artifacts of a question's plan, in order."""
    known = capabilities()
    made: dict[str, Artifact] = {}
    plan = planner.plan(question).plan
    for step in plan.steps:
        inputs = Inputs(made[one.id] for one in plan.steps if one.id in step.causal)
        made[step.id] = known[step.capability].analyst(planner.workspace, step.args[-1], inputs)
    return list(made.values())


def numbers(artifact: Artifact) -> list[Number]:
    """Return every number that stands in an artifact."""
    found: list[Number] = []
    rest: list[Any] = [artifact]
    while rest:
        item = rest.pop()
        if isinstance(item, Number):
            found.append(item)
        elif isinstance(item, tuple | list):
            rest.extend(item)
        elif hasattr(type(item), "model_fields"):
            rest.extend(getattr(item, name) for name in type(item).model_fields)
    return found


def agrees(question: Question, wanted: dict[tuple[str, ...], float], made: list[Artifact]) -> str:
    """Return "" where every group's value is among the answer's numbers under the group's name, else what is wrong."""
    found = [number for artifact in made for number in numbers(artifact) if number.value is not None]
    for group, value in wanted.items():
        named = [one for one in found if _is_of(one, group, question)]
        if not any(math.isclose(one.value or 0.0, value, rel_tol=1e-9) for one in named):
            seen = sorted({round(one.value or 0.0, 4) for one in named})[:4]
            return f"{', '.join(group) or 'total'}: wanted {value:.6g}, found {seen or 'nothing'}"
    return ""


def _is_of(number: Number, group: tuple[str, ...], question: Question) -> bool:
    name = number.name.lower()
    if not any(name.startswith(word) for word in question.called):
        return False
    if not group:
        return name in question.called
    orders = [", ".join(order) for order in permutations(group)]
    return number.name.endswith(
        (*(f": {order}" for order in orders), *(f", {one}" for one in group if len(group) == 1))
    )


def ask(planner: EstatePlanner, folder: Path) -> tuple[list[list[str]], int]:
    """Ask every question; return those that are answered otherwise than by SQL, and how many numbers were compared."""
    apart = database(folder)
    wrong, compared = [], 0
    for question in QUESTIONS:
        wanted = expected(apart, question)
        compared += len(wanted)
        try:
            said = agrees(question, wanted, carry_out(planner, question.words))
        except NotAcceptedError as error:
            said = f"not accepted: {error}"
        if said:
            wrong.append([question.words, said])
    return wrong, compared


def main() -> None:
    """Measure, print, and check."""
    made = parser(__doc__ or "")
    made.add_argument("data", nargs="?", type=Path, default=DATA, help="folder with the CRM's tables")
    options = made.parse_args()
    if not options.data.is_dir():
        sys.exit(f"there is no folder {options.data}")
    with tempfile.TemporaryDirectory() as folder:
        with Workspace.open(Path(folder) / "workspace", create=True) as workspace:
            ingest(workspace, [options.data])
        planner = EstatePlanner(Path(folder) / "workspace")
        wrong, compared = ask(planner, options.data)
        forecast, claims = forecasts(planner.workspace, options.data)
        refused = carry_out(planner, "Which rep has the best win rate?")
        found = carry_out(planner, "How is the pipeline doing?")
    right = len(QUESTIONS) - len(wrong)
    print(f"{right} of {len(QUESTIONS)} questions answered as by SQL; {compared:,} numbers compared\n")
    if wrong:
        print(table(["question", "what is wrong"], wrong) + "\n")
    print(table(*forecast))
    answer, pipeline = ("\n".join(f.claim for f in artifacts[-1].findings) for artifacts in (refused, found))
    claims = [
        Claim("questions equal to SQL", float(right), float(len(QUESTIONS)), at_most=False),
        *claims,
        Claim("reps not ranked by win rate", float("Reps are not ranked by win rate" in answer), 1, at_most=False),
        Claim("quarter-end effect found", float("quarter" in pipeline and "80.7 %" in pipeline), 1, at_most=False),
    ]
    data = {"questions": len(QUESTIONS), "numbers": compared, "wrong": wrong, "forecast": forecast}
    finish(options, data, claims)


if __name__ == "__main__":
    main()
