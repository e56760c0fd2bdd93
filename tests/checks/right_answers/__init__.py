"""Right answers written in other ways than the references: other algorithms, other styles."""
