"""The documented prior: what steps are believed to take while there are no past runs to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from htn.model.errors import InputError
from htn.model.estimate import Estimate

__all__ = ["BASIS", "CORRELATION", "PriorCosts", "family_of"]

BASIS: Final = "prior; no past runs yet"
"""What every estimate from here says of itself."""

CORRELATION: Final = 0.5
"""How much steps are believed to be slow together: a prior that is wrong about a machine is wrong for all its steps."""


@dataclass(frozen=True, slots=True)
class _Local:
    """Median seconds of a local analyst: a fixed part and a part for each call and deal that it looks at."""

    fixed: float
    per_call: float
    per_deal: float


@dataclass(frozen=True, slots=True)
class _Model:
    """Median tokens of an agent that calls a model: instructions, evidence per call, and what it writes."""

    input_fixed: float
    input_per_call: float
    output: float


# Rows are found by the whole name of a capability, else by its first word, its family. The seconds were measured on a
# two-core machine over a synthetic corpus of 240 calls with 420 deals and over 8,800 real opportunities, in a process
# that had run before (for a new one see `loading`); other machines and calls differ, hence the spread below.
_LOCAL: Final[Mapping[str, _Local]] = {
    "retrieve": _Local(0.005, 0.0005, 0.00003),
    "survey": _Local(0.008, 0.0, 0.000004),
    "measure": _Local(0.005, 0.0, 0.00006),
    "measure_conversation": _Local(0.02, 0.0016, 0.0),  # these three measure what is said, and so read every turn
    "measure_next_steps": _Local(0.02, 0.0025, 0.0),
    "measure_momentum": _Local(0.02, 0.0009, 0.0),
    "assess": _Local(0.1, 0.0015, 0.0),
    "cluster": _Local(0.2, 0.01, 0.0),
    "cluster_sampled_topics": _Local(4.0, 0.0003, 0.0),  # 2,000 calls, drawn from however many are read
    "compare": _Local(0.02, 0.00004, 0.00001),
    "compare_behaviours": _Local(0.02, 0.002, 0.0),
    "compare_phrases": _Local(0.02, 0.0035, 0.0),
    "compare_wording": _Local(0.02, 0.002, 0.0),
    "extract": _Local(0.1, 0.0015, 0.0),
    "find": _Local(0.02, 0.0007, 0.0),
    "forecast": _Local(0.005, 0.0, 0.00007),
    "gather": _Local(0.1, 0.0015, 0.0),
    "map": _Local(0.1, 0.0015, 0.0),
    "model": _Local(0.02, 0.0, 0.00001),
    "relate": _Local(0.02, 0.0023, 0.0),
    "review": _Local(0.004, 0.0, 0.000007),
    "roll": _Local(0.004, 0.0, 0.00001),
    "synthesise": _Local(0.001, 0.000003, 0.0),
    "trace": _Local(0.0, 0.0009, 0.0),
    "track": _Local(0.02, 0.001, 0.0),
    "validate": _Local(0.02, 0.0018, 0.0),
}
_DEFAULT_LOCAL: Final = _Local(0.02, 0.001, 0.00003)
_LOADING_SECONDS: Final = 1.5  # a new process: libraries, the corpus, the index; measured on the same machine
_HANDING_OUT_SECONDS: Final = 0.002  # for every step: giving it to an agent and recording what came of it

# Tokens follow from what an agent of the family is given to read and asked to write; no model was called to set them.
_MODEL: Final[Mapping[str, _Model]] = {
    "retrieve": _Model(2_000, 0, 300),
    "survey": _Model(2_500, 0, 500),
    "measure": _Model(4_000, 0, 800),
    "forecast": _Model(4_000, 0, 800),
    "model": _Model(4_000, 0, 800),
    "compare": _Model(4_000, 40, 1_200),
    "validate": _Model(4_000, 40, 1_200),
    "assess": _Model(4_000, 60, 1_500),
    "extract": _Model(3_000, 60, 1_500),
    "find": _Model(3_000, 60, 1_500),
    "gather": _Model(3_000, 60, 1_500),
    "synthesise": _Model(8_000, 0, 2_000),
}
_DEFAULT_MODEL: Final = _Model(4_000, 20, 1_000)

_LARGEST_INPUT: Final = 150_000  # tokens: what is read beyond it is read in summary
_TOKENS_PER_SECOND: Final = 50.0  # written by a model; reading is fast beside it
_FIRST_TOKEN_SECONDS: Final = 2.0
_LOCAL_SPREAD, _MODEL_SPREAD, _TOKEN_SPREAD, _MEMORY_SPREAD = 3.0, 3.0, 2.5, 6.0
# What a step adds to the process at its peak: nothing to 6 MB over 120 calls with 260 deals, half a MB in the middle.
_MEMORY_FIXED, _MEMORY_PER_CALL, _MEMORY_PER_DEAL = 0.2e6, 2e3, 0.5e3
_USUAL_SIZES: Final = {"calls": 200, "deals": 200}  # where the facts do not say


def family_of(capability: str) -> str:
    """Return the first word of a capability's name, by which the prior knows it.

    Examples
    --------
    >>> family_of("measure_pipeline")
    'measure'
    """
    return capability.partition("_")[0]


@dataclass(frozen=True, slots=True)
class PriorCosts:
    """A cost model from a table of beliefs, by capability and size of input.

    Attributes
    ----------
    agents : {"local", "model"}
        Whether local analysts carry out the steps, which use no tokens, or agents that call a model.
    money_per_million : tuple of (float, float) or None
        Price of a million input and output tokens. Prices are configuration: without them money is not estimated.
    loading : bool
        Whether the process is new: the first steps, which read no results, load libraries and the corpus then.

    Examples
    --------
    >>> facts = {"count": {"calls": 0, "deals": 5000}}
    >>> costs = PriorCosts().estimate("measure_pipeline", (), "measure_pipeline", facts)
    >>> round(costs["seconds"].p50, 2), costs["output_tokens"].p90, costs["seconds"].basis
    (0.31, 0.0, 'prior; no past runs yet')
    """

    agents: Literal["local", "model"] = "local"
    money_per_million: tuple[float, float] | None = None
    loading: bool = False

    def __post_init__(self) -> None:
        if self.agents not in ("local", "model"):
            raise InputError(f"the prior knows the agents 'local' and 'model', not {self.agents!r}")

    def estimate(
        self, task: str, args: tuple[Any, ...], capability: str, facts: Mapping[str, Any]
    ) -> Mapping[str, Estimate]:
        """Estimate one step by its capability's family and the sizes of its input.

        Parameters
        ----------
        task : str
            Operator name; not used.
        args : tuple
            The operator's arguments. Where counts are kept by (what, scope), an argument picks the scope.
        capability : str
            Looked up whole, then by the part up to the first underscore.
        facts : Mapping
            ``{"count": {"calls": ..., "deals": ...}}``, or with keys ``("calls", scope)``; ``inputs`` is how many
            results the step reads.

        Returns
        -------
        Mapping
            Seconds, tokens, memory, and money where prices are known.
        """
        calls, deals = (_size(facts, what, args) for what in ("calls", "deals"))
        memory = _MEMORY_FIXED + _MEMORY_PER_CALL * calls + _MEMORY_PER_DEAL * deals
        first = self.loading and facts.get("count", {}).get("inputs") == 0
        costs = _local(capability, calls, deals, first) if self.agents == "local" else self._model(capability, calls)
        return {**costs, "memory_bytes": Estimate.lognormal(memory, _MEMORY_SPREAD, BASIS)}

    def _model(self, capability: str, calls: float) -> dict[str, Estimate]:
        row = _MODEL.get(family_of(capability), _DEFAULT_MODEL)
        read = min(_LARGEST_INPUT, row.input_fixed + row.input_per_call * calls)
        seconds = _FIRST_TOKEN_SECONDS + row.output / _TOKENS_PER_SECOND
        costs = {
            "seconds": Estimate.lognormal(seconds, _MODEL_SPREAD, BASIS),
            "input_tokens": Estimate.lognormal(read, _TOKEN_SPREAD, BASIS),
            "output_tokens": Estimate.lognormal(row.output, _TOKEN_SPREAD, BASIS),
        }
        if self.money_per_million is not None:
            price_in, price_out = self.money_per_million
            costs["money"] = Estimate.lognormal((read * price_in + row.output * price_out) / 1e6, _TOKEN_SPREAD, BASIS)
        return costs


def _local(capability: str, calls: float, deals: float, first: bool) -> dict[str, Estimate]:
    row = _LOCAL.get(capability) or _LOCAL.get(family_of(capability), _DEFAULT_LOCAL)
    seconds = _HANDING_OUT_SECONDS + row.fixed + row.per_call * calls + row.per_deal * deals
    seconds += _LOADING_SECONDS if first else 0.0
    nothing = Estimate.exactly(0.0, "local analysts call no model")
    return {
        "seconds": Estimate.lognormal(seconds, _LOCAL_SPREAD, BASIS),
        "input_tokens": nothing,
        "output_tokens": nothing,
        "money": nothing,
    }


def _size(facts: Mapping[str, Any], what: str, args: tuple[Any, ...]) -> float:
    """Return how many there are: in the scope that is an argument, else in all, else what is usual."""
    counts = facts.get("count", {})
    for key in (*((what, argument) for argument in args), what):
        number = counts.get(key)
        if number is not None:
            return float(number)
    return float(_USUAL_SIZES[what])
