"""Questions to the projections in SQL; the projector takes one reading statement and refuses anything else."""

from __future__ import annotations

from typing import Any

from projections.projector import Projector


def rows_of(projector: Projector, sql: str, *parameters: object) -> list[dict[str, Any]]:
    """Rows as mappings, for reports that the console writes itself."""
    columns, rows = projector.query(sql, parameters)
    return [dict(zip(columns, row, strict=True)) for row in rows]
