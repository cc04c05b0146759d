"""Code lists as types: code, label, years and old spellings. An unknown code is a finding, never a null.

A year is the year of the return.
"""

from __future__ import annotations

from dataclasses import dataclass

from cohort.errors import DeclarationError

FIRST, LAST = 2015, 2100


@dataclass(frozen=True)
class Code:
    """One code with its label, the return years in which it may be used and other spellings seen."""

    code: str
    label: str
    since: int = FIRST
    until: int = LAST
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """A named list. Looking up ignores case and surrounding space."""

    name: str
    comment: str
    codes: tuple[Code, ...]

    def __post_init__(self) -> None:
        seen: dict[str, list[Code]] = {}
        for code in self.codes:
            for spelling in {s.upper() for s in (code.code, *code.spellings)}:
                others = seen.setdefault(spelling, [])
                if any(other.since <= code.until and code.since <= other.until for other in others):
                    raise DeclarationError(f"{self.name}: {spelling!r} is used twice in one year")
                others.append(code)

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


def plain(*pairs: tuple[str, str]) -> tuple[Code, ...]:
    """Codes of every year with one spelling each."""
    return tuple(Code(code, label) for code, label in pairs)
