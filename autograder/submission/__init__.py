"""One notebook to one result: restored, run in the sandbox, checked, judged."""
