"""What the desk's scripts say: they know it in English, and find what stands for it on the page."""

from __future__ import annotations

import json

from autograder.language import ENGLISH, language, marked, sentences_of

_ = sentences_of(__package__)

BY_SCRIPTS = (
    marked("Saving …"),
    marked("Saved."),
    marked("Not saved: the desk does not answer. What you gave is kept in this window and sent again."),
    marked("Not saved: sign in again, in another tab. What you gave is kept in this window and sent again."),
    marked("Not saved: the desk met an error. It is tried again."),
    marked("The desk does not answer."),
    marked("waits"),
    marked("{score} of {most}"),
    marked("Of {label}: "),
    marked("{sentence} Yours is not saved."),
    marked(" You had written: “{comment}”"),
    marked("Take my comment"),
)


def for_scripts() -> str:
    """What stands for each sentence, as JSON; empty in English, where nothing has to."""
    return "" if language() == ENGLISH else json.dumps({text: _(text) for text in BY_SCRIPTS}, ensure_ascii=False)
