"""What authorities say of themselves."""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList

OFFICER = CodeList(
    "officer",
    "Whether a designated officer is in post.",
    (
        Code("Y", "In post", spellings=("1", "YES", "TRUE")),
        Code("N", "Not in post", spellings=("0", "NO", "FALSE")),
        Code("R", "Recruiting"),
    ),
)
