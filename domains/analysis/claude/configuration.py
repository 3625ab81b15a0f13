"""What Claude agents are told from outside: the model, their limits, and whether they can be used at all."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from domains.analysis.scope import Scope, describe
from htn.model.errors import InputError
from htn.model.settings import read_settings

__all__ = [
    "DEFAULT_MODEL",
    "DEFAULT_MODEL_AS_OF",
    "FILE_NAME",
    "KEY",
    "LEAVES",
    "PLACES",
    "PROPOSAL_LEAVES",
    "PROPOSAL_OPEN",
    "Configuration",
    "check_usable",
    "obstacle",
    "what_leaves",
]

DEFAULT_MODEL = "claude-sonnet-5-5"
"""The model that is asked when nothing else is configured."""

DEFAULT_MODEL_AS_OF = "2026-11-22"
"""The day on which the default was chosen, from the models that the pinned client library lists."""

LEAVES = "With Claude agents, these leave this machine"
"""How the sentence begins that says which data leave."""

PROPOSAL_LEAVES = (
    f"{LEAVES} where a method has to be proposed: the question, what it is about, how many calls and deals that is, "
    "and the names of tasks and measures; no call does."
)
"""The sentence that says what leaves when a model is asked for a method."""

PROPOSAL_OPEN = (
    "Where a method has to be proposed, what it will hold is not in the estimate: up to 8 tasks and 60 steps."
)
"""The sentence that says what an estimate does not cover."""

PLACES = 64
"""How many steps each Claude agent can be given; ``agents.toml`` limits how many of all go on at once."""

FILE_NAME = "claude.toml"
KEY = "ANTHROPIC_API_KEY"


@dataclass(frozen=True, slots=True)
class Configuration:
    """How Claude agents work.

    Attributes
    ----------
    model : str
        Name of the model.
    models : Mapping
        Other models by specialist or capability; a capability's own comes before its specialist's.
    max_turns : int
        How often the model may be asked within one step; the last time it has to answer without tools.
    max_output_tokens : int
        What one answer may hold.
    max_input_tokens : int
        What one request may hold; it is counted before it is sent.
    max_step_tokens : int
        Input and output of all requests of one step.
    timeout_s : float
        How long one request may take.
    """

    model: str = DEFAULT_MODEL
    models: Mapping[str, str] = field(default_factory=dict)
    max_turns: int = 8
    max_output_tokens: int = 8_000
    max_input_tokens: int = 100_000
    max_step_tokens: int = 400_000
    timeout_s: float = 120.0

    @classmethod
    def of(cls, folder: Path) -> Configuration:
        """Return the configuration in a workspace's `claude.toml`; the defaults where there is none.

        Raises
        ------
        InputError
            When the file cannot be read, or holds a setting or a value that does not exist.
        """
        path = folder / FILE_NAME
        data = read_settings(path)
        return cls() if data is None else cls.from_mapping(data, str(path))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], path: str) -> Configuration:
        """Return the configuration that a file's content gives; `path` is named in errors.

        Examples
        --------
        >>> Configuration.from_mapping({"max_turns": 4}, "claude.toml").max_turns
        4
        """
        known = {item.name: getattr(cls(), item.name) for item in fields(cls)}
        for name, value in data.items():
            if name not in known:
                raise InputError(f"there is no setting {name!r}; there are {', '.join(known)}", path=path)
            if not _fits(value, known[name]):
                raise InputError(f"{name} cannot be {value!r}; by default it is {known[name]!r}", path=path)
        return cls(**data)

    def model_for(self, capability: str, specialist: str) -> str:
        """Return the model that is asked for a capability.

        Examples
        --------
        >>> Configuration(models={"retrieval": "a-small-model"}).model_for("search_topic", "retrieval")
        'a-small-model'
        """
        return self.models.get(capability) or self.models.get(specialist) or self.model


def _fits(value: object, default: object) -> bool:
    if isinstance(default, str):
        return isinstance(value, str) and bool(value.strip())
    if isinstance(default, Mapping):
        return isinstance(value, Mapping) and all(isinstance(item, str) and item for item in value.values())
    numbers = (int, float) if isinstance(default, float) else (int,)
    return isinstance(value, numbers) and not isinstance(value, bool) and value > 0


def obstacle() -> str | None:
    """Return in a sentence why Claude agents cannot be used here, or None when they can."""
    if importlib.util.find_spec("anthropic") is None:
        return "Claude agents need the package anthropic: install it with pip install 'htn[claude]'"
    if not os.environ.get(KEY, "").strip():
        return f"Claude agents need a key in the environment variable {KEY}; without one, use --agents local"
    return None


def check_usable(folder: Path) -> Configuration:
    """Return the configuration of a workspace in which Claude agents can be used.

    Raises
    ------
    InputError
        When the package or the key is missing, or the configuration is wrong.
    """
    reason = obstacle()
    if reason is not None:
        raise InputError(reason)
    return Configuration.of(folder)


def what_leaves(scopes: Sequence[Scope], calls: int, deals: int, configuration: Configuration) -> str:
    """Return the sentence that says which data leave this machine.

    Examples
    --------
    >>> print(what_leaves([(("account", "Acme"),)], 3, 1, Configuration(model="a-model")))
    With Claude agents, these leave this machine for Anthropic's API (a-model): the question, names and figures of
    account Acme (1 deal), and what is said on its 3 calls as far as it is read; no other call does.
    """
    models = ", ".join(dict.fromkeys((configuration.model, *configuration.models.values())))
    about = "; ".join(describe(scope) for scope in scopes)
    return (
        f"{LEAVES} for Anthropic's API ({models}): the question, names and figures "
        f"of {about} ({_many(deals, 'deal')}), and what is said on its {_many(calls, 'call')} as far as it is read; "
        "no other call does."
    )


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
