"""Every template of every bank is well-formed, also the branches that a given corpus happens not to take."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from random import Random
from string import Formatter

import pytest

from domains.analysis.sample import generate, phrases
from domains.analysis.sample.dialogue import _Conversation
from domains.analysis.sample.grammar import expand, fill
from domains.analysis.sample.names import COMPETITOR_ALIASES, COSTLY_OBJECTION, OTHER_OBJECTIONS
from domains.analysis.sample.phrases.objections import OBJECTIONS

ADDED_ON_THE_SPOT = {"competitor", "content", "expert", "other", "other_title", "when", "when_short", "action"}
MODULES = [module.name for module in pkgutil.iter_modules(phrases.__path__)]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _strings(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            found = getattr(value, field.name)
            assert field.name in ("topic", "lead") or isinstance(found, tuple), f"{field.name} is no tuple: {found!r}"
            yield from _strings(found)


@pytest.mark.parametrize("module", MODULES)
def test_templates_use_known_slots_and_close_their_choices(module: str) -> None:
    """A template can be expanded, asks for nothing a call cannot fill in, and no bank is a string by mistake."""
    bank = importlib.import_module(f"{phrases.__name__}.{module}")
    plan = generate(seed=0, calls=1, deals=5).calls[0].plan
    conversation = _Conversation(Random(0), plan)
    known = set(next(iter(conversation.slots.values()))) | ADDED_ON_THE_SPOT
    for name in bank.__all__:
        for template in _strings(getattr(bank, name)):
            if name == "HOSTILE_TEXT":
                continue  # said as it stands
            assert template.count("[") == template.count("]"), template
            for attempt in range(3):
                text = expand(Random(attempt), template)
                assert "[" not in text
                assert {slot for _, slot, _, _ in Formatter().parse(text) if slot is not None} <= known, template


def test_an_unclosed_choice_is_refused() -> None:
    """A mistake in a template is an error and not a strange sentence."""
    for template in ("we [use|run {system}", "we use] it"):
        with pytest.raises(ValueError, match="choice"):
            fill(Random(0), template, {"system": "it"})


def test_the_wording_does_not_tell_which_competitor_or_outcome_it_is() -> None:
    """Banks of mentions are shared by all competitors, and no bank is chosen by the outcome of the deal."""
    from domains.analysis.sample.phrases import competitors

    for template in _strings([getattr(competitors, name) for name in competitors.__all__]):
        assert not any(name in template for name in COMPETITOR_ALIASES)
    assert set(OBJECTIONS) == {COSTLY_OBJECTION, *OTHER_OBJECTIONS}
