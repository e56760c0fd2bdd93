"""How good are the checks? `python -m tests.checks.table [--without-mutants] [assignment or task...]` prints a line for
each task.

Right answers are the sources in a task's `right_answers.py` (`ANSWERS = {name: source}`) besides the reference and the
solution notebook; wrong ones are the registered misconceptions, and those of `WRONG = {name: source}` there, which have
no name and may get none. Prices are the shares of a code task's points that the cheapest and the dearest slip cost,
without those for which the registry says why (the audit refuses others). Mutants are small changes of the
references (`EQUIVALENT = {mutant id: why no check can tell}` in the same module).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.checks.audit import beside
from autograder.checks.places import folder_of
from autograder.checks.registry import reference_names, registries
from autograder.checks.search import without_shrinking
from autograder.course import Course, Task
from tests.checks import helpers
from tests.course.mutants import Mutant, OutOfTime, mutants_of, reached, time_limit

MUTANT_SECONDS = 20.0  # of CPU time
WITHOUT_MUTANTS = "--without-mutants"


@dataclass
class Row:
    """What the hidden checks of one task told apart. Lists hold what went wrong, by name."""

    task: str
    right: int = 0
    failed_right: list[str] = field(default_factory=list)
    wrong: int = 0
    missed: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unregistered: int = 0
    false_names: list[str] = field(default_factory=list)
    prices: list[float] = field(default_factory=list)
    mutants: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (
            self.failed_right or self.missed or self.unnamed or self.misnamed or self.broken or self.false_names
            or self.survivors
        )

    @property
    def range(self) -> str:
        """The cheapest and the dearest slip, as shares of the points."""
        return f"{min(self.prices):.0%} to {max(self.prices):.0%}" if self.prices else ""


def right_answers_of(assignment: str, task: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name, the notebook's names) of every right answer that is known for a task."""
    yield "reference", reference_names(task, helpers.STUDENT)
    yield from on_sources(assignment, task, {"solution": helpers.solution(assignment)[task], **beside(task, "ANSWERS")})


