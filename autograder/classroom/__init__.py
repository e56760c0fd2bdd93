"""A class: what is to be graded, by which workers, on record in the ledger."""
