from __future__ import annotations

import os
from pathlib import Path

import pytest

from graph.errors import InvalidRevision
from graph.revision_file import decoded, read_revision_texts
from seed.folder import read_revision
from tests.builders import A_MAP_TEXT, a_policy, a_revision_content


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid revision."""
    found = tmp_path / "revision"
    found.mkdir()
    (found / "policy.md").write_text(a_policy().markdown, encoding="utf-8")
    (found / "map.yaml").write_text(A_MAP_TEXT, encoding="utf-8")
    return found


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(InvalidRevision) as caught:
        read_revision(folder)
    return [str(problem).replace(f"{folder}{os.sep}", "") for problem in caught.value.problems]


# ---- two texts -------------------------------------------------------------------------------------------------------


def test_two_texts_make_a_revision() -> None:
    assert read_revision_texts(a_policy().markdown, A_MAP_TEXT) == a_revision_content()


def test_the_problems_of_both_texts_are_told_at_once() -> None:
    policy = a_policy().markdown + "\nOnce more. {#statement}\n"
    with pytest.raises(InvalidRevision) as caught:
        read_revision_texts(policy, A_MAP_TEXT.replace("name: Billing", "nane: Billing"), "p", "m")
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("m", 17), ("p", 5)]


def test_a_citation_is_checked_against_the_policy() -> None:
    with pytest.raises(InvalidRevision) as caught:
        read_revision_texts(a_policy("other").markdown, A_MAP_TEXT)
    assert {problem.message.split(": ")[1] for problem in caught.value.problems} == {"no clause is 'statement'"}
    assert len(caught.value.problems) == 11


def test_a_policy_that_cannot_be_read_makes_no_citation_wrong() -> None:
    with pytest.raises(InvalidRevision) as caught:
        read_revision_texts("x" * 2_000_000, A_MAP_TEXT)
    assert [problem.file for problem in caught.value.problems] == ["policy.md"]


def test_bytes_that_are_no_text_are_told_with_their_line() -> None:
    with pytest.raises(InvalidRevision) as caught:
        decoded("Price\n\nPreis: fünf".encode("latin-1"), "policy.md")
    assert [str(problem) for problem in caught.value.problems] == [
        "policy.md:3: not UTF-8: the byte 0xFC means nothing there: save the file as UTF-8"
    ]


# ---- a folder --------------------------------------------------------------------------------------------------------


def test_a_folder_is_a_revision(folder: Path) -> None:
    assert read_revision(folder) == a_revision_content()


def test_other_files_and_folders_are_passed_over(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / ".draft.md").write_text("x")
    (folder / "old.yaml").mkdir()
    assert read_revision(folder) == a_revision_content()


def test_problems_are_told_under_the_path_as_it_was_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "map.yaml").write_text(A_MAP_TEXT.replace("name: Billing", "name: 1"))
    monkeypatch.chdir(folder.parent)
    with pytest.raises(InvalidRevision) as caught:
        read_revision(Path("revision"))
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("revision/map.yaml", 17)]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidRevision) as caught:
        read_revision(tmp_path / "nowhere")
    assert [str(problem) for problem in caught.value.problems] == [
        f"{tmp_path / 'nowhere'}:0: there is no such folder: name the folder of a revision"
    ]


def test_a_file_under_a_wrong_name(folder: Path) -> None:
    (folder / "map.yaml").rename(folder / "map.yml")
    (folder / "README.md").write_text("x")
    assert problems_of(folder) == [
        "README.md:0: a revision has only 'policy.md' and 'map.yaml': rename it, or move it out of the folder",
        "map.yaml:0: there is no such file: add it",
        "map.yml:0: a revision has only 'policy.md' and 'map.yaml': rename it to 'map.yaml'",
    ]


def test_a_missing_policy_does_not_hide_what_is_wrong_with_the_map(folder: Path) -> None:
    (folder / "policy.md").unlink()
    (folder / "map.yaml").write_text(A_MAP_TEXT.replace("name: Billing", "name: 1"))
    assert problems_of(folder) == [
        'map.yaml:17: services.billing.name: 1 is a number, not a text: put it in quotes: "1"',
        "policy.md:0: there is no such file: add it",
    ]


def test_a_missing_map_does_not_hide_what_is_wrong_with_the_policy(folder: Path) -> None:
    (folder / "map.yaml").unlink()
    (folder / "policy.md").write_text(a_policy().markdown + "\nOnce more. {#statement}\n")
    assert [problem.split(": ")[0] for problem in problems_of(folder)] == ["map.yaml:0", "policy.md:5"]


def test_a_file_that_is_not_utf_8_does_not_hide_what_is_wrong_with_the_other(folder: Path) -> None:
    (folder / "map.yaml").write_text(A_MAP_TEXT.replace("name: Billing", "name: 1"))
    (folder / "policy.md").write_bytes(b"# Policy\n\xff\n")
    assert [problem.split(": ")[0] for problem in problems_of(folder)] == ["map.yaml:17", "policy.md:2"]


def test_a_link_must_not_lead_out_of_the_folder(folder: Path) -> None:
    secret = folder.parent / "secret.yaml"
    secret.write_text("password: hunter2")
    (folder / "map.yaml").unlink()
    (folder / "map.yaml").symlink_to(secret)
    assert problems_of(folder) == [
        "map.yaml:0: a link that leads out of the folder: put the file itself here",
    ]


def test_a_link_inside_the_folder_is_followed(folder: Path) -> None:
    (folder / "map.yaml").rename(folder / "map-1")
    (folder / "map.yaml").symlink_to("map-1")
    assert read_revision(folder) == a_revision_content()


def test_a_link_to_itself(folder: Path) -> None:
    (folder / "map.yaml").unlink()
    (folder / "map.yaml").symlink_to("map.yaml")
    (problem,) = problems_of(folder)
    assert problem.startswith("map.yaml:0: cannot be read (")


def test_a_folder_in_the_place_of_a_file(folder: Path) -> None:
    (folder / "map.yaml").unlink()
    (folder / "map.yaml").mkdir()
    assert problems_of(folder) == ["map.yaml:0: not a file: put a text file here"]


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    (folder / "map.yaml").unlink()
    os.mkfifo(folder / "map.yaml")
    assert problems_of(folder) == ["map.yaml:0: not a file: put a text file here"]


def test_a_file_that_is_too_long_is_not_read(folder: Path) -> None:
    (folder / "map.yaml").write_bytes(b"#" * 1_048_577)
    assert problems_of(folder) == ["map.yaml:0: longer than 1,048,576 bytes: shorten it"]
