"""What the model may call while it works: reading only, and only within the calls and deals of the step's scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from domains.analysis.analysts.call_artifacts import CallSet
from domains.analysis.analysts.measure_names import DIMENSIONS, MEASURES
from domains.analysis.scope import Scope
from htn.model.errors import HtnError

if TYPE_CHECKING:
    from domains.analysis.artifacts import Artifact
    from domains.analysis.corpus.workspace import Call, Workspace
    from domains.analysis.registry import Inputs

__all__ = ["MOST_HITS", "MOST_ITEMS", "MOST_TURNS", "ReadingTools"]

MOST_HITS = 20
MOST_TURNS = 40
MOST_ITEMS = 40

_POSITION = {"type": "integer", "minimum": 0}
_DESCRIPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "list_calls": (
        f"List the calls of this step, oldest first, {MOST_ITEMS} at a time: id, date, title, rep, account, outcome.",
        {"offset": _POSITION},
    ),
    "search_calls": (
        f"Search what was said on the calls of this step; returns the {MOST_HITS} turns that fit the words best.",
        {"words": {"type": "string", "description": "words, matched by stem; a part in double quotes is a phrase"}},
    ),
    "read_turns": (
        f"Read a call of this step from a turn on, {MOST_TURNS} turns at a time.",
        {"call_id": {"type": "string"}, "first": _POSITION},
    ),
    "query_measure": (
        "Compute a measure from the records of this step's scope, in all or by group, with intervals and sample sizes.",
        {
            "measure": {"type": "string", "enum": list(MEASURES)},
            "group_by": {"type": "string", "enum": ["nothing", *DIMENSIONS]},
        },
    ),
    "read_material": (
        f"Read a field of the material that was shown in part only, {MOST_ITEMS} items at a time.",
        {"material": _POSITION, "field": {"type": "string"}, "offset": _POSITION},
    ),
}


class ReadingTools:
    """The tools of one step.

    Parameters
    ----------
    workspace : Workspace
        Open for reading; nothing here can write.
    scope : Scope
        What the step is about. No argument of a tool can widen it.
    inputs : Inputs
        What the step depends on; where calls were retrieved, only those are read.
    material : sequence of Artifact
        What the model was shown, by position.
    """

    names = frozenset(_DESCRIPTIONS)

    def __init__(self, workspace: Workspace, scope: Scope, inputs: Inputs, material: Sequence[Artifact]) -> None:
        self._workspace = workspace
        self._scope = scope
        self._retrieved = inputs.all(CallSet)
        self._material = tuple(material)
        self.measured: list[Artifact] = []

    @staticmethod
    def described() -> list[dict[str, Any]]:
        """Return the tools as the Messages API takes them, always in the same order."""
        return [
            {
                "name": name,
                "description": description,
                "input_schema": {
                    "type": "object",
                    "properties": properties,
                    "required": list(properties),
                    "additionalProperties": False,
                },
            }
            for name, (description, properties) in _DESCRIPTIONS.items()
        ]

    @cached_property
    def calls(self) -> dict[str, Call]:
        """The calls that may be read, by id: those of the scope, and of those the retrieved ones."""
        found = {call.call_id: call for call in self._workspace.calls(self._scope)}
        if not self._retrieved:
            return found
        wanted = {identity for calls in self._retrieved for identity in calls.call_ids}
        return {identity: call for identity, call in found.items() if identity in wanted}

    def call(self, name: str, arguments: Mapping[str, Any]) -> tuple[Any, bool]:
        """Return what a tool found as JSON data, and whether it is an error that the model can put right."""
        functions: dict[str, Callable[..., Any]] = {name: getattr(self, f"_{name}") for name in _DESCRIPTIONS}
        if name not in functions:
            return f"there is no tool {name!r}; there are {', '.join(functions)}", True
        expected = _DESCRIPTIONS[name][1]
        if set(arguments) != set(expected):
            return f"{name} takes {', '.join(expected)}", True
        for key, value in arguments.items():
            if expected[key]["type"] == "string" and not isinstance(value, str):
                return f"{key} is text", True
            if expected[key]["type"] == "integer" and not (type(value) is int and value >= 0):
                return f"{key} is a whole number from 0", True
        try:
            return functions[name](**arguments), False
        except HtnError as error:
            return str(error), True

    def _list_calls(self, offset: int) -> dict[str, Any]:
        shown = list(self.calls.values())[offset : offset + MOST_ITEMS]
        keys = ("call_id", "date", "title", "rep", "account", "outcome")
        return {"calls": [{key: getattr(call, key) for key in keys} for call in shown], "all": len(self.calls)}

    def _search_calls(self, words: str) -> dict[str, Any]:
        found = self._workspace.find(words, self._scope, limit=10 * MOST_HITS)
        hits = [hit for hit in found if hit.call_id in self.calls][:MOST_HITS]
        return {
            "turns": [{"call_id": hit.call_id, "turn": hit.idx, "role": hit.role, "text": hit.text} for hit in hits]
        }

    def _read_turns(self, call_id: str, first: int) -> Any:
        if call_id not in self.calls:
            return {"error": f"call {call_id!r} is not among the calls of this step"}
        turns = self._workspace.turns(call_id)
        shown = [
            {"turn": turn.idx, "role": turn.role, "speaker": turn.speaker, "text": turn.text}
            for turn in turns
            if first <= turn.idx < first + MOST_TURNS
        ]
        return {"call_id": call_id, "turns": shown, "all": len(turns)}

    def _query_measure(self, measure: str, group_by: str) -> dict[str, Any]:
        from domains.analysis.registry import Inputs, capabilities

        if measure not in MEASURES or group_by not in ("nothing", *DIMENSIONS):
            return {"error": f"measures are {', '.join(MEASURES)}; groups are nothing, {', '.join(DIMENSIONS)}"}
        kept = [pair for pair in self._scope if pair[0] not in ("metric", "group_by")]
        asked = [("metric", measure)] + ([("group_by", group_by)] if group_by != "nothing" else [])
        table = capabilities()["measure"].analyst(self._workspace, tuple(sorted(kept + asked)), Inputs())
        self.measured.append(table)
        return table.model_dump(mode="json", exclude_defaults=True)

    def _read_material(self, material: int, field: str, offset: int) -> dict[str, Any]:
        if material >= len(self._material):
            return {"error": f"there are {len(self._material)} pieces of material, counted from 0"}
        document = self._material[material].model_dump(mode="json")
        value = document.get(field)
        if not isinstance(value, list):
            fields = [name for name, item in document.items() if isinstance(item, list)]
            return {"error": f"{field!r} is no list of this material; those are {', '.join(fields)}"}
        return {"items": value[offset : offset + MOST_ITEMS], "all": len(value)}