def on_sources(assignment: str, task: str, sources: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name, the notebook's names) of each answer that is given as notebook code."""
    # an answer may use what the notebook imports, and what its earlier tasks define
    known = {**helpers.imported(assignment), **earlier_names(assignment, task)}
    for name, source in sources.items():
        yield name, helpers.namespace(source, known)


def earlier_names(assignment: str, task: str) -> dict[str, Any]:
    """The reference's names of the tasks that come before this one in the notebook."""
    names: dict[str, Any] = {}
    for earlier in helpers.automatic_tasks(assignment):
        if earlier == task:
            break
        names.update(reference_names(earlier, helpers.STUDENT))
    return names


def mutants_of_task(assignment: str, task: str) -> Iterator[tuple[Mutant, Mapping[str, Any]]]:
    """Every mutant of a task's references, with the notebook's names. Other tasks' references stay as they are.

    A right answer that no reference uses, of another module for instance, is mutated by itself.
    """
    right = reference_names(task, helpers.STUDENT)
    tasks = helpers.automatic_tasks(assignment)
    references = {r.reference.__name__ for one in tasks for r in registries(one).values()}
    changed: set[tuple[str, str]] = set()
    for registry in registries(task).values():
        others = references - {registry.reference.__name__}
        changed |= set(reached(registry.reference, without=others))
        for mutant in mutants_of(registry.reference, without=others):
            try:
                names = registry.names(mutant.function, helpers.STUDENT)
            except Exception:  # it has no answer, which no check passes
                yield mutant, {}
            else:
                yield mutant, {**right, **names}
    for name, answer in right.items():
        place = getattr(answer, "__module__", ""), getattr(answer, "__name__", "")
        if is_reference(place[0]) and place not in changed:
            for mutant in mutants_of(answer, without=references):
                yield mutant, {**right, name: mutant.function}


def is_reference(module: str) -> bool:
    """Whether a module, by its name, holds a task's references."""
    package, *inner = module.split(".")
    return package == Course.here().package and inner[-1:] == ["reference"]


def killed(assignment: str, task: str, names: Mapping[str, Any]) -> bool:
    """Whether a hidden check fails on these names."""
    with without_shrinking(verdict_alone=True):
        try:
            with time_limit(MUTANT_SECONDS):
                return helpers.verdict(helpers.run_task(assignment, task, names, parts=("hidden",))).caught
        except OutOfTime:
            return True


def survivors_of(assignment: str, task: str) -> tuple[int, list[str]]:
    """How many mutants there are, and those that no check told from the reference and nobody has explained.

    Training tasks have none: nearly every number of a recipe may be another one, and the accuracy is what is asked.
    """
    if folder_of(task).has("training"):
        return 0, []
    explained, alive, count = beside(task, "EQUIVALENT"), [], 0
    for mutant, names in mutants_of_task(assignment, task):
        count += 1
        if mutant.id not in explained and not killed(assignment, task, names):
            alive.append(mutant.id)
    return count, alive


def row_of(assignment: str, task: Task, *, mutants: bool = True) -> Row:
    """Tries every right and wrong answer of a task, and the mutants of its references, on its checks."""
    row = _row_of(assignment, task.id, priced=task.kind == "code")
    if mutants:
        row.mutants, row.survivors = survivors_of(assignment, task.id)
    return row


def _row_of(assignment: str, task: str, *, priced: bool) -> Row:
    row, points = Row(task), helpers.points_of(assignment, task)
    row.right, row.failed_right = right_ones(assignment, task)
    for wrong, names in helpers.wrong_answers(task):
        row.wrong += 1
        results = helpers.run_task(assignment, task, names)
        verdict = helpers.verdict(results)
        if any(result.broken for result in results):
            row.broken.append(wrong.id)
        if not verdict.caught:
            row.missed.append(wrong.id)
        elif not verdict.named(wrong.id):
            row.unnamed.append(wrong.id)
        if priced and verdict.caught and wrong.price is None:
            row.prices.append(1 - helpers.score(results) / points)
        if others := {result.diagnosis for result in results if result.diagnosis} - {wrong.id}:
            row.misnamed.append(f"{wrong.id} as {', '.join(sorted(others))}")
    for name, names in on_sources(assignment, task, beside(task, "WRONG")):
        row.unregistered += 1
        results = helpers.run_task(assignment, task, names)
        if not helpers.verdict(results).caught:
            row.missed.append(name)
        if given := {result.diagnosis for result in results if result.diagnosis}:
            row.false_names.append(f"{name} as {', '.join(sorted(given))}")
    return row


def right_ones(assignment: str, task: str) -> tuple[int, list[str]]:
    """How many right answers are known, and the names of those that do not get every point."""
    points, failed, count = helpers.points_of(assignment, task), [], 0
    for name, names in right_answers_of(assignment, task):
        count += 1
        if helpers.score(helpers.run_task(assignment, task, names)) != points:
            failed.append(name)
    return count, failed


def main(arguments: Sequence[str]) -> int:
    """Prints the table for the assignments or tasks named, or for all; 1 if a cell of it is not as it should be."""
    names = [name for name in arguments if name != WITHOUT_MUTANTS]
    asked = [
        (name, task)
        for name in Course.here().names
        for task in Course.here().assignment(name).automatic
        if not names or {name, task.id} & set(names)
    ]
    rows = [row_of(name, task, mutants=WITHOUT_MUTANTS not in arguments) for name, task in asked]
    wrong = ("wrong answers\ncaught", "named", "named\nwrongly", "without a name\nleft unnamed")
    table = Table("task", "right answers\npassed", *wrong, "prices", "mutants killed\nor explained")
    for row in rows:
        wrong_ones = row.wrong + row.unregistered
        table.add_row(
            row.task, f"{row.right - len(row.failed_right)} of {row.right}",
            f"{wrong_ones - len(row.missed)} of {wrong_ones}",
            f"{row.wrong - len(row.unnamed)} of {row.wrong}", str(len(row.misnamed)),
            f"{row.unregistered - len(row.false_names)} of {row.unregistered}", row.range,
            f"{row.mutants - len(row.survivors)} of {row.mutants}",
        )
    console = Console(width=130)
    console.print(table)
    for row in rows:
        for what in ("failed_right", "missed", "unnamed", "misnamed", "broken", "false_names", "survivors"):
            for item in getattr(row, what):
                console.print(f"{row.task}: {what.replace('_', ' ')}: {item}", markup=False, highlight=False)
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
