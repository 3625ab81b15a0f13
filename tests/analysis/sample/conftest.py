"""Corpora that several tests look at: one of the default size with words, several large ones without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from domains.analysis.sample import Corpus, generate
from domains.analysis.sample.records import Deal


@dataclass(frozen=True)
class Closed:
    """The closed deals of several large corpora, stacked."""

    deals: list[Deal]
    covariates: list[Mapping[str, float]]
    won: NDArray[np.float64]
    corpora: list[Corpus]

    def column(self, name: str) -> NDArray[np.float64]:
        """Return a true covariate of every closed deal."""
        return np.array([values.get(name, 0.0) for values in self.covariates])

    def z_of_difference(self, group: NDArray[np.bool_], where: NDArray[np.bool_] | None = None) -> float:
        """Return the raw difference in win rate, in or out of the group, in standard errors."""
        kept = np.ones(len(self.won), dtype=bool) if where is None else where
        inside, outside = self.won[kept & group], self.won[kept & ~group]
        share = self.won[kept].mean()
        error = np.sqrt(share * (1 - share) * (1 / len(inside) + 1 / len(outside)))
        return float((inside.mean() - outside.mean()) / error)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The default corpus."""
    return generate()


@pytest.fixture(scope="session")
def closed() -> Closed:
    """About 15,000 closed deals of three seeds."""
    corpora = [generate(seed=seed, calls=0, deals=6000, text=False) for seed in (101, 102, 103)]
    rows = [
        (deal, truth.covariates)
        for found in corpora
        for deal, truth in zip(found.deals, found.truth.deals, strict=True)
        if deal.status != "open"
    ]
    won = np.array([deal.status == "won" for deal, _ in rows], dtype=float)
    return Closed([deal for deal, _ in rows], [values for _, values in rows], won, corpora)
