"""A tiny builder of SEN2 returns: records as nested dicts of the standard's own tags.

    found(sen2(person(request=refused())))

The factories give lawful records; `changed(record, {"Requests/Assessment/Week20": "1"})` gives a copy with other
items, where None takes an item out. Everything stands in the return of 2024 unless `year` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from cohort.ingest.check import CheckedReturn, check
from cohort.ingest.parse import ParsedReturn, parse
from cohort.ingest.past import UNKNOWN, Past
from cohort.ingest.pseudonymise import pseudonymise
from cohort.ingest.read import read
from cohort.ingest.words import words
from cohort.schema.calendar import census_day
from cohort.vault.keys import throwaway
from cohort.vault.link import LinkedReturn, link, nobody

Record = dict[str, Any]
Place = tuple[str, str, int, str]
"""Code, table, row, column of a finding."""

EXPLAINED = dict.fromkeys(words(), "It is as we know it.")
"""A reason for every query: small returns are never like those of a whole authority."""

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
SPECIMEN_ULN = "9999375358"


def upn(number: int, last: str = "") -> str:
    """A sound UPN for each number; with a letter as its last character, a temporary one."""
    body = f"9992{number:08d}" if not last else f"9992{number:07d}{last}"
    values = [int(c) if c.isdigit() else CHECK_LETTERS.index(c) for c in body]
    return CHECK_LETTERS[sum(v * weight for weight, v in enumerate(values, start=2)) % 23] + body


def person(*requests: Record, number: int = 1, **items: str | None) -> Record:
    """A child of nine with the requests given: an old plan where there is none."""
    traits: Record = {
        "Surname": f"Surname{number}",
        "Forename": f"Forename{number}",
        "PersonBirthDate": "2014-05-06",
        "Sex": "F",
        "Ethnicity": "WBRI",
        "PostCode": "ZZ99 3VZ",
        "UPN": upn(number),
    }
    return {**traits, **items, "Requests": list(requests) or [old_plan()]}


def request(outcome: str, **items: Any) -> Record:
    """A request of May 2023, decided in June unless it awaits its decision."""
    decided = None if outcome == "A" else "2023-06-12"
    record = {"ReceivedDate": "2023-05-02", "RYA": "0", "RequestOutcomeDate": decided, "RequestOutcome": outcome}
    return {**record, **items}


def assessment(outcome: str, **items: Any) -> Record:
    """An assessment, decided in August 2023 unless it awaits its decision."""
    return {
        "AssessmentOutcome": outcome,
        "AssessmentOutcomeDate": None if outcome == "A" else "2023-08-14",
        "Week20": "0",
        **items,
    }


def plan(**items: Any) -> Record:
    """A plan of September 2023 that names one school."""
    return {"StartDate": "2023-09-11", "PlanDetail": [setting()], "PB": "0", **items}


def setting(**items: Any) -> Record:
    """A main setting: a school."""
    return {"URN": "100001", "PlacementRank": "1", **items}


def active(**items: Any) -> Record:
    """An active plan with a school and one need."""
    return {"PlacementDetail": [placement()], "SENneed": [need("ASD")], **items}


def placement(**items: Any) -> Record:
    """A main placement at a school since September 2023."""
    return {"URN": "100001", "PlacementRank": "1", "EntryDate": "2023-09-11", **items}


def need(code: str, rank: str = "1") -> Record:
    """A type of need."""
    return {"SENtype": code, "SENtypeRank": rank}


def new_plan(**items: Any) -> Record:
    """A request of 2023 that led to a plan in the same year."""
    return request("Y", Assessment=assessment("Y", NamedPlan=plan()), ActivePlans=active(), **items)


def old_plan(**items: Any) -> Record:
    """A plan of 2019 under H and H, whose dates are empty."""
    record = request("H", ReceivedDate="", RequestOutcomeDate="", RYA=None)
    history = assessment("H", AssessmentOutcomeDate="", Week20=None, NamedPlan=plan(StartDate="2019-03-04"))
    old = active(PlacementDetail=[placement(EntryDate="2019-04-23")])
    return {**record, "Assessment": history, "ActivePlans": old, **items}


def changed(record: Record, items: Mapping[str, Any]) -> Record:
    """A copy with items set by their path (`Requests/Assessment/Week20`), in the first of what stands often."""
    for path, value in items.items():
        record = _with(record, path.split("/"), value)
    return record


def _with(record: Record, path: list[str], value: Any) -> Record:
    tag, *rest = path
    if not rest:
        return {**record, tag: value}
    below = record[tag]
    if isinstance(below, list):
        return {**record, tag: [_with(below[0], rest, value), *below[1:]]}
    return {**record, tag: _with(below, rest, value)}


def sen2(*persons: Record, year: int = 2024, authority: str = "201") -> bytes:
    """The XML of a return."""
    details = {"Collection": "SEN2", "Year": str(year), "ReferenceDate": census_day(year).isoformat()}
    source = {"SourceLevel": "L", "LEA": authority, "DMO": "Y", "DCO": "N"}
    message = {"Header": {"CollectionDetails": details, "Source": source}, "Persons": {"Person": list(persons)}}
    return _element("Message", message).encode()


def _element(tag: str, content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, list):
        return "".join(_element(tag, each) for each in content)
    inner = "".join(_element(*item) for item in content.items()) if isinstance(content, dict) else escape(content)
    return f"<{tag}>{inner}</{tag}>"


def parsed(xml: bytes) -> ParsedReturn:
    """A return after its second station."""
    return parse(read(xml))


def linked(xml: bytes) -> LinkedReturn:
    """A return after its fourth station, in a record that knows nobody."""
    return link(pseudonymise(parsed(xml), throwaway()), nobody())


def judged(xml: bytes, past: Past = UNKNOWN) -> CheckedReturn:
    """A return after its fifth station."""
    return check(linked(xml), past)


def found(xml: bytes) -> list[Place]:
    """The places of a return's findings."""
    return judged(xml).findings.select("code", "table", "row", "column").rows()
