"""Everything that people read is in a catalogue: the sources, looked at; and the catalogues, compared with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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
NO_SENTENCES: dict[str, tuple[str, ...]] = {}

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

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
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
        if isinstance(node.value, str):
            self._look(node.lineno, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._look(node.lineno, "".join(one.value if isinstance(one, ast.Constant) else "…" for one in node.values))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def _look(self, line: int, text: str) -> None:
        words, markup = WORDS.findall(text), re.search(r"</|<[a-z]+ |=\"|\w+:\w+;|\n *(def|import|for|from)\b", text)
        if " " in text.strip("… ") and len(words) >= (2 if self._loud else 3) and not SQL.match(text) and not markup:
            self.found.append((line, text))


def unsaid(path: Path) -> Iterator[str]:
    looked = Texts()
    looked.visit(ast.parse(path.read_bytes()))
    name = path.relative_to(MACHINE).as_posix()
    for line, text in looked.found:
        if not text.lstrip().startswith(NO_SENTENCES.get(name, ("\0",))):
            yield f"{name}:{line}: {text[:100]!r}"


def test_every_sentence_of_the_code_is_said_by_its_catalogue() -> None:
    found = [text for path in MODULES if path not in UNSAID for text in unsaid(path)]
    assert not found, "wrap these in _(), or say in NO_SENTENCES why not:\n" + "\n".join(found)
