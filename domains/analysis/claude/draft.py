"""What is asked of the model for each output type, and how its answer becomes an artifact of exactly that type."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.registry import Capability
from htn.execution.failures import FailureClass, StepError

__all__ = ["KEPT_LOCAL", "READING", "assemble", "draft_type", "read_draft", "response_schema"]

READING = {
    "assess_objections": ("objections",),
    "extract_next_steps": ("steps",),
    "gather_qualification": ("letters",),
    "map_stakeholders": ("people",),
    "search_topic": ("quotes",),
}
"""Capabilities that are a matter of reading, with the fields of their types that the model fills in."""

KEPT_LOCAL = frozenset(
    {
        "go_on_without",
        "retrieve_calls",
        "retrieve_deals",
        "retrieve_enablement",
        "review_answer",
        "verify_proposed",
    }
)
"""What a model is not asked: which records there are, and whether what a model claims can be checked."""

_EVERY = ("findings", "limits")
# How a finding is laid out follows from what was measured, so that no word or place of it is asked of a model.
_LAYOUT = {"Finding": ("title", "table")}
_LAYOUT_RECORDS = ("FindingTable", "TableRow")
_ANSWER = ("headline", "recommendations")


def draft_type(capability: Capability) -> type[BaseModel]:
    """Return the type that the model's answer is parsed into: the fields of the capability's type that it may fill in.

    Findings and limits are always among them. All that is counted or estimated comes from the local analyst and is not
    asked of a model; what an expert reads from a call is (`READING`), and so are headline and advice of an answer.

    Examples
    --------
    >>> from domains.analysis.registry import capabilities
    >>> sorted(draft_type(capabilities()["map_stakeholders"]).model_fields)
    ['findings', 'limits', 'people']
    """
    known = capability.output.model_fields
    names = (*_EVERY, *(_ANSWER if issubclass(capability.output, Answer) else READING.get(capability.name, ())))
    chosen: dict[str, Any] = {name: (known[name].annotation, known[name]) for name in names}
    return create_model(f"{capability.output.__name__}Draft", __config__=Artifact.model_config, **chosen)


def response_schema(draft: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema that the model's answer is held to, every field required.

    Optional fields and unions are limited in what the API accepts as a schema; where all are required there are none.
    """
    from anthropic import transform_schema

    whole = _without_defaults(draft.model_json_schema())
    for record, fields in _LAYOUT.items():
        for name in fields:
            whole.get("$defs", {}).get(record, {}).get("properties", {}).pop(name, None)
    for record in _LAYOUT_RECORDS:
        whole.get("$defs", {}).pop(record, None)
    schema: dict[str, Any] = _all_required(transform_schema(whole))
    return schema


def _without_defaults(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_defaults(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may be called "default" or "title": only names of the schema language are left out, not of fields.
    return {
        key: {name: _without_defaults(item) for name, item in value.items()}
        if key in ("properties", "$defs")
        else _without_defaults(value)
        for key, value in schema.items()
        if key not in ("default", "title")
    }


def _all_required(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_all_required(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _all_required(value) for key, value in schema.items()}
    if found.get("type") == "object":
        found["required"] = list(found.get("properties", {}))
    return found


def read_draft(text: str, draft: type[BaseModel]) -> BaseModel:
    """Return the model's answer as the type it was asked for.

    Raises
    ------
    StepError
        When it is not JSON or not of that type: malformed output.
    """
    try:
        return draft.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        # A name that the model made up may hold words of a call, and the sentence goes into the audit record.
        known = _names(draft.model_json_schema())
        place = [str(part) if isinstance(part, int) or part in known else "an unknown field" for part in first["loc"]]
        where = ".".join(place) or "the whole"
        raise StepError(
            f"the model's answer is not of the type asked for ({where}: {first['msg']})", FailureClass.MALFORMED_OUTPUT
        ) from None


def _names(schema: Any) -> set[str]:
    """Return the names of all fields that a schema knows."""
    if isinstance(schema, list):
        return set().union(*map(_names, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", {})).union(*map(_names, schema.values()))


def assemble(capability: Capability, local: Artifact, draft: BaseModel) -> Artifact:
    """Return the artifact of the capability's type: the draft's fields, all others as the local analyst has them.

    Raises
    ------
    StepError
        When the two do not go together: malformed output.
    """
    document = local.model_dump(mode="json") | json.loads(draft.model_dump_json())
    try:
        return capability.output.model_validate(document)
    except ValidationError as error:
        raise StepError(
            f"the model's answer does not fit the records ({error.errors(include_input=False)[0]['msg']})",
            FailureClass.MALFORMED_OUTPUT,
        ) from None
