"""GraphQL operations made from the schema itself, so that a field which is added tomorrow is attempted too."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

DEEPEST = 6
#: How often an argument is given that need not be: too many of them together, and hardly an answer has a row.
_GIVEN = {
    "first": 0.4,
    "after": 0.3,
    "asOf": 0.3,
    "service": 0.15,
    "category": 0.15,
    "recipient": 0.15,
    "unread": 0.2,
    "locale": 0.2,
}
#: And a field of an input: most reports are to pass the door, so that their outcome depends on what is known already.
_GIVEN_IN = {"since": 0.9, "goneAt": 0.1, "lastSeen": 0.1, "until": 0.1, "source": 0.1, "isMinor": 0.1}
#: Roots at which rows of people can be reached are asked more often than the rest.
WEIGHTS = {
    "query": 12,
    "mutation": 4,
    "me": 6,
    "node": 6,
    "subject": 3,
    "recordDecision": 2,
    "setStand": 2,
    "reportHoldings": 2,
    "markNoticesRead": 3,
    "setNoticeChannels": 2,
}
WEIGHTS_OF_STAFF = {"query": 12, "mutation": 4, "me": 1, "node": 4, "subject": 20}
WEIGHTS_OF_SERVICE = {
    **WEIGHTS,
    "mutation": 16,
    "me": 2,
    "subject": 12,
    # Where notes for staff stand.
    "dataMap": 12,
    "reportHoldings": 12,
    "markNoticesRead": 1,
    "setNoticeChannels": 1,
}
_KINDS = ("query", "mutation", "subscription")


@dataclass(frozen=True, slots=True)
class Pools:
    """Values by what they are: drawn for arguments of that kind. Each has one at least. `named`: keys that arguments of
    that name most often get."""

    people: Sequence[str]
    ids: Sequence[str]
    cursors: Sequence[str]
    keys: Sequence[str]
    named: Mapping[str, Sequence[str]]
    times: Sequence[str]
    numbers: Sequence[int] = (1, 2, 3, 50, 200, 1, 2, 3, 50, 200, 4, 0, -1, 2**31 - 1)


@dataclass(slots=True)
class Document:
    """A text, and what makes values for its variables."""

    text: str = ""
    names: list[str] = field(default_factory=list)
    variables: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        return {name: value() for name, value in self.variables.items()}


class Writer:
    """Writes documents for one schema, with arguments from pools. The same `chance` gives the same documents."""

    def __init__(
        self, schema: GraphQLSchema, pools: Pools, chance: random.Random, weights: Mapping[str, int] = WEIGHTS
    ) -> None:
        self._schema = schema
        self._weights = weights
        self._pools = pools
        self._chance = chance
        self._document = Document()
        self._declared: dict[str, str] = {}
        self._fragments: list[str] = []
        self._apart = 0
        self._types: dict[str, set[str]] = defaultdict(set)
        for type in schema.type_map.values():
            for name, each in getattr(type, "fields", {}).items():
                self._types[name].add(str(each.type))

    def write(self) -> Document:
        """One operation, or now and then two, of which one is named to be run."""
        self._document, self._declared, self._fragments = Document(), {}, []
        kinds = self._chance.choices(
            _KINDS, [self._weights.get(each, 1) for each in _KINDS], k=self._chance.choice((1, 1, 1, 2))
        )
        operations = []
        for number, kind in enumerate(kinds):
            name = f"Ask{number}"
            body = self._roots(kind)
            declared = ", ".join(f"${each}: {type}" for each, type in self._declared.items())
            operations.append(f"{kind} {name}{f'({declared})' if declared else ''} {body}")
            self._declared = {}
            self._document.names.append(name)
        self._document.text = "\n".join((*operations, *self._fragments))
        return self._document

    # ---- selections --------------------------------------------------------------------------------------------------

    def _roots(self, kind: str) -> str:
        schema = self._schema
        root = {
            "query": schema.query_type,
            "mutation": schema.mutation_type,
            "subscription": schema.subscription_type,
        }[kind]
        assert root is not None
        names = list(root.fields)
        # Of a subscription with more than one, nothing runs.
        several = self._chance.random() < 0.1 if kind == "subscription" else True
        number = self._chance.choice((1, 1, 2, 3)) if several else 1
        chosen = self._chance.choices(names, [self._weights.get(each, 1) for each in names], k=number)
        return "{ " + " ".join(self._field(name, root.fields[name], 0) for name in chosen) + " }"

    def _selection(self, type: GraphQLNamedType, depth: int) -> str:
        if isinstance(type, GraphQLUnionType):
            return "{ __typename " + " ".join(self._on(each, depth) for each in type.types) + " }"
        assert isinstance(type, GraphQLObjectType | GraphQLInterfaceType)
        parts = [self._field(name, type.fields[name], depth) for name in self._some(type, depth)]
        if isinstance(type, GraphQLInterfaceType):
            possible = self._schema.get_possible_types(type)
            parts += [self._on(each, depth) for each in self._chance.sample(possible, min(3, len(possible)))]
            if self._chance.random() < 0.5:
                people = [each for each in possible if each.name in ("Subject", "Holding", "Decision", "Trust")]
                parts += [self._on(each, depth) for each in people]
        return "{ __typename " + " ".join(parts) + " }"

    def _on(self, type: GraphQLObjectType, depth: int) -> str:
        self._apart += 1
        body = self._selection(type, depth + 1)
        self._apart -= 1
        if self._chance.random() < 0.7:
            return f"... on {type.name} {body}"
        name = f"Part{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {type.name} {body}")
        return f"...{name}"

    def _some(self, type: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> list[str]:
        """Names of fields: few of them, those without fields of their own first where it is deep already."""
        leaves = [name for name, each in type.fields.items() if is_leaf_type(get_named_type(each.type))]
        others = [name for name in type.fields if name not in leaves]
        chosen = self._chance.sample(leaves, min(len(leaves), self._chance.randint(1, 4)))
        if others and (depth < DEEPEST - 2 or (depth < DEEPEST and not chosen)):
            # The rows of a list are what is looked for; of a person, several lists.
            rows = [each for each in others if each in ("nodes", "edges", "node")]
            number = self._chance.choice((1, 2, 3)) if type.name == "Subject" else 1
            chosen += self._chance.sample(rows or others, min(len(rows or others), number))
        return chosen

    def _field(self, name: str, definition: GraphQLField, depth: int) -> str:
        # Side by side on several types, the `kind` of one is not that of another.
        is_ambiguous = self._apart and len(self._types[name]) > 1
        alias = (
            f"a{self._chance.randint(0, 10**6)}: " if is_ambiguous or not depth or self._chance.random() < 0.1 else ""
        )
        given = {
            each: self._argument("person" if name == "subject" and each == "id" else each, argument)
            for each, argument in definition.args.items()
            if is_required_argument(argument) or self._chance.random() < _GIVEN.get(each, 0.5)
        }
        arguments = f"({', '.join(f'{each}: {value}' for each, value in given.items())})" if given else ""
        inner = get_named_type(definition.type)
        body = "" if is_leaf_type(inner) else f" {self._selection(inner, depth + 1)}"
        return f"{alias}{name}{arguments}{body}"

    # ---- arguments ---------------------------------------------------------------------------------------------------

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        def make() -> Any:
            return self.value(name, argument.type)

        if self._chance.random() < 0.6:
            variable = f"v{len(self._document.variables)}"
            self._declared[variable] = str(argument.type)
            self._document.variables[variable] = make
            return f"${variable}"
        return _literal(make(), argument.type)

    def value(self, name: str, type: GraphQLInputType, *, nullable: bool = True) -> Any:
        """A value for an argument or a field of an input, of its type."""
        chance, pools = self._chance, self._pools
        if isinstance(type, GraphQLNonNull):
            return self.value(name, type.of_type, nullable=False)
        if nullable and chance.random() < 0.1:
            return None
        if isinstance(type, GraphQLList):
            return [self.value(name, type.of_type) for _ in range(chance.choice((0, 1, 1, 2)))]
        if isinstance(type, GraphQLInputObjectType):
            fields: Mapping[str, GraphQLInputField] = type.fields
            chosen = {
                each: one
                for each, one in fields.items()
                if is_required_input_field(one) or chance.random() < _GIVEN_IN.get(each, 0.4)
            }
            return {each: self.value(each, one.type) for each, one in chosen.items()}
        if isinstance(type, GraphQLEnumType):
            return chance.choice(list(type.values))
        assert isinstance(type, GraphQLScalarType)
        match type.name:
            case "ID" if name in pools.named and chance.random() < 0.7:
                return chance.choice(pools.named[name])
            case "ID":
                often = {"person": 1, "subject": 0.7}.get(name, 0.2)
                return chance.choice(pools.people if chance.random() < often else pools.ids)
            case "Int":
                return chance.choice(pools.numbers)
            case "Boolean":
                return chance.random() < 0.5
            case "DateTime":
                return chance.choice(pools.times)
            case _ if name in ("after", "before"):
                return chance.choice(pools.cursors)
            case _:
                return chance.choice(pools.named.get(name, pools.keys) if chance.random() < 0.8 else pools.keys)


def _literal(value: Any, type: GraphQLInputType) -> str:
    """A value as it stands in a document."""
    if value is None:
        return "null"
    if isinstance(type, GraphQLNonNull):
        return _literal(value, type.of_type)
    if isinstance(type, GraphQLList):
        return f"[{', '.join(_literal(each, type.of_type) for each in value)}]"
    if isinstance(type, GraphQLInputObjectType):
        inner = (f"{name}: {_literal(each, type.fields[name].type)}" for name, each in value.items())
        return f"{{{', '.join(inner)}}}"
    return str(value) if isinstance(type, GraphQLEnumType) else json.dumps(value)
