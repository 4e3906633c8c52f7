"""The JSON Schema of the map file, for editors: it completes and describes what graph/map_file.py reads.

It says what single fields may hold. What must hold between elements (references, cycles, promises) it cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.map_file.country_codes import COUNTRY_CODES
from graph.map_file.fields import COUNTRY_KEY, KEY, TextForm
from graph.map_file.shape import Field, FieldKind, Revision, fields_of, kinds

Schema = dict[str, Any]


def map_schema() -> Schema:
    """A schema of draft 2020-12, equal for equal code: its keys are in the order of the model."""
    definitions: Schema = {}
    properties: Schema = {"revision": _reference(Revision, definitions, "What this revision is.")}
    for kind in kinds():
        if kind.is_single:
            properties[kind.name] = _reference(kind.element, definitions, kind.description)
        else:
            properties[kind.name] = {
                "description": kind.description,
                "type": "object",
                "propertyNames": _key(kind.key_form),
                "additionalProperties": _reference(kind.element, definitions),
            }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Data map",
        "description": "What a company processes, why, how long, and who receives it: the map.yaml of a revision.",
        "type": "object",
        "properties": properties,
        "required": ["revision", "controller"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _reference(element: type[Any], definitions: Schema, description: str | None = None) -> Schema:
    name = element.__name__
    if name not in definitions:
        definitions[name] = {}  # takes its place in the order before those that it refers to
        definitions[name] = _object(fields_of(element), definitions)
    reference = {"$ref": f"#/$defs/{name}"}
    return {"description": description, **reference} if description else reference


def _object(fields: Sequence[Field], definitions: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {field.name: _field(field, definitions) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _field(field: Field, definitions: Schema) -> Schema:
    schema = {"description": field.rule.description, **_value(field, definitions)}
    if not field.nullable:
        return schema
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"description": schema.pop("description"), "anyOf": [schema, {"type": "null"}]}


def _value(field: Field, definitions: Schema) -> Schema:
    rule = field.rule
    match field.kind:
        case FieldKind.FLAG:
            return {"type": "boolean", "default": field.default}
        case FieldKind.NUMBER:
            return {"type": "integer", "minimum": rule.least, "maximum": rule.most}
        case FieldKind.TEXTS | FieldKind.WORDS:
            least = {"minItems": rule.least} if rule.least else {}
            return {"type": "array", "items": _single(field), "uniqueItems": True, **least}
        case FieldKind.PART:
            assert field.part is not None
            return _reference(field.part, definitions)
        case FieldKind.PARTS:
            assert field.part is not None
            part = _reference(field.part, definitions)
            return {"type": "object", "propertyNames": _key(KEY), "additionalProperties": part}
        case _:
            return _single(field)


def _single(field: Field) -> Schema:
    if field.words is not None:
        return {"enum": [str(word) for word in field.words]}
    if field.rule.form is not None:
        return {"type": "string", **_form(field.rule.form)}
    may_be_empty = field.default == "" and field.kind is FieldKind.TEXT
    return {"type": "string"} if may_be_empty else {"type": "string", "pattern": r"\S"}


def _key(form: TextForm) -> Schema:
    return {"enum": sorted(COUNTRY_CODES)} if form is COUNTRY_KEY else _form(form)


def _form(form: TextForm) -> Schema:
    return {"pattern": f"^{form.pattern}$", "maxLength": form.longest}
