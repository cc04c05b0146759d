"""What a mutator breaks: bytes under a name. XML today; a zip, a workbook or a folder's sheet is the same to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.build import assessment, new_plan, old_plan, person, request, sen2

SURNAME, FORENAME, TEXT, BORN = "Quetzalcoatlus", "Archaeopteryx", "Kakapo", "2013-10-17"
UPN, ULN, POSTCODE = "Z999200000017", "9876598765", "ZZ98 7QQ"
CANARIES = (SURNAME, FORENAME, TEXT, BORN, UPN, ULN, POSTCODE)
"""What no report, error or log may repeat. Nasty values, renamed tags and hostile attributes all hold TEXT."""


@dataclass(frozen=True)
class Container:
    """A file on its way in."""

    name: str
    content: bytes

    def holding(self, content: bytes) -> Container:
        """The same name with other bytes."""
        return replace(self, content=content)


def child(number: int) -> dict[str, object]:
    """A child whose every identifier is a canary or a child's own; lives of five kinds in turn."""
    lives = (
        [new_plan()],
        [old_plan()],
        [request("A")],
        [request("Y", Assessment=assessment("A"))],
        [request("N"), new_plan()],
    )
    named = {"Surname": SURNAME, "Forename": FORENAME, "PersonBirthDate": BORN, "PostCode": POSTCODE}
    numbers = {"UPN": UPN} if number % 7 == 0 else {"UPN": None, "UPNunknown": "UN2"} if number % 7 == 1 else {}
    return person(*lives[number % len(lives)], number=number, **named, **numbers, UniqueLearnerNumber=ULN)


def herd(first: int, many: int, year: int = 2024) -> Container:
    """A return of so many children; `first` chooses which."""
    xml = sen2(*(child(first + place) for place in range(many)), year=year)
    return Container("sen2.xml", b'<?xml version="1.0" encoding="UTF-8"?>\n' + xml.replace(b"><", b">\n<"))
