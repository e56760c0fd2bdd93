"""A class: what has to be graded, by which workers, on record in the ledger."""
