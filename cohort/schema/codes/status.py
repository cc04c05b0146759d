"""Why a value is there or is not: five ways of having no value stay five different things.

The letters x, z and c are those of the DfE's open-data files.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain

VALUE_STATUS = CodeList(
    "value_status",
    "Whether a value is given and, if not, why not.",
    plain(
        ("V", "Given"),
        ("X", "No data: nobody measured it"),
        ("Z", "Not applicable"),
        ("C", "Suppressed by whoever supplied it"),
        ("S", "Not supplied"),
        ("U", "Not known"),
    ),
)

TERM = CodeList(
    "term",
    "Term of the school year, as the school census names it.",
    plain(("AUT", "Autumn"), ("SPR", "Spring"), ("SUM", "Summer")),
)
