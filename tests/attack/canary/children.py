"""Two hundred children whose names stand in no book: wherever one is found, a return has leaked.

UPNs are sound and of an authority number that no authority ever had; ULNs and postcodes are sound in form and
unused; birthdays are days on which nothing else happens in these returns. One more child, CONTROL, is in no
return: it is planted where the scanner must find it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.build import CHECK_LETTERS

N = 200
UNUSED_AUTHORITY = "998"
LETTERS = "abdefghklm"
FIRST_BIRTHDAY = date(2007, 3, 3)


@dataclass(frozen=True)
class Canary:
    """One child. Every identifier has at least seven characters, so that chance never writes it."""

    number: int
    surname: str
    forename: str
    upn: str
    uln: str
    postcode: str
    birth: date

    @property
    def identifiers(self) -> dict[str, str]:
        """Kind → identifier as a return would write it."""
        return {
            "surname": self.surname,
            "forename": self.forename,
            "upn": self.upn,
            "uln": self.uln,
            "postcode": self.postcode,
            "birth date": self.birth.isoformat(),
            "birthday": f"{self.birth:%d/%m/%Y}",
        }

    @property
    def items(self) -> dict[str, str]:
        """The items of a SEN2 Person."""
        return {
            "Surname": self.surname,
            "Forename": self.forename,
            "PersonBirthDate": self.birth.isoformat(),
            "PostCode": self.postcode,
            "UPN": self.upn,
            "UniqueLearnerNumber": self.uln,
        }


def _child(number: int) -> Canary:
    code = "".join(LETTERS[int(digit)] for digit in f"{number:03d}")
    return Canary(
        number,
        f"Zqvx{code}-O'Wrŷg",
        f"Xqëv{code} Jzip",
        _upn(number),
        _uln(number),
        f"ZQ9{1 + number % 9} {number // 9 % 10}{'XJVY'[number // 90]}N",
        FIRST_BIRTHDAY + timedelta(days=_birthday(number)),
    )


def _birthday(number: int) -> int:
    """Days after the first birthday: never the first two of a month, which is how a month is stored."""
    days = [n for n in range(4 * (N + 2)) if (FIRST_BIRTHDAY + timedelta(days=n)).day > 2]
    return days[number * 3]


def _upn(number: int) -> str:
    body = f"{UNUSED_AUTHORITY}{7351 + number * 13:04d}{20 - number % 7:02d}{number:03d}"
    total = sum(int(digit) * weight for weight, digit in enumerate(body, start=2))
    return CHECK_LETTERS[total % 23] + body


def _uln(number: int) -> str:
    for body in range(873_190_000 + number * 7919, 999_999_999):
        remainder = sum((10 - place) * int(digit) for place, digit in enumerate(str(body))) % 11
        if remainder:
            return f"{body}{10 - remainder}"
    raise AssertionError


CANARIES = tuple(_child(number) for number in range(N))
CONTROL = _child(N)


def everybody() -> Iterator[Canary]:
    """The children, and the one that is planted."""
    yield from CANARIES
    yield CONTROL
