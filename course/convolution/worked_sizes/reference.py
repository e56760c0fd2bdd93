"""The sizes of worked cases."""

from __future__ import annotations

from ..output_size.reference import output_size


def worked_sizes(cases: list[tuple[int, int, int, int]]) -> dict[str, list[int | None]]:
    """The output size for each (size, kernel, stride, padding), None where the windows leave pixels over."""
    sizes: list[int | None] = []
    for size, kernel, stride, padding in cases:
        left_over = (size + 2 * padding - kernel) % stride
        sizes.append(None if left_over else output_size(size, kernel, stride, padding))
    return {"sizes": sizes}
