"""Code lists as types: code, label, years, old spellings and group. An unknown code is a finding, never a null.

A year is the year of the return; of a list about schools, the year in which the school year ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cohort.errors import DeclarationError

# Whoever is 25 at the first census day that is read (2023) was born in 1997 or 1998; the oldest lists are of 1998.
FIRST, LAST = 1998, 2100


@dataclass(frozen=True)
class Code:
    """One code with its label, the years in which it may be used, other spellings seen, and its group.

    `group` is the one coarser word that figures are made of, empty where a list has no groups.
    """

    code: str
    label: str
    since: int = FIRST
    until: int = LAST
    spellings: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class CodeList:
    """A named list. Looking up ignores case and surrounding space."""

    name: str
    comment: str
    codes: tuple[Code, ...]

    def __post_init__(self) -> None:
        seen: dict[str, list[Code]] = {}
        for code in self.codes:
            if code.since > code.until:
                raise DeclarationError(f"{self.name}: {code.code!r} ends before it begins")
            for spelling in {s.upper() for s in (code.code, *code.spellings)}:
                others = seen.setdefault(spelling, [])
                if any(other.since <= code.until and code.since <= other.until for other in others):
                    raise DeclarationError(f"{self.name}: {spelling!r} is used twice in one year")
                others.append(code)
        if any(code.group for code in self.codes) != all(code.group for code in self.codes):
            raise DeclarationError(f"{self.name}: some codes have a group and some have none")

    def lookup(self, year: int) -> dict[str, str]:
        """Every spelling in upper case → code, for the codes of that year."""
        current = [code for code in self.codes if code.since <= year <= code.until]
        return {spelling.upper(): code.code for code in current for spelling in (code.code, *code.spellings)}

    def other_years(self, year: int) -> frozenset[str]:
        """Spellings that belong to some other year only: retired codes and next year's."""
        every = {spelling.upper() for code in self.codes for spelling in (code.code, *code.spellings)}
        return frozenset(every - set(self.lookup(year)))

    def labels(self, year: int) -> dict[str, str]:
        """Code → label in that year."""
        return {code.code: code.label for code in self.codes if code.since <= year <= code.until}

    def groups(self) -> tuple[str, ...]:
        """Every group, in the order of the list; empty where the list has none."""
        return tuple(dict.fromkeys(code.group for code in self.codes if code.group))

    def members(self, *groups: str) -> frozenset[str]:
        """Codes of these groups, of every year. Raises DeclarationError for a group that the list does not have."""
        for group in set(groups) - set(self.groups()):
            raise DeclarationError(f"{self.name} has no group {group!r}")
        return frozenset(code.code for code in self.codes if code.group in groups)


@dataclass(frozen=True)
class Register:
    """Codes that somebody else keeps, or that are no list: a column names who says what they mean."""

    name: str
    comment: str


def plain(*pairs: tuple[str, str]) -> tuple[Code, ...]:
    """Codes of every year with one spelling each."""
    return tuple(Code(code, label) for code, label in pairs)


def grouped(groups: Mapping[str, tuple[tuple[str, str], ...]]) -> tuple[Code, ...]:
    """Group → codes of every year with one spelling each."""
    return tuple(Code(code, label, group=group) for group, pairs in groups.items() for code, label in pairs)


def unexplained(*codes: str) -> tuple[Code, ...]:
    """Codes that a published file format allows without saying what they mean."""
    return tuple(Code(code, "Meaning not published where we could read it") for code in codes)
