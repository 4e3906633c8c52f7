"""A folder on disk -> the revision in it."""

from __future__ import annotations

from pathlib import Path

from graph.clauses import read_policy
from graph.errors import InvalidRevision, Problem
from graph.map_file import read_map
from graph.map_file.nodes import MAX_BYTES
from graph.model import RevisionContent
from graph.revision_file import MAP_FILE, POLICY_FILE, Before, decoded, read_revision_texts
from graph.suggest import nearest

_NAMES = (POLICY_FILE, MAP_FILE)
_SUFFIXES = (".md", ".markdown", ".yaml", ".yml")


def read_revision(folder: Path, before: Before | None = None) -> RevisionContent:
    """The revision in `folder`: its policy.md and map.yaml. `before` is the one that it follows, for hints.

    Raises InvalidRevision with every problem of the folder and of both files, each under its path as it was given.
    Other files are passed over, but for Markdown and YAML, which are probably one of the two under a wrong name; names
    that start with a dot, and folders inside, are passed over too.
    """
    if not folder.is_dir():
        raise InvalidRevision([Problem(str(folder), 0, "there is no such folder", "name the folder of a revision")])
    problems = _wrong_names(folder)
    texts: dict[str, str] = {}
    for name in _NAMES:
        try:
            texts[name] = _text(folder, name)
        except InvalidRevision as error:
            problems.extend(error.problems)
    policy_file, map_file = (str(folder / name) for name in _NAMES)
    content: RevisionContent | None = None
    try:
        if len(texts) == len(_NAMES):
            content = read_revision_texts(texts[POLICY_FILE], texts[MAP_FILE], policy_file, map_file, before)
        elif MAP_FILE in texts:
            read_map(texts[MAP_FILE], None, map_file)
        elif POLICY_FILE in texts:
            read_policy(texts[POLICY_FILE], policy_file).accepted()
    except InvalidRevision as error:
        problems.extend(error.problems)
    if problems or content is None:
        raise InvalidRevision(problems)
    return content


def _wrong_names(folder: Path) -> list[Problem]:
    problems = []
    for path in sorted(folder.iterdir()):
        is_meant = path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and not path.is_dir()
        if is_meant and path.name not in _NAMES:
            guess = nearest(path.name, _NAMES)
            hint = f"rename it to '{guess}'" if guess else "rename it, or move it out of the folder"
            message = f"a revision has only '{POLICY_FILE}' and '{MAP_FILE}'"
            problems.append(Problem(str(path), 0, message, hint))
    return problems


def _text(folder: Path, name: str) -> str:
    """Raises InvalidRevision if the file cannot be read as text. A link must not lead out of the folder."""
    path = folder / name
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(folder.resolve(strict=True)):
            raise _problem(path, "a link that leads out of the folder", "put the file itself here")
        if not target.is_file():
            raise _problem(path, "not a file", "put a text file here")
        with target.open("rb") as stream:
            # One byte more than is allowed is enough to know that it is too long.
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _problem(path, "there is no such file", "add it") from None
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a link that leads to itself"
        raise _problem(path, f"cannot be read ({reason})", "mend the file or its permissions") from None
    if len(data) > MAX_BYTES:
        raise _problem(path, f"longer than {MAX_BYTES:,} bytes", "shorten it")
    return decoded(data, str(path))


def _problem(path: Path, message: str, hint: str) -> InvalidRevision:
    return InvalidRevision([Problem(str(path), 0, message, hint)])
