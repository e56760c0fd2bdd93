"""`make mutants`: alters the machine's own decisions one by one, and has the quick tests notice each.

    python -m tools.mutants [PATTERN...]

mutmut makes the mutants of the modules that [tool.mutmut] names, runs the tests that reach each, and says which lived.
Those that may live stand in survivors.toml beside this file, by function, with the reason: what differs cannot be seen,
or only by tests that are too slow for this. Everything else that lives is printed with its difference, and the exit
code is 1. PATTERN names mutants to look at alone, as in `autograder.classroom.seeds*`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SURVIVORS = Path(__file__).with_name("survivors.toml")
# Of what `mutmut results` says: a mutant that no test runs is not looked at here.
LIVED = ("survived", "suspicious")
ALL = "*"  # unless mutants are named, what mutmut found before stands, whatever has become of the tests since
SHOWN = 40


@dataclass(frozen=True)
class Explained:
    """How many mutants of a function may live, and why."""

    most: int
    why: str


def explained(path: Path = SURVIVORS) -> dict[str, Explained]:
    """The mutants that may live, by function."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Explained(int(entry["most"]), str(entry["why"])) for name, entry in entries.items()}


def survivors(results: str) -> list[str]:
    """The names of the mutants that lived, of what `mutmut results` printed."""
    lines = (line.strip().rpartition(": ") for line in results.splitlines())
    return [name for name, _, status in lines if status in LIVED]


def function_of(mutant: str) -> str:
    """The function that a mutant alters, as its source has it."""
    name = re.sub(r"__mutmut_\d+$", "", mutant)
    return name.replace("xǁ", "").replace("ǁ", ".").replace(".x_", ".")


def unexplained(lived: list[str], may_live: dict[str, Explained]) -> list[str]:
    """One sentence for each function of which more mutants lived than may."""
    counted = Counter(map(function_of, lived))
    allowed = {name: may_live[name].most if name in may_live else 0 for name in counted}
    return [
        f"{name}: {count} mutants lived, and {allowed[name]} may"
        for name, count in counted.items() if count > allowed[name]
    ]  # fmt: skip


def mutmut(*words: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Runs mutmut in the repository."""
    return subprocess.run([sys.executable, "-m", "mutmut", *words], cwd=ROOT, text=True, capture_output=capture)


def forget_other_settings() -> None:
    """Has mutmut begin anew where its settings changed: what it copied before has other mutants, or none."""
    copied = ROOT / "mutants" / "pyproject.toml"
    if copied.is_file() and copied.read_bytes() != (ROOT / "pyproject.toml").read_bytes():
        shutil.rmtree(copied.parent)


def main(patterns: list[str]) -> int:
    forget_other_settings()
    if (ran := mutmut("run", *(patterns or [ALL]))).returncode:
        return ran.returncode
    lived = survivors(mutmut("results", capture=True).stdout)
    problems = unexplained(lived, explained())
    too_many = {problem.partition(":")[0] for problem in problems}
    for mutant in [mutant for mutant in lived if function_of(mutant) in too_many][:SHOWN]:
        print(mutmut("show", mutant, capture=True).stdout)
    for problem in problems:
        print(problem)
    print(f"{len(lived)} mutants lived, of which {SURVIVORS.name} explains those of all but {len(problems)} functions.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
