"""One synthetic corpus with its truth: the workspace that analysts see, and a test that knows the model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import statsmodels.api as sm

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.sample import Corpus, Effects, generate, names, write
from domains.analysis.sample.deals import DealTruth, draw_deals
from domains.analysis.sample.organisation import build_organisation
from domains.analysis.sample.records import Deal

__all__ = ["SIZES", "Size", "World", "opened", "oracle", "population"]

Rows = list[tuple[Deal, DealTruth]]


@dataclass(frozen=True)
class Size:
    """How large a corpus is."""

    calls: int
    deals: int
    reps: int


SIZES = {"small": Size(240, 420, 14), "medium": Size(600, 1000, 14), "large": Size(1200, 2000, 20)}
POPULATION = 6000


@dataclass(frozen=True)
class World:
    """A corpus, the workspace it was read into, and fresh deals of the same organisation."""

    corpus: Corpus
    workspace: Workspace
    fresh: Rows

    @property
    def closed(self) -> Rows:
        """The closed deals of the corpus with their truth."""
        return _closed(self.corpus.deals, self.corpus.truth.deals)


def _closed(deals: Sequence[Deal], truths: Sequence[DealTruth]) -> Rows:
    return [(deal, truth) for deal, truth in zip(deals, truths, strict=True) if deal.status != "open"]


@contextmanager
def opened(seed: int, size: Size, effects: Effects) -> Iterator[World]:
    """Generate a corpus, read it in by way of the files that a user would have, and give it with its truth."""
    corpus = generate(seed=seed, calls=size.calls, deals=size.deals, reps=size.reps, effects=effects)
    organisation = build_organisation(seed, size.deals, size.reps, effects)
    fresh = _closed(*draw_deals(seed + 10_000_019, POPULATION, organisation, effects))
    with tempfile.TemporaryDirectory() as folder:
        write(corpus, Path(folder) / "files")
        with Workspace.open(Path(folder) / "workspace", create=True) as workspace:
            ingest(workspace, [Path(folder) / "files"])
            yield World(corpus, workspace, fresh)


# What the oracle regresses the outcome on: exactly what decides it.
DECIDES = (
    f"competitor:{names.STRONG_COMPETITOR}",
    f"objection:{names.COSTLY_OBJECTION}",
    f"handled_well:{names.COSTLY_OBJECTION}",
    "habit:dated_next_step",
    f"content:{names.HELPFUL_CONTENT}",
    f"segment:{names.HARD_SEGMENT}",
    "size",
    "age",
    "rep_skill",
)


def oracle(
    rows: Rows, wanted: str, without: Collection[str] = (), recorded: Callable[[Deal], bool] | None = None
) -> float:
    """Return the p value of a test on the true variables by logistic regression; 1 where the direction is wrong.

    Parameters
    ----------
    rows : list
        The deals that the analysis could see.
    wanted : str
        The covariate that is tested, alone and without any correction: the oracle knows what to look for.
    without : collection of str
        Covariates that it leaves out, because the analysis asks for the effect with them in it.
    recorded : callable, optional
        Whether the covariate is recorded of a deal: what is not recorded, no analyst knows, however well he knows the
        model. Everything else is taken as it truly is. By default the covariate is taken as it is, too.
    """
    columns = [name for name in DECIDES if name not in without]
    design = np.array([[1.0, *(truth.covariates.get(name, 0.0) for name in columns)] for _, truth in rows])
    if recorded is not None:
        design[:, columns.index(wanted) + 1] = [float(recorded(deal)) for deal, _ in rows]
    won = np.array([float(deal.status == "won") for deal, _ in rows])
    truth = Effects().coefficients()[wanted]
    try:
        fit = sm.Logit(won, design).fit(disp=0)
    except (np.linalg.LinAlgError, sm.tools.sm_exceptions.PerfectSeparationError):
        return 1.0
    place = columns.index(wanted) + 1
    return float(fit.pvalues[place]) if fit.params[place] * truth > 0 else 1.0


def population(rows: Rows) -> Any:
    """Return the true chances of the deals as an array."""
    return np.array([truth.probability for _, truth in rows])
