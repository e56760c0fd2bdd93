"""Measures what a training task's reference reaches, and writes the thresholds that follow from it.

    python -m tools.calibrate TASK [--data mnist|digits|cifar10] [--seeds 10] [--device cpu|cuda] [--threads N]

Each seed trains the reference as a submission is trained, on test images altered anew, one training after the other. A
threshold is the mean less four standard deviations of these accuracies; where a task has several tiers, the errors that
it leaves are multiplied (`TrainingTask.tiers`). They go to course/thresholds.json, with what they come from.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder import training
from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks import trial
from autograder.checks.registry import reference_names

TABLE = Path(__file__).parents[1] / "course" / "thresholds.json"
SPREADS = 4


def measured(task: training.TrainingTask, seed: int, device: str) -> dict[str, float]:
    """Accuracy on altered and on plain test images, and seconds, of the reference trained with one seed."""
    token = trial.begin(trial.Trial(f"calibration {seed}", seed=f"calibration {seed}".encode(), device=device))
    try:
        student = Student(LocalTransport(dict(reference_names(task.id))))
        seen = task.trained(student)
        if seen.stopped:
            raise SystemExit(f"{task.id}: the reference needs more than its budget of {seen.budget_s:g} s.")
        return {"accuracy": seen.accuracy, "plain": task.plain_accuracy(student, seen), "seconds": seen.seconds}
    finally:
        trial.end(token)


def tiers_of(task: training.TrainingTask, accuracies: Sequence[float]) -> list[float]:
    """The thresholds, rising, rounded down to hundredths of a percent."""
    errors = 1 - (statistics.mean(accuracies) - SPREADS * statistics.stdev(accuracies))
    return [math.floor((1 - factor * errors) * 10_000) / 10_000 for factor in task.tiers]


def keep(task: str, name: str, device: str, entry: dict[str, Any]) -> None:
    """Writes one entry of the table, by rename."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    table.setdefault(task, {}).setdefault(name, {})[device] = entry
    beside = TABLE.with_suffix(".json.new")
    beside.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, TABLE)


def use_threads(count: int) -> None:
    """So many threads for PyTorch. One is the steadiest: it does not compete with whatever else the machine does."""
    import torch

    torch.set_num_threads(count)


def main(arguments: Sequence[str]) -> int:
    """Measures, prints every seed, and writes the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=sorted(training.training_tasks()))
    parser.add_argument("--data", default="digits", choices=["mnist", "digits", "cifar10"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    use_threads(given.threads)
    task, runs = training.training_tasks()[given.task], []
    with training.using(given.data):
        for seed in range(given.seeds):
            runs.append(measured(task, seed, given.device))
            print(f"{given.task} on {given.data}, seed {seed}: "
                  + ", ".join(f"{name} {value:.4f}" for name, value in runs[-1].items()), flush=True)
    accuracies = [run["accuracy"] for run in runs]
    tiers = tiers_of(task, accuracies)
    command = f"python -m tools.calibrate {given.task} --data {given.data} --device {given.device}"
    keep(given.task, given.data, given.device, {
        "tiers": tiers, "mean": round(statistics.mean(accuracies), 5), "sd": round(statistics.stdev(accuracies), 5),
        "accuracies": [round(value, 5) for value in accuracies],
        "unaltered": [round(run["plain"], 5) for run in runs], "seconds": [round(run["seconds"], 1) for run in runs],
        "seeds": list(range(given.seeds)), "recipe": f"mean - {SPREADS} sd; errors times {list(task.tiers)}",
        "command": f"{command} --seeds {given.seeds} --threads {given.threads}",
    })
    print(f"{given.task} on {given.data}: tiers {', '.join(f'{tier:.2%}' for tier in tiers)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
