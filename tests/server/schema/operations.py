"""Generated operations: any selection of a schema's fields, with aliases, fragments, directives and arguments."""

from __future__ import annotations

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)
from hypothesis import strategies as st

DEPTH = 5
ARGUMENTS = ("first: 2", "first: $few", "first: 0")
DIRECTIVES = ("", "", "", "", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @include(if: true)")


@st.composite
def operations(draw: st.DrawFn, schema: GraphQLSchema) -> str:
    """An operation that is valid but for fields that cannot be merged; its variables are `$yes` and `$few`."""
    query = schema.query_type
    assert query is not None
    fragments: list[str] = []
    body = draw(_selections(schema, query, DEPTH, fragments))
    # A variable that no field came to use would make the operation invalid.
    used = "$yes: Boolean = true, $few: Int! = 3"
    return f"query Generated({used}) {body}\n" + "\n".join(fragments)


@st.composite
def _selections(
    draw: st.DrawFn, schema: GraphQLSchema, type: GraphQLObjectType, depth: int, fragments: list[str]
) -> str:
    names = draw(st.lists(st.sampled_from([*sorted(type.fields), "__typename"]), min_size=1, max_size=5))
    parts = []
    for place, name in enumerate(names):
        if name == "__typename":
            parts.append(draw(st.sampled_from(("__typename", "kindOfThis: __typename"))))
            continue
        field = type.fields[name]
        inner = get_named_type(field.type)
        if is_composite_type(inner) and depth == 0:
            continue
        # Another name for each, or two of one field with different arguments could not be merged.
        alias = f"a{place}{depth}{name}: " if "first" in field.args or draw(st.booleans()) else ""
        below = draw(_below(schema, field, depth, fragments))
        parts.append(f"{alias}{name}{draw(_arguments(field))}{draw(st.sampled_from(DIRECTIVES))}{below}")
    body = "{ " + " ".join(parts or ["__typename"]) + " }"
    match draw(st.integers(0, 7)):
        case 0:
            fragments.append(f"fragment F{len(fragments)} on {type.name} {body}")
            return f"{{ ...F{len(fragments) - 1} }}"
        case 1:
            return f"{{ ... on {type.name} {body} ...{{ __typename }} }}"
    return body


@st.composite
def _below(draw: st.DrawFn, schema: GraphQLSchema, field: GraphQLField, depth: int, fragments: list[str]) -> str:
    inner = get_named_type(field.type)
    if is_object_type(inner):
        return " " + draw(_selections(schema, inner, depth - 1, fragments))
    if is_abstract_type(inner):
        possible = schema.get_possible_types(inner)
        some = draw(st.lists(st.sampled_from(possible), max_size=2, unique_by=str)) if possible else []
        each = [f"... on {one.name} {draw(_selections(schema, one, depth - 1, fragments))}" for one in some]
        return f" {{ __typename {' '.join(each)} }}"
    return ""


@st.composite
def _arguments(draw: st.DrawFn, field: GraphQLField) -> str:
    return f"({draw(st.sampled_from(ARGUMENTS))})" if "first" in field.args and draw(st.booleans()) else ""
