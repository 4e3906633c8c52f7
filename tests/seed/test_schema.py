from __future__ import annotations

import re

from graph.map_file.country_codes import COUNTRY_CODES
from graph.map_file.schema import map_schema
from seed.schema import SCHEMA_FILE, schema_text


def test_the_committed_schema_is_the_generated_one() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m seed.schema"


def test_the_schema_says_what_an_editor_needs() -> None:
    schema = map_schema()
    assert list(schema["properties"])[:4] == ["revision", "controller", "services", "data_categories"]
    assert schema["$defs"]["Processing"]["required"] == ["service", "categories", "source", "purpose", "retention"]
    assert schema["$defs"]["DataCategory"]["properties"]["kind"] == {
        "description": "PERSONAL: it says who somebody is; SUPPLEMENTARY: technical data beside it.",
        "enum": ["PERSONAL", "SUPPLEMENTARY"],
    }
    assert schema["$defs"]["Exclusion"]["properties"]["minimum_age"] == {
        "description": "For the kind AGE: the age, in years, from which people are served.",
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": 150,
    }
    assert schema["properties"]["countries"]["propertyNames"] == {"enum": sorted(COUNTRY_CODES)}
    assert schema["$defs"]["Disclosure"]["properties"]["services"]["minItems"] == 1


def test_every_field_in_the_schema_is_described() -> None:
    for name, definition in map_schema()["$defs"].items():
        for field, schema in definition["properties"].items():
            assert schema["description"].endswith("."), f"{name}.{field}"


def test_every_revision_of_the_seed_points_to_the_schema() -> None:
    maps = sorted(SCHEMA_FILE.parent.glob("*/*/map.yaml"))
    assert maps
    for each in maps:
        first = each.read_text(encoding="utf-8").splitlines()[0]
        found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert found is not None, each
        assert (each.parent / found[1]).resolve() == SCHEMA_FILE
