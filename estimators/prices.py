"""Prices of models, from a dated file that somebody keeps: without it what tokens cost is unknown, and said to be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from htn.model.errors import InputError
from htn.model.estimate import CostModel, Estimate
from htn.model.settings import read_settings

__all__ = ["FILE_NAME", "STALE_AFTER_DAYS", "PricedCosts", "Prices"]

FILE_NAME: Final = "prices.toml"

STALE_AFTER_DAYS: Final = 90
"""Prices older than this are used, with a warning."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, by model.

    Attributes
    ----------
    as_of : date or None
        The day on which they were looked up; None where there are none.
    currency : str
        For people.
    models : Mapping
        Price of a million input and of a million output tokens, by the model's name.

    Examples
    --------
    >>> prices = Prices(date(2026, 1, 1), "EUR", {"a-model": (2.0, 10.0)})
    >>> prices.cost("a-model", 1_000_000, 100_000), prices.cost("another", 1, 1)
    (3.0, None)
    >>> print(prices.warning(["a-model"], date(2026, 6, 1)))
    the prices are of 2026-01-01, 151 days old: look them up again
    """

    as_of: date | None = None
    currency: str = ""
    models: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Prices:
        """Return the prices in a workspace's `prices.toml`; none where there is no such file.

        Raises
        ------
        InputError
            When the file cannot be read, or is not one of prices.
        """
        path = folder / FILE_NAME
        data = read_settings(path)
        return cls() if data is None else cls.from_mapping(data, str(path))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], path: str) -> Prices:
        """Return the prices that a file's content gives; `path` is named in errors.

        Raises
        ------
        InputError
            When something is missing, not known or no price.
        """
        unknown = sorted(set(data) - {"as_of", "currency", "models"})
        if unknown:
            raise InputError(f"there is no setting {unknown[0]!r}; there are as_of, currency, models", path=path)
        as_of, currency, listed = data.get("as_of"), data.get("currency"), data.get("models", {})
        if type(as_of) is not date:
            raise InputError(
                "as_of must be the day on which the prices were looked up, such as as_of = 2026-01-31", path=path
            )
        if not isinstance(currency, str) or not currency.strip():
            raise InputError('currency must be given, such as currency = "USD"', path=path)
        if not isinstance(listed, Mapping):
            raise InputError("models must be tables such as [models.NAME]", path=path)
        return cls(as_of, currency, {str(name): _pair(name, each, path) for name, each in listed.items()})

    def cost(self, model: str, input_tokens: float, output_tokens: float) -> float | None:
        """Return what tokens cost, or None where the model has no price."""
        pair = self.models.get(model)
        return None if pair is None else (input_tokens * pair[0] + output_tokens * pair[1]) / 1e6

    def warning(self, models: list[str], today: date) -> str | None:
        """Return what is wrong with the prices of these models on a day, or None when nothing is."""
        missing = sorted(set(models) - set(self.models))
        if missing:
            where = f"no price of {', '.join(missing)} is configured" if self.models else "no prices are configured"
            return f"{where} ({FILE_NAME} in the workspace): what tokens cost is unknown"
        if models and self.as_of is not None and (today - self.as_of).days > STALE_AFTER_DAYS:
            return f"the prices are of {self.as_of}, {(today - self.as_of).days} days old: look them up again"
        return None


def _pair(name: object, entry: object, path: str) -> tuple[float, float]:
    if not isinstance(entry, Mapping) or set(entry) != {"input", "output"}:
        raise InputError(f"the model {name} needs input and output, each the price of a million tokens", path=path)
    pair = entry["input"], entry["output"]
    for number in pair:
        numeric = isinstance(number, (int, float)) and not isinstance(number, bool)
        if not numeric or not math.isfinite(number) or number < 0:
            raise InputError(
                f"the model {name} has the price {number!r}; it is a number that is not negative", path=path
            )
    return float(pair[0]), float(pair[1])


class PricedCosts:
    """A cost model with money added where the price of the tokens is known, and left out where it is not.

    Parameters
    ----------
    costs : CostModel
        Says which tokens are used.
    prices : Prices
        Prices.
    model_of : callable
        The model that is asked for a capability.

    Examples
    --------
    >>> from estimators.prior import PriorCosts
    >>> prices = Prices(date(2026, 1, 1), "EUR", {"a-model": (2.0, 10.0)})
    >>> costs = PricedCosts(PriorCosts("model"), prices, lambda capability: "a-model")
    >>> round(costs.estimate("t", (), "retrieve_calls", {})["money"].p50, 4)
    0.007
    >>> "money" in PricedCosts(PriorCosts("model"), Prices(), lambda capability: "a-model").estimate("t", (), "x", {})
    False
    """

    def __init__(self, costs: CostModel, prices: Prices, model_of: Callable[[str], str]) -> None:
        self._costs, self._prices, self._model_of = costs, prices, model_of

    def estimate(
        self, task: str, args: tuple[Any, ...], capability: str, facts: Mapping[str, Any]
    ) -> Mapping[str, Estimate]:
        """Estimate one step; the meaning of the parameters is `htn.model.estimate.CostModel`'s."""
        found = dict(self._costs.estimate(task, args, capability, facts))
        read, written = (found.get(name) for name in ("input_tokens", "output_tokens"))
        if not any(each is not None and each.p90 > 0 for each in (read, written)):
            return found
        found.pop("money", None)
        amounts = [
            self._prices.cost(
                self._model_of(capability), *(0.0 if e is None else getattr(e, at) for e in (read, written))
            )
            for at in ("p10", "p50", "p90", "mean")
        ]
        # Long inputs go with long outputs: ends belong together, as if both always were high at once.
        p10, p50, p90, mean = amounts
        if p10 is not None and p50 is not None and p90 is not None and mean is not None:
            found["money"] = Estimate(p10, p50, p90, mean, f"prices of {self._prices.as_of}")
        return found
