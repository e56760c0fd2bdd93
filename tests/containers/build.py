"""Runs the steps of a Dockerfile without a container engine, as root, in a mount namespace of its own:

    unshare --mount python -m tests.containers.build BASE SCRATCH [COMMAND...]

BASE is a root folder in place of the image that the Dockerfile begins with, of Debian's packages, by debootstrap. Each
stage is a layer over it, as with an engine; COPY, RUN, ENV, ARG, WORKDIR and USER do what they do there. The command
runs in the last stage as its user, by default what CMD says. What it lacks of a container: namespaces for processes,
users and the network, cgroups, and the engine's own filter of system calls. /etc/resolv.conf, and what AUTOGRADER_BIND
names (paths with colons between), are those of this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.containers.dockerfile import Instruction, read

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = ("dev", "proc", "sys")


class Stage:
    """A root folder that is being filled: a layer over others."""

    def __init__(self, lower: list[Path], scratch: Path) -> None:
        self.layers = [scratch / "upper", *lower]
        self.root = scratch / "root"
        for folder in (scratch / "upper", scratch / "work", self.root):
            folder.mkdir(parents=True)
        below = ":".join(map(str, lower))
        options = f"lowerdir={below},upperdir={scratch / 'upper'},workdir={scratch / 'work'}"
        mount("-t", "overlay", "overlay", "-o", options, self.root)
        for name in SYSTEM:
            mount("--rbind", f"/{name}", self.root / name)
        for path in ("/etc/resolv.conf", *filter(None, os.environ.get("AUTOGRADER_BIND", "").split(":"))):
            self._bind(Path(path))
        self.workdir, self.user = "/", ""
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        self.environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self.arguments: dict[str, str] = {}

    def _bind(self, path: Path) -> None:
        """Lays a file or a folder of this machine in, where the stage has none of its own."""
        target = self.root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        elif not target.exists():
            target.touch()
        mount("--bind", path.resolve(), target)

    def run(self, command: list[str]) -> None:
        """Runs a command in the stage, as its user."""
        place = [str(shutil.which("chroot")), *([f"--userspec={self.user}"] if self.user else []), str(self.root)]
        inside = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', self.workdir, *command]
        environment = self.environment | self.arguments
        if self.user:
            environment["HOME"] = "/home/grader"
        subprocess.run([*place, *inside], env=environment, check=True)

    def copy(self, source: Path, names: list[str], target: str) -> None:
        """COPY: files by name into a folder, the content of a folder into a folder."""
        place = self.root / Path(self.workdir, target).relative_to("/")
        for name in names:
            origin = source / name.lstrip("/")
            if origin.is_dir():
                shutil.copytree(origin, place, symlinks=True, dirs_exist_ok=True, ignore=_CACHES)
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(origin, place)


_CACHES = shutil.ignore_patterns("__pycache__")


def mount(*words: object) -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


def build(instructions: list[Instruction], base: Path, scratch: Path, arguments: dict[str, str]) -> tuple[Stage, str]:
    """The last stage, built, and what its CMD says."""
    stages: dict[str, Stage] = {}
    stage, cmd = None, "[]"
    for one in instructions:
        print(f"{one.name} {one.rest[:100]}", flush=True)
        if one.name == "FROM":
            name, *alias = one.words
            below = stages[name].layers if name in stages else [base]
            stage = Stage(below, scratch / str(len(stages)))
            stages[alias[1] if alias else str(len(stages))] = stage
            continue
        assert stage is not None
        if one.name == "RUN":
            stage.run(["/bin/sh", "-c", one.rest])
        elif one.name == "COPY":
            origin, names, target = one.copied
            stage.copy(stages[origin].root if origin else ROOT, names, target)
        elif one.name == "ENV":
            stage.environment |= dict(word.split("=", 1) for word in one.words)
        elif one.name == "ARG":
            name, _, value = one.rest.partition("=")
            stage.arguments[name] = arguments.get(name, value)
        elif one.name == "WORKDIR":
            stage.workdir = one.rest
            (stage.root / one.rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif one.name == "USER":
            stage.user = one.rest
        else:
            cmd = one.rest
    assert stage is not None
    return stage, cmd


def main() -> None:
    base, scratch, command = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    extras = {"EXTRAS": os.environ["EXTRAS"]} if "EXTRAS" in os.environ else {}
    stage, cmd = build(read(ROOT / "Dockerfile"), base, scratch, extras)
    stage.run(command or json.loads(cmd))


if __name__ == "__main__":
    main()
