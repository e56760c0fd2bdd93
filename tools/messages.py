"""The catalogues of what people read, for whoever translates it: `make messages`.

Every room has one, `autograder/<room>/locale/<room>.pot`, the modules beside the rooms have `autograder/locale/`, and
the course has `course/locale/course.pot`, with its checks' docstrings, misconceptions and hints. A language is a file
`locale/<language>/LC_MESSAGES/<room>.po` beside it: `make messages LANGUAGE=de` begins those that are missing. What is
new is laid into each, and each is compiled to the .mo file that the machine reads.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from jinja2.ext import extract_from_ast

from autograder.language import COURSE, LOCALE

ROOT = Path(__file__).resolve().parents[1]
MACHINE = "autograder"
SAID = ("_", "marked")
COUNTED = "ngettext"
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n'
TASK_MODULES = ("public.py", "hidden.py", "misconceptions.py", "hints.py", "shared.py", "training.py")
_SENTENCE = re.compile(r"[A-Z`\"(]?.*[a-z]{2,}[^ ]* [^ ]+ .*", re.DOTALL)


@dataclass
class Room:
    """A catalogue: its name, the folder whose `locale` has it, and its sentences: where each stands, by (one, many)."""

    name: str
    folder: Path
    found: dict[tuple[str, str | None], list[str]] = field(default_factory=dict)

    @property
    def template(self) -> Path:
        return self.folder / LOCALE / f"{self.name}.pot"

    def add(self, one: str, many: str | None, path: Path) -> None:
        """Notes a sentence of a file."""
        places = self.found.setdefault((one, many), [])
        name = path.relative_to(ROOT).as_posix()
        if name not in places:
            places.append(name)

    def catalogue(self, language: str | None = None) -> Catalog:
        """What was found, as Babel has it."""
        made = Catalog(language, domain=self.name, fuzzy=False)
        for (one, many), places in sorted(self.found.items(), key=lambda entry: (entry[1], entry[0][0])):
            made.add((one, many) if many else one, locations=[(place, 0) for place in places])
            made[one].flags = {"python-brace-format"} if "{" in one else set()
        return made


def rooms() -> list[Room]:
    """The catalogues of the machine and of its course, filled from their sources."""
    machine = ROOT / MACHINE
    folders = [machine, *sorted(path.parent for path in machine.glob("*/__init__.py"))]
    found = [_of_room(folder, folder.name) for folder in folders]
    return [room for room in (*found, of_course(ROOT / COURSE)) if room.found]


def _of_room(folder: Path, name: str) -> Room:
    room = Room(name, folder)
    for path in sorted(folder.glob("*.py")):
        for one, many in sentences(ast.parse(path.read_bytes())):
            room.add(one, many, path)
    for path in sorted(folder.glob("templates/*.j2")):
        for one, many in sentences_of_template(path.read_text(encoding="utf-8")):
            room.add(one, many, path)
    return room


def sentences(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """What a module says by `_`, `marked` and `ngettext`; of commands, the docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if node.func.id in SAID and isinstance(texts[:1], list) and texts and isinstance(texts[0], str):
                yield texts[0], None
            elif node.func.id == COUNTED and len(texts) >= 2:
                yield str(texts[0]), str(texts[1])
        elif isinstance(node, ast.FunctionDef) and is_command(node) and (said := ast.get_docstring(node)):
            yield said, None


def is_command(function: ast.FunctionDef) -> bool:
    """Whether a function's arguments are options of a command, so that its docstring is what a user reads."""
    return any(
        name.id in ("CourseDir", "AsJson") or name.id == "typer"
        for argument in function.args.args if argument.annotation is not None
        for name in ast.walk(argument.annotation) if isinstance(name, ast.Name)
    )  # fmt: skip


def sentences_of_template(source: str) -> Iterator[tuple[str, str | None]]:
    """What a template says by `_` and `ngettext`."""
    tree = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).parse(source)
    for _line, function, texts in extract_from_ast(tree, ("_", COUNTED), babel_style=False):
        if function == COUNTED:
            yield str(texts[0]), str(texts[1])
        elif (text := texts if isinstance(texts, str) else texts[0]) is not None:
            yield text, None


def of_course(folder: Path) -> Room:
    room = Room(COURSE, folder)
    for path in sorted(folder.rglob("*.py")):
        if path.name in TASK_MODULES:
            for text in sentences_of_task(path.name, ast.parse(path.read_bytes())):
                room.add(text, None, path)
    return room


def sentences_of_task(name: str, tree: ast.Module) -> Iterator[str]:
    """What students read of a task's module: what its tests and misconceptions say of themselves, and its sentences."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)]
    ours = {node.body[0].value for node in functions if node.body and isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (said := ast.get_docstring(node)):
            registered = any(_called(one) == "add" for one in node.decorator_list)
            if node.name.startswith("test_") or registered:
                yield " ".join((said if registered else said.split("\n\n")[0]).split())
        elif isinstance(node, ast.Call) and _called(node) == "step":
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in ours:
            if name == "hints.py" or _reads_like_one(node.value):
                yield node.value


def _called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _reads_like_one(text: str) -> bool:
    code = "\n    " in text or text.startswith(("import ", "from ", "def ", "class ", "lambda "))
    return not code and _SENTENCE.fullmatch(text.strip()) is not None


def written(catalogue: Catalog) -> str:
    """A catalogue as a file has it, without dates and lines, which would make it another with every change."""
    out = io.BytesIO()
    pofile.write_po(out, catalogue, width=100, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue().decode()


def stale() -> list[Path]:
    """The templates that are not what the sources give, and those of rooms that say nothing any more."""
    known = {room.template: HEADER + written(room.catalogue()) for room in rooms()}
    there = [path for tree in (MACHINE, COURSE) for path in (ROOT / tree).rglob(f"{LOCALE}/*.pot")]
    other = [path for path, text in known.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    return sorted({*other, *(path for path in there if path not in known)})


def write(begin: Iterable[str] = ()) -> list[Path]:
    """Writes the templates that changed; lays what is new into every language, and into those that `begin`; compiles.
    Returns what was written."""
    done = []
    for path in stale():
        path.unlink(missing_ok=True)
    for room in rooms():
        room.template.parent.mkdir(exist_ok=True)
        if not room.template.is_file():
            room.template.write_text(HEADER + written(room.catalogue()), encoding="utf-8")
            done.append(room.template)
        for language in sorted({*begin, *(path.parent.parent.name for path in _translations(room))}):
            done += translate(room, language)
    return done


def _translations(room: Room) -> list[Path]:
    return sorted((room.folder / LOCALE).glob(f"*/LC_MESSAGES/{room.name}.po"))


def translate(room: Room, language: str) -> list[Path]:
    """Brings a room's translation to what its sources say now, and compiles it."""
    path = room.folder / LOCALE / language / "LC_MESSAGES" / f"{room.name}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = Catalog(language, domain=room.name, project=f"autograder, {room.name}", version="", fuzzy=False)
    if path.is_file():
        with path.open("rb") as file:
            known = pofile.read_po(file, language, room.name)
    begun = known.creation_date
    known.update(room.catalogue(language))
    known.creation_date = begun  # a file is another when a sentence is
    with path.open("wb") as file:
        pofile.write_po(file, known, width=100, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, known)
    return [path, path.with_suffix(".mo")]


if __name__ == "__main__":
    print(*(f"Wrote {path.relative_to(ROOT)}." for path in write(sys.argv[1:])), sep="\n")
