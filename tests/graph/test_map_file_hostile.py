"""Whatever stands in a map file, it is read or its problems are reported: nothing else is raised, nothing grows."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidRevision
from graph.map_file import read_map
from tests.builders import A_MAP_TEXT
from tests.graph.map_texts import CLAUSES, changed, problems_of

# ---- what cannot be YAML ---------------------------------------------------------------------------------------------

NOT_YAML = {
    "an empty file": ("", ["map.yaml:1: the file is empty: start it with 'revision:' and 'controller:'"]),
    "only a comment": ("# x\n", ["map.yaml:1: the file is empty: start it with 'revision:' and 'controller:'"]),
    "a list": ("\n- a\n", ["map.yaml:2: the file is not a mapping: start it with 'revision:' and 'controller:'"]),
    "a text": ("hello", ["map.yaml:1: the file is not a mapping: start it with 'revision:' and 'controller:'"]),
    "a tab": (
        changed("  billing:\n    name", "  billing:\n\tname"),
        ["map.yaml:17: a tab stands where YAML wants spaces: indent with spaces"],
    ),
    "a colon in a text": (
        changed("name: Acme Ltd", "name: Acme: Ltd"),
        ["map.yaml:6: ':' stands inside a text without quotes: put the text in quotes, or indent"],
    ),
    "an open quote": (
        changed("name: Acme Ltd", "name: 'Acme Ltd"),
        ["map.yaml:6: a quoted text is never closed: close it with the same quote"],
    ),
    "an open bracket": (
        A_MAP_TEXT + "rights: [",
        ["map.yaml:70: a bracket is never closed: close it, or put the text in quotes"],
    ),
    "a special character": (
        changed("name: Acme Ltd", "name: @acme"),
        ["map.yaml:6: a text without quotes starts with a special character: put the text in quotes"],
    ),
    "a key without a colon": (
        changed("  name: Acme Ltd", "  name"),
        ["map.yaml:6: a key has no ':' after it: write 'key: value'"],
    ),
    "a list among fields": (
        changed("  name: Acme Ltd", "  - Acme Ltd"),
        ["map.yaml:6: the indentation does not fit: align the line with its neighbours"],
    ),
    "an escape that is too large": (
        changed("name: Acme Ltd", r'name: "\UFFFFFFFF"'),
        [
            "map.yaml:6: not readable as YAML (Python int too large to convert to C int): "
            "look for an odd escape such as \\U on this line or the next"
        ],
    ),
    "a control character": (
        changed("Acme Ltd", "Acme\x00Ltd"),
        ["map.yaml:6: the control character U+0000 stands in the file: delete it"],
    ),
    "an escaped control character": (
        changed("name: Acme Ltd", r'name: "Acme\0"'),
        ["map.yaml:6: the text holds the character U+0000: delete that escape"],
    ),
    "an escaped half of a surrogate pair": (
        changed("name: Acme Ltd", r'name: "Acme\ud800"'),
        ["map.yaml:6: the text holds the character U+D800: delete that escape"],
    ),
    "half a surrogate pair": (
        changed("name: Acme Ltd", 'name: "Acme\ud800"'),
        ["map.yaml:6: the control character U+D800 stands in the file: delete it"],
    ),
    "a byte order mark": (
        "\ufeff" + A_MAP_TEXT,
        [
            "map.yaml:1: the file starts with a byte order mark: save it as UTF-8 without a byte order mark",
        ],
    ),
    "an anchor and an alias": (
        changed("name: Acme Ltd\n  registration: HE 1", "name: &name Acme Ltd\n  registration: *name"),
        [
            "map.yaml:6: the anchor &name cannot be used here: delete it",
            "map.yaml:7: the alias *name cannot be used here: write out what it stands for",
        ],
    ),
    "a tag": (
        changed("name: Acme Ltd", "name: !!str Acme Ltd"),
        ["map.yaml:6: the tag !!str cannot be used here: delete it"],
    ),
    "a directive": (
        "%YAML 1.1\n---\n" + A_MAP_TEXT,
        ["map.yaml:2: a %-directive has no meaning here: delete the line above that starts with %"],
    ),
    "two documents": (
        A_MAP_TEXT + "---\nrights: {}\n",
        ["map.yaml:70: a second document starts here: keep one map in one file: delete this '---'"],
    ),
    "deep nesting": (
        A_MAP_TEXT + "rights: " + "[" * 100_000,
        [
            "map.yaml:70: nested deeper than 8 levels: "
            "look for brackets or indentation that should not be there"
        ],
    ),
    "a file that is too long": (
        A_MAP_TEXT + "#" * 1_048_576,
        [
            "map.yaml:0: the file is 1,050,077 bytes long, of at most 1,048,576: "
            "shorten it, or split what it describes into two maps"
        ],
    ),
    "a key given twice": (
        changed("  answers_within: one month", "  name: Acme\n  answers_within: one month"),
        [
            "map.yaml:11: the key 'name' is given twice: delete one of the two, or rename it; the first is on line 6"
        ],
    ),
    "an element given twice": (
        changed("data_categories:\n", "  billing: {name: Again}\ndata_categories:\n"),
        [
            "map.yaml:19: the key 'billing' is given twice: "
            "delete one of the two, or rename it; the first is on line 16"
        ],
    ),
    "a key with a line break": (
        A_MAP_TEXT + '"a\\nb": c\n',
        [
            "map.yaml:70: a key is too long, or has a line break in it: "
            "make it a single word of at most 200 characters"
        ],
    ),
    "a list as a key": (
        A_MAP_TEXT + "? [a]\n: b\n",
        ["map.yaml:70: a key is a list or a mapping: make it a single word before ':'"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_YAML)
def test_what_is_wrong_with_the_yaml_is_reported_at_its_line(name: str) -> None:
    text, expected = NOT_YAML[name]
    assert problems_of(text) == expected


def test_a_billion_laughs_stay_small() -> None:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    problems = problems_of("\n".join(lines))
    assert len([problem for problem in problems if "the alias" in problem]) == 90


# ---- nothing else is raised ------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters() | st.sampled_from(" \n:-[]{}#&*!|>'\"%@`,?\t"), max_size=200))
def test_any_text_is_read_or_reported(text: str) -> None:
    with contextlib.suppress(InvalidRevision):
        read_map(text, CLAUSES)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(A_MAP_TEXT)),
    st.integers(0, 30),
    st.sampled_from(
        ["", " ", "\n", ":", "- ", "[", "{}", "~", "1", "&a ", "*a", "!!x ", "'", '"', "|", "\t", "%", "a"]
    ),
)
def test_a_damaged_file_is_read_or_reported(place: int, cut: int, put: str) -> None:
    with contextlib.suppress(InvalidRevision):
        read_map(A_MAP_TEXT[:place] + put + A_MAP_TEXT[place + cut :], CLAUSES)
