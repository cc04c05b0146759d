"""The children's returns: good ones, a corrected one, bad ones that put names where codes belong, and ruins."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter

from cohort.ingest.words import words
from tests.attack.canary.children import CANARIES, Canary
from tests.build import active, assessment, changed, need, new_plan, old_plan, person, request, sen2

EXPLAINED = [part for code in words() for part in ("--explain", f"{code}=Seen to.")]
"""Said to the command line of returns that hold every child of a record of few."""
INVENTED = b"<SoftwareCode>Invented England</SoftwareCode><DMO>"
"""The gate lets figures of invented children through: else nothing would be released to be scanned."""
GOOD, MOVED, BAD, RUINED, CRASHING, KILLED = (
    CANARIES[:60],
    CANARIES[:40],
    CANARIES[60:100],
    CANARIES[100:140],
    CANARIES[140:170],
    CANARIES[170:],
)


def record(child: Canary, **items: Any) -> dict[str, Any]:
    """A lawful record of a child."""
    requests = new_plan() if child.number % 2 else old_plan()
    return person(requests, number=child.number, **{**child.items, **items})


def sent(*records: dict[str, Any], year: int = 2024, authority: str = "201") -> bytes:
    """A return of records."""
    return sen2(*records, year=year, authority=authority).replace(b"<DMO>", INVENTED)


def good() -> bytes:
    """A clean return."""
    return sent(*map(record, GOOD))


def corrected() -> bytes:
    """The same authority's second return, with two children fewer and another's sex put right."""
    return sent(*(record(child, Sex="M" if child.number == 7 else "F") for child in GOOD[:-2]))


def moved() -> bytes:
    """Some of the same children, a year later, in another authority."""
    return sent(*map(record, MOVED), year=2025, authority="202")


def returned() -> bytes:
    """Some of the same children once more: known ones, and those who asked to go."""
    return sent(*map(record, GOOD[:6]), year=2025, authority="201")


def killed() -> bytes:
    """A clean return whose loader is killed."""
    return sent(*map(record, KILLED), authority="205")


def crashing(place: int) -> bytes:
    """A clean return in which this software breaks down."""
    return sent(record(CRASHING[place]), authority="206")


def bad(authority: str = "203") -> bytes:
    """Children whose names and numbers stand where something else belongs: row errors and queries."""
    return sent(*(_bad(child) for child in BAD), authority=authority)


def _bad(child: Canary) -> dict[str, Any]:
    wrong = WRONG[child.number % len(WRONG)](child)
    lawful = record(child)
    return changed(lawful if child.number % 2 else {**lawful, "Requests": [new_plan()]}, wrong)


WRONG: tuple[Callable[[Canary], Mapping[str, Any]], ...] = (
    lambda c: {"Sex": c.surname},
    lambda c: {"Ethnicity": c.upn},
    lambda c: {"PostCode": c.surname},
    lambda c: {"UPN": c.forename},
    lambda c: {"UPN": ("A" if c.upn[0] != "A" else "B") + c.upn[1:]},
    lambda c: {"UniqueLearnerNumber": c.uln[:-1] + str((int(c.uln[-1]) + 1) % 10)},
    lambda c: {"PersonBirthDate": c.surname},
    lambda c: {"UPNunknown": c.upn},
    lambda c: {"Requests": [request(c.surname, RequestOutcomeDate=c.upn)]},
    lambda c: {"Requests": [request("Y", Assessment=assessment(c.forename, Week20=c.uln))]},
    lambda c: {"Requests": [{**new_plan(), "ActivePlans": active(SENneed=[need(c.surname, rank=c.upn)])}]},
    lambda c: {"Requests": [new_plan(Exported=c.postcode)]},
    lambda c: {"Requests": [{**new_plan(), "RYA": c.surname}, new_plan()]},
    lambda c: {"Nickname": c.forename, "Note": c.surname},
    lambda c: {"Surname": c.surname + " " + c.upn, "Forename": c.forename + "\n" + c.uln},
)
"""What is wrong with a child's record."""


def ruined() -> dict[str, bytes]:
    """Files that are refused, each with children in it and each in its own way."""
    whole = sent(*map(record, RUINED), authority="204")
    child = RUINED[0]
    name, tag = child.surname.encode(), child.upn.encode()
    one = sent(record(child), authority="204")
    head, _, tail = one.partition(b"<Person>")
    return {
        "cut at 60 per cent.xml": whole[: len(whole) * 6 // 10],
        "without its end.xml": whole.removesuffix(b"</Message>"),
        "cut in a name.xml": whole[: whole.index(name) + len(name)],
        "invalid bytes.xml": one.replace(name, name + b"\xff\xfe\xff"),
        "nul.xml": one.replace(name, name + b"\0" + tag),
        "control.xml": one.replace(name, name + b"&#1;"),
        "entity.xml": b'<!DOCTYPE Message [<!ENTITY who "' + name + b'">]>' + one.replace(name, b"&who;"),
        "entity unknown.xml": one.replace(name, b"&" + tag + b";"),
        "external.xml": b'<!DOCTYPE Message SYSTEM "file:///' + tag + b'">' + one,
        "root.xml": one.replace(b"Message>", tag + b">"),
        "tag.xml": head + b"<" + tag + b"><Person>" + tail,
        "attribute.xml": one.replace(b"<Person>", b'<Person upn="' + tag + b'" name="' + name + b'">'),
        "twice.xml": one + one,
        "namespace.xml": one.replace(b"<Message>", b'<Message xmlns="urn:' + tag + b'">'),
        "authority.xml": one.replace(b"<LEA>204</LEA>", b"<LEA>" + tag + b"</LEA>"),
        "collection.xml": one.replace(b"<Collection>SEN2", b"<Collection>" + name),
        "year.xml": one.replace(b"<Year>2024", b"<Year>" + tag),
        "day.xml": one.replace(b"<ReferenceDate>2024-01-18", b"<ReferenceDate>" + name),
        "long.xml": one.replace(name, name * 100_000),
        "deep.xml": one.replace(name, b"<Surname>" * 400 + name + b"</Surname>" * 400),
        "encoding.xml": b'<?xml version="1.0" encoding="' + tag + b'"?>' + one,
        "declared.xml": b'<?xml version="1.0" encoding="utf-8"?>' + one.decode().encode("cp1252", "replace"),
        "utf-16.xml": one.decode().encode("utf-16-le"),
        "utf-32.xml": one.decode().encode("utf-32"),
        "zipped.xml": _zip({"return.xml": whole}),
        "gzipped.xml": gzip.compress(whole),
        "table.csv": _csv(),
        "table.json": json.dumps([c.items for c in RUINED]).encode(),
        "workbook.xlsx": _workbook(),
        "workbook.csv": _workbook(),
        "no records.xml": head + b"</Persons></Message>" + f"<!-- {child.surname} {child.upn} -->".encode(),
    }


def _csv() -> bytes:
    rows = [",".join(child.items.values()) for child in RUINED]
    return "\n".join([",".join(RUINED[0].items), *rows]).encode()


def _zip(members: Mapping[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


def _workbook() -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, child in enumerate(RUINED):
            sheet.write_row(row, 0, list(child.items.values()))
    return body.getvalue()
