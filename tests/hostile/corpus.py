"""The hostile and the unlucky submissions, each a small file that reads as what it tries.

A file of `corpus/` is the code of the attacked task's answer cell (or, with `# where: cell`, of a cell before it).
Its comment lines say what must come of it:

    # score: zero (the default) | full | some (below full) | any
    # reason: the `reason` recorded for the task, alternatives separated by |, `none` for none; none by default
    # later: lost              the code breaks its own kernel so that later tasks of the same notebook may fail
    # beside: ...              files lie beside the notebook, for those of `training/`
    #: right                    stands for the right answer
    #: answer cell stays empty  the answer cell is as it was released
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TASK = "output-size"

RIGHT = '''
def output_size(size, kernel, stride=1, padding=0, dilation=1):
    for name, value in {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}.items():
        if value < 1:
            raise ValueError(name + " must be at least 1")
    if padding < 0:
        raise ValueError("padding must not be negative")
    window = dilation * (kernel - 1) + 1
    if window > size + 2 * padding:
        raise ValueError("kernel wider than the padded input")
    return (size + 2 * padding - window) // stride + 1
'''
STUB = "def output_size(size, kernel, stride=1, padding=0, dilation=1):\n    raise NotImplementedError()"


@dataclass(frozen=True)
class Attack:
    """One submission and what must come of it."""

    name: str
    says: str
    answer: str
    before: str | None
    score: str
    reasons: frozenset[str | None]
    later_lost: bool
    files_beside: bool = False


def attacks() -> list[Attack]:
    """Every file of the corpus, in the order of its path."""
    return [read(path) for path in sorted((HERE / "corpus").rglob("*.py"))]


def read(path: Path) -> Attack:
    text = path.read_text(encoding="utf-8")
    options = dict(re.findall(r"^# (score|reason|where|later|beside): (.+)$", text, re.MULTILINE))
    stays_empty = "#: answer cell stays empty" in text
    says = re.search(r'"""(.+?)"""', text, re.DOTALL)
    assert says, f"{path.name} does not say what it tries"
    code = re.sub(r"^# (score|reason|where|later|beside): .+\n", "", text, flags=re.MULTILINE)
    code = re.sub(r'\A\s*""".+?"""\n', "", code, count=1, flags=re.DOTALL)
    code = code.replace("#: answer cell stays empty", "").replace("#: right", RIGHT)
    elsewhere = options.get("where") == "cell"
    return Attack(
        name=f"{path.parent.name}-{path.stem}".replace("_", "-"),
        says=" ".join(says.group(1).split()),
        answer=(STUB if stays_empty else RIGHT) if elsewhere else code,
        before=code if elsewhere else None,
        score=options.get("score", "zero"),
        reasons=frozenset(None if word == "none" else word for word in options.get("reason", "none").split("|")),
        later_lost=options.get("later") == "lost",
        files_beside="beside" in options,
    )
