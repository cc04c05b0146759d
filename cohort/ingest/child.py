"""How a collection names a child: the items that every collection has, under its own names."""

from __future__ import annotations

from cohort.ingest.format import Column, Kind, Level, Role, Table
from cohort.schema.codes import people

CHILD = "Child"
"""The table in which the persons of a return are put together from all rows that name them."""


SCHOOL_YEAR = "Year in which the school year ends."
FINANCIAL_YEAR = "Year in which the financial year ends."
YEAR_AFTER = "Year after the one of which the return tells."
"""Which year a return is of, in words."""


def whose(year: str = SCHOOL_YEAR) -> tuple[Column, ...]:
    """The head of a collection of our own: year and authority, in every row or said beside the file. `year`: which it
    is, in words."""
    return (
        Column("Year", "collection_year", Kind.YEAR, year),
        Column("LA", "authority_code", Kind.AUTHORITY, "DfE number of the authority.", spellings=("LEA",)),
    )


def nobody() -> Table:
    """The table of persons of a return that tells of its authority alone: it has no items, and so nobody stands in it.

    All stations find the table that they look for, and what they do for persons they do for none.
    """
    return Table(CHILD, "person_trait", "Nobody: the return tells of its authority.", (), key="person_row")


def child(
    *others: Column,
    surname: str = "Surname",
    forename: str = "Forename",
    birth: str = "DOB",
    upn: str = "UPN",
    uln: str = "ULN",
    former_upn: str = "",
    sex: str = "",
) -> Table:
    """The table `Child` with the collection's own names of the items; one without a name is not part of it."""
    named = [
        Column(surname, "surname", Kind.NAME, "Family name.", Role.IDENTIFIER, required=Level.ERROR),
        Column(forename, "forename", Kind.NAME, "Given name.", Role.IDENTIFIER, required=Level.ERROR),
        Column(birth, "birth_date", Kind.BIRTH, "Date of birth.", Role.BLURRED, required=Level.ERROR),
        Column(upn, "upn", Kind.UPN, "Unique pupil number.", Role.IDENTIFIER),
        Column(uln, "uln", Kind.ULN, "Unique learner number.", Role.IDENTIFIER),
    ]
    if former_upn:
        named.append(Column(former_upn, "former_upn", Kind.UPN, "Former UPN.", Role.IDENTIFIER))
    if sex:
        named.append(Column(sex, "sex_code", Kind.CODE, "Sex.", codes=people.SEX))
    return Table(CHILD, "person_trait", "A child whom a row names.", (*named, *others), key="person_row")
