"""The references of the documentation, written from the code: commands, the checks' interface, documents in JSON."""
