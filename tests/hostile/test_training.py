"""Hostile and unlucky submissions to a training task, each in a sandboxed kernel of its own, on the digits."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import nbformat
import numpy as np
import pytest

from autograder import training
from autograder.classroom.seeds import Secret
from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.course import Course
from autograder.submission.job import Job
from autograder.submission.submission import Grader
from autograder.training import data
from autograder.training.laid_out import TrainingData
from tests.hostile.corpus import Attack, read
from tests.small.courses import at_home, code_task, locked, make_course

HERE = Path(__file__).parent
ATTACKS = [read(path) for path in sorted((HERE / "training").glob("*.py"))]
NAME = "91-training"
BUDGET_S, WALL_S = 3.0, 20.0  # of CPU time and of time: a busy machine may give a third of a core
SECRET = Secret(b"t" * 32)
SETUP = "import torch\nfrom autograder import load_images\nload_images('digits')"
TRAIN = '''
def train(images, labels, seed):
    torch.manual_seed(seed)
    x = torch.nn.functional.pad(torch.from_numpy(images).float()[:, None] / 255, (2, 2, 2, 2))
    y = torch.from_numpy(labels)
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 5, 2), nn.ReLU(), nn.Flatten(),
                          nn.Linear(16 * 5 * 5, 10))
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    for _ in range(250):
        batch = torch.randint(len(x), (64,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
        optimizer.step()
    return model
'''


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    root = tmp_path_factory.mktemp("course")
    cells = [locked("setup", SETUP), *code_task("lenet-train", "def train_lenet(): ...", 10, limits={"wall_s": WALL_S})]
    make_course(root, NAME, cells, runtime="torch", total_s=200)
    images = TrainingData([("digits",)], weights=not Course(root).assignment(NAME).trains).folder
    with at_home(root):
        grader, close = make_grader(WorkerSpec(root, NAME, "required", ("digits",), images))
        with training.using("digits"), mock.patch.object(data, "budget", lambda task, name: (BUDGET_S, "cpu")):
            yield grader
        close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack(grader: Grader, attack: Attack):
    notebook = nbformat.from_dict(json.loads(json.dumps(grader.template.notebook)))
    answer = attack.answer.replace("#: train", TRAIN)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "lenet-train":
            cell.source = answer
    text = nbformat.writes(notebook).encode()
    seeds, beside = SECRET.seeds(["lenet-train"], "mallory"), files_beside() if attack.files_beside else {}
    job = Job("mallory", text, seeds, SECRET.id, "c", "e", beside, datasets=("digits",))
    outcome = grader.grade(job)
    (task,) = outcome.results.tasks
    assert task.score == (10 if attack.score == "full" else 0), (attack.says, task)
    assert task.reason in attack.reasons, (attack.says, task.reason, task.message)
    assert task.message.strip() and "Traceback" not in task.message
    assert outcome.broken == ()
    shown = json.dumps([cell.get("outputs", []) for cell in outcome.notebook.cells])
    assert "CANARY_" not in shown
    assert any("network.npy" in note for note in outcome.results.notes) is attack.files_beside


def files_beside() -> dict[str, bytes]:
    """A module, and a network in a file, as random as weights are."""
    network = io.BytesIO()
    np.save(network, np.random.default_rng(0).normal(size=60_000).astype(np.float32))
    return {"network.npy": network.getvalue(), "helpers.py": b"NOTHING = None\n"}
