"""A notebook's file as a document: what it has to be, and one sentence for each way in which it is something else.

`grade` reads what was handed in this way, and `check` what a student is about to hand in, so that both say the same.
"""

from __future__ import annotations

import json
from typing import Any

from autograder.language import sentences_of

_ = sentences_of(__package__)

SUFFIX = ".ipynb"
FORMAT = 4
MAX_FILE_BYTES = 200_000_000
# How files of other kinds begin that people hand in for a notebook.
_OTHER_KINDS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", _("a ZIP archive or a Word document")),
    (b"\x1f\x8b", _("a compressed archive")),
    (b"<!doctype html", _("a web page")),
    (b"<html", _("a web page")),
    (b"{\\rtf", _("a text document with formatting")),
)
_MERGE_MARKS = ("<<<<<<< ", ">>>>>>> ")


class NotANotebook(ValueError):
    """A file is no notebook. The text is the end of a sentence that begins with the file: "is empty."."""


def document_of(data: bytes) -> dict[str, Any]:
    """The notebook in a file's bytes: format 4, with a list of cells; what those are is not looked at.

    Raises `NotANotebook`, and MemoryError where the machine has no room for it.
    """
    if not data.strip():
        raise NotANotebook(_("is empty."))
    if len(data) > MAX_FILE_BYTES:
        raise NotANotebook(_("is larger than {max_file_bytes} MB.").format(max_file_bytes=MAX_FILE_BYTES // 10**6))
    document = _json(_text(data))
    if not isinstance(document, dict) or not isinstance(document.get("nbformat"), int):
        raise NotANotebook(_("is not a notebook: it does not say its format."))
    if document["nbformat"] < FORMAT:
        raise NotANotebook(
            _(
                "is a notebook of format {nbformat}, which Jupyter gave up in 2015; "
                "open it in JupyterLab and save it, and it has format 4."
            ).format(nbformat=document["nbformat"])
        )
    if document["nbformat"] > FORMAT:
        raise NotANotebook(
            _("is a notebook of format {nbformat}, and format 4 is what can be read here.").format(
                nbformat=document["nbformat"]
            )
        )
    if not isinstance(document.get("cells"), list):
        raise NotANotebook(_("is not a notebook: it has no cells."))
    return document


def _text(data: bytes) -> str:
    start = data.lstrip()[:20].lower()
    for magic, kind in _OTHER_KINDS:
        if start.startswith(magic.lower()):
            raise NotANotebook(_("is {kind}, whatever its name says; hand in the notebook itself.").format(kind=kind))
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper().removesuffix("-SIG")
        raise NotANotebook(
            _(
                "is not written in UTF-8, as notebooks are: its byte {start:,} is no letter of {name}; "
                "open it in JupyterLab and save it."
            ).format(start=error.start + 1, name=name)
        ) from None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith(_MERGE_MARKS):
                raise NotANotebook(
                    _(
                        "is not a notebook any more: line {number} is left over from a merge in Git that nobody "
                        "finished."
                    ).format(number=number)
                ) from None
        position = (
            _(" (it breaks off or is wrong in line {lineno})").format(lineno=error.lineno)
            if hasattr(error, "lineno")
            else ""
        )
        raise NotANotebook(_("is not a notebook: it is not valid JSON{position}.").format(position=position)) from None
