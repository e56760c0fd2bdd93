"""Everything that people read is in a catalogue: the sources, looked at; and the catalogues, compared with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import jinja2
import pytest
from jinja2 import nodes

from autograder.desk import rows
from autograder.desk.spoken import BY_SCRIPTS
from autograder.feedback import model
from tools import messages

ROOT = Path(__file__).parents[1]
MACHINE = ROOT / "autograder"
MODULES = sorted(MACHINE.rglob("*.py"))
TEMPLATES = sorted(MACHINE.rglob("*.j2"))

# Modules whose texts nobody but a developer reads, by the reason.
FOR_DEVELOPERS = {
    "the bridge's protocol, of which a student reads the fixed sentence": (
        "bridge/here.py", "bridge/measuring.py", "bridge/student.py", "bridge/transport.py", "bridge/errors.py",
    ),
    "the sandbox's own protocol and mechanisms, of which a person reads what the client says": (
        "sandbox/agent.py", "sandbox/cgroup.py", "sandbox/channel.py", "sandbox/confine.py", "sandbox/guard.py",
        "sandbox/holdings.py", "sandbox/landlock.py", "sandbox/limits.py", "sandbox/meant.py", "sandbox/privileges.py",
        "sandbox/provisioner.py", "sandbox/reach.py", "sandbox/server.py", "sandbox/sharing.py",
        "sandbox/supervisor.py", "sandbox/trees.py", "sandbox/usage.py", "sandbox/wire.py", "sandbox/zmtp.py",
    ),
    "code that is sent to the kernel": ("checks/probes.py", "training/probes.py"),
    "what an author's mistake in a check says": (
        "checks/api.py", "checks/diagnosis.py", "checks/refusals.py", "checks/running.py", "checks/strategies.py",
        "checks/wrong_answers.py",
    ),
    "what goes into files in their own form": ("release/wheel.py",),
}  # fmt: skip
UNSAID = {MACHINE / name for names in FOR_DEVELOPERS.values() for name in names}

# Texts that look like sentences, and are none: how each begins, by its file.
NO_SENTENCES: dict[str, tuple[str, ...]] = {
    # names, of Python, of tables, of other systems' columns, of nbgrader's settings, of system calls
    "__init__.py": ("module …",),
    "checks/collecting.py": ("search(",),
    "checks/arrays.py": ("image of the batch",),
    "classroom/export.py": ("SIS ", "… [Total Pts"),
    "classroom/ledger.py": ("student, fingerprint",),
    "classroom/marks.py": ("id, says, points",),
    "classroom/watch.py": ("%(asctime)s", "%Y-"),
    "desk/decide_page.py": ("text/csv", "attachment"),
    "desk/door.py": ("default-src", "camera="),
    "feedback/render.py": ("default-src",),
    "gradebook/roster.py": (
        "número", "sis ", "vollständiger", "last modified", "zuletzt", "dernière", "última", "ultima", "adresse",
        "dirección",
    ),
    "sandbox/syscalls.py": ("ptrace", "socket", "mincore", "fallocate", "chmod"),
    # values, said by `marked` where they are listed
    "desk/board.py": ("to be graded", "waits for a person"),
    "gradebook/scores.py": ("waits for a person",),
    # what another program says
    "faults.py": ("RuntimeError",),
    "gradebook/opening.py": ("closed the conn", "not a database", "no such", "unable to open", "disk I/O", "No space"),
    # code, and files for authors and programs
    "classroom/pool.py": ("from autograder",),
    "gradebook/student_version.py": ("# YOUR CODE",),
    "release/bundle.py": ("# The part",),
    "release/kit.py": ("# For conda", "[build-system]"),
    "release/new.py": ("def $name", "# $name", "check(", "## $heading", "### BEGIN", "# …"),
    "training/tasks.py": ("few permuted",),
    # what only a developer meets
    "checks/notebook.py": ("time of a check",),
    "checks/reading.py": ("a … is nothing",),
    "classroom/layouts.py": ("aliases have",),
    "sandbox/kernel.py": ("the kernel's heartbeat",),
    "sandbox/policy.py": ("isolation is",),
}

SQL = re.compile(r"\s*(select|insert|update|delete from|create (table|index|unique)|pragma|alter table|begin|drop)\b")
WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*")
# Calls whose texts are patterns, commands, code or keys.
NOT_READ = {
    "compile", "match", "fullmatch", "search", "sub", "findall", "execute", "exec_driver_sql", "text", "TypeVar",
    "cast", "getLogger", "Literal", "import_module", "startswith", "endswith", "partition", "rpartition", "split",
    "removeprefix", "removesuffix", "strftime", "strptime", "find_spec", "debug", "replace", "filterwarnings",
    "namedtuple", "addinivalue_line",
}  # fmt: skip
SPOKEN = {"Option", "Argument", "print", "fail", "say", "add_column"}


class Texts(ast.NodeVisitor):
    """The texts of a module that a person could read, and are not said by its catalogue: (line, text)."""

    def __init__(self, source: str) -> None:
        self.found: list[tuple[int, str]] = []
        self._source = source
        self._loud = False

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in (*messages.SAID, messages.COUNTED):
            for argument in node.args[1 if name in messages.SAID else 2 :]:
                self.visit(argument)
            return
        if name == "format" and isinstance(node.func, ast.Attribute):
            self.visit(node.func.value)
        elif isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Constant):
            self.visit(node.func.value)
        if name in NOT_READ:
            return
        self._within(name in SPOKEN, [*node.args, *node.keywords])

    def visit_Raise(self, node: ast.Raise) -> None:
        self._within(True, [node.exc] if node.exc else [])

    def _within(self, loud: bool, nodes: list[ast.AST]) -> None:
        before, self._loud = self._loud, self._loud or loud
        for node in nodes:
            self.visit(node)
        self._loud = before

    def visit_Assert(self, node: ast.Assert) -> None: ...

    def visit_Compare(self, node: ast.Compare) -> None: ...

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated":
            self.generic_visit(node)
        else:
            self.visit(node.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for value in node.values:
            self.visit(value)

    def _decorated(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        for child in ast.iter_child_nodes(node):
            if child not in node.decorator_list:
                before, self._loud = self._loud, False
                self.visit(child)
                self._loud = before

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _decorated

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and not self._is_pattern(node):
            self._look(node.lineno, node.value)

    def _is_pattern(self, node: ast.AST) -> bool:
        return re.match(r"r[bf]?[\"']", ast.get_source_segment(self._source, node) or "", re.IGNORECASE) is not None

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        if self._is_pattern(node):
            return
        self._look(node.lineno, "".join(one.value if isinstance(one, ast.Constant) else "…" for one in node.values))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def _look(self, line: int, text: str) -> None:
        words, markup = WORDS.findall(text), re.search(r"</|<[a-z]+ |=\"|\w+:\w+;|\n *(def|import|for|from)\b", text)
        if " " in text.strip("… ") and len(words) >= (2 if self._loud else 3) and not SQL.match(text) and not markup:
            self.found.append((line, text))


def unsaid(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    looked = Texts(source)
    looked.visit(ast.parse(source))
    name = path.relative_to(MACHINE).as_posix()
    for line, text in looked.found:
        if not text.lstrip().startswith(NO_SENTENCES.get(name, ("\0",))):
            yield f"{name}:{line}: {text[:100]!r}"


def test_every_sentence_of_the_code_is_said_by_its_catalogue() -> None:
    found = [text for path in MODULES if path not in UNSAID for text in unsaid(path)]
    assert not found, "wrap these in _(), or say in NO_SENTENCES why not:\n" + "\n".join(found)


def test_the_exceptions_are_still_there() -> None:
    """A file or a text that is gone needs no exception."""
    assert not [path for path in UNSAID if not path.is_file()]
    gone = []
    for name, beginnings in NO_SENTENCES.items():
        source = (MACHINE / name).read_text(encoding="utf-8")
        looked = Texts(source)
        looked.visit(ast.parse(source))
        texts = [text.lstrip() for _, text in looked.found]
        gone += [(name, one) for one in beginnings if not any(text.startswith(one) for text in texts)]
    assert not gone


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in (*messages.SAID, messages.COUNTED):
                    yield f"{path.relative_to(MACHINE)}:{node.lineno}", node


def test_what_is_said_is_a_text_that_a_catalogue_can_have() -> None:
    """No f-string: it is another text each time."""
    put_together = (ast.JoinedStr, ast.BinOp)
    assert not [where for where, call in calls() if any(isinstance(one, put_together) for one in call.args[:2])]


def test_what_is_laid_into_a_sentence_is_what_it_asks_for() -> None:
    wrong = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"):
                continue
            inner = node.func.value
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in ("_", "ngettext"):
                asked = {part[1] for text in texts_of(inner) for part in Formatter().parse(text)} - {None}
                given = {keyword.arg for keyword in node.keywords}
                if asked != given and None not in given:
                    wrong.append((f"{path.relative_to(MACHINE)}:{node.lineno}", asked ^ given))
    assert not wrong


def texts_of(call: ast.Call) -> list[str]:
    return [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parents[1].name}/{path.name}")
def test_every_sentence_of_a_template_is_said_by_its_catalogue(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    labels = re.findall(r'(?:alt|title|aria-label|placeholder)="([^"]*[A-Za-z]{2}[^"]*)"', source)
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>|&\w+;", " ", source))
    assert not [*labels, *words]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parents[1].name}/{path.name}")
def test_no_expression_of_a_template_has_a_sentence_of_its_own(path: Path) -> None:
    tree = jinja2.Environment().parse(path.read_text(encoding="utf-8"))
    said = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") in ("_", messages.COUNTED)]
    known = {id(one) for call in said for one in call.find_all(nodes.Const)}
    texts = [one.value for one in tree.find_all(nodes.Const) if id(one) not in known and isinstance(one.value, str)]
    values = {*model.STATES, *rows.STATES}
    assert not {text for text in texts if re.search(r"[A-Za-z]{3,}\S* \S*[A-Za-z]{2,}", text)} - values


def test_what_scripts_say_is_on_their_list() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in (MACHINE / "desk" / "static").glob("[!h]*.js"))
    assert set(re.findall(r'\bsays\(\s*"([^"]*)"', scripts)) == set(BY_SCRIPTS)
    assert not re.findall(r'(?:textContent|Error|say)\b[ (=]+["`][A-Z]', scripts)


def test_the_catalogues_are_what_the_sources_say() -> None:
    assert not messages.stale(), "run `make messages`"
