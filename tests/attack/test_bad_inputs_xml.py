"""Bad markup, by its number in the catalogue of bad inputs: section C.

RF: the whole file is refused. QR: an error that sets the row aside. W: a query. N: normalised.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cohort.ingest import structure
from cohort.ingest.read import read
from cohort.ingest.refusals import FileRefused
from cohort.ingest.source import Limits
from cohort.ingest.xml import SAFE, Runs
from tests.build import changed, new_plan, person, sen2

RETURN = sen2(person()).decode()
SECRET = "Canary-Surname"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a connection fails the test."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the reader asked for the network")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


def refused(source: str | bytes, limits: Limits | None = None) -> str:
    """The code with which a file is refused."""
    with pytest.raises(FileRefused) as error:
        read(source.encode() if isinstance(source, str) else source, limits=limits or Limits())
    return error.value.code


def findings(source: str | bytes) -> list[tuple[str, str, int, str]]:
    raw = read(source.encode() if isinstance(source, str) else source)
    assert set(raw.findings["code"]) <= set(structure.CAUSES)
    return raw.findings.select("code", "table", "row", "column").rows()


def inside(table: str, extra: str, text: str = RETURN) -> str:
    """The return with something more at the start of the first element of a table."""
    return text.replace(f"<{table}>", f"<{table}>{extra}", 1)


def value(text: str, element: str = "Forename") -> str:
    """The return with other markup for the forename's value."""
    return RETURN.replace("Forename1", text, 1).replace("Forename", element)


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
DOCUMENT_TYPES = {
    "42 billion laughs": LAUGHS,
    "43 quadratic blow-up": f'<!DOCTYPE q [<!ENTITY a "{"a" * 50_000}">]>',
    "44 external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "45 parameter entity": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd"> %a;]>',
    "46 external DTD": '<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/a.dtd">',
    "47 harmless internal DTD": "<!DOCTYPE Message>",
    "47 in lower case": "<!doctype Message>",
    "47 behind comments": "<!-- one --><?two three?>\n<!-- <four> -->\n<!DOCTYPE Message>",
}


@pytest.mark.parametrize("number", DOCUMENT_TYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_c42_to_c47_any_document_type_is_refused(number: str, encoding: str) -> None:
    text = DOCUMENT_TYPES[number] + value("&a;")
    assert refused(text.encode(encoding)) == "XML-03"
    assert refused(f'<?xml version="1.0"?>\n{text}'.encode(encoding)) == "XML-03"


@pytest.mark.parametrize("place", ["<Message>", "<Persons>", "</Message>"])
def test_c47_a_document_type_in_another_place_is_refused_as_malformed(place: str) -> None:
    assert refused(RETURN.replace(place, f"{place}<!DOCTYPE Message>")) in {"XML-01", "XML-10"}


def test_c47_a_document_type_named_in_a_comment_is_only_a_comment() -> None:
    assert read(f"<!-- <!DOCTYPE Message> -->{RETURN}".encode()).tables["Person"].height == 1


def test_c47_what_stands_before_the_return_never_reaches_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    # With the check of the name switched off, the document type is still not parsed: the file is refused.
    fed: list[bytes] = []
    monkeypatch.setattr("cohort.ingest.xml.Document._parse", lambda _, text: fed.append(text))
    monkeypatch.setattr("cohort.ingest.xml.Document._handle", lambda _: None)
    with pytest.raises(AttributeError):
        read(f"<!-- before -->{RETURN}".encode())
    assert b"before" not in b"".join(fed)


def test_c42_to_c60_the_parser_may_neither_resolve_nor_load_nor_recover() -> None:
    assert {flag: SAFE[flag] for flag in ("no_network", "resolve_entities", "load_dtd", "huge_tree", "recover")} == {
        "no_network": True,
        "resolve_entities": False,
        "load_dtd": False,
        "huge_tree": False,
        "recover": False,
    }


@pytest.mark.parametrize("entity", ["&a;", "&nbsp;", "&eacute;", "x&undefined;y"])
def test_c44_an_entity_that_xml_does_not_define_is_refused(entity: str) -> None:
    assert refused(value(entity)) == "XML-04"
    assert refused(RETURN.replace("<Persons>", f"<Persons>{entity}")) == "XML-04"
    long = sen2(*(person(number=n) for n in range(1, 200))).decode()
    assert refused(long.replace("Forename3<", f"{entity}<")) == "XML-04"


def test_c44_the_entities_of_xml_itself_are_read() -> None:
    raw = read(value("&lt;&amp;&gt;&quot;&apos;&#233;&#xEB;").encode())
    assert raw.tables["Person"]["forename"][0] == "<&>\"'éë"


XINCLUDE = 'xmlns:xi="http://www.w3.org/2001/XInclude"'


def test_c48_an_xinclude_is_never_acted_on(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    include = f'<xi:include {XINCLUDE} href="file://{tmp_path}/secret.txt" parse="text"/>'
    raw = read(inside("Person", include).encode())
    assert SECRET not in "".join(str(frame.to_dicts()) for frame in raw.tables.values())
    assert findings(inside("Person", include)) == [("READ-01", "Person", 1, "")]
    assert findings(value(include)) == [("READ-06", "Person", 1, "Forename")]


@pytest.mark.parametrize("closing", ["", "</x>" * 300_000])
def test_c49_300_000_nested_elements_are_refused(closing: str) -> None:
    assert refused(inside("Person", "<x>" * 300_000 + closing)) in {"XML-05", "XML-02"}
    assert refused(inside("Person", "<x>" * 1000 + "</x>" * 1000)) == "XML-05"


def test_c50_a_text_of_12_mb_is_refused() -> None:
    assert refused(value("x" * 12_000_000)) == "XML-06"
    assert refused(value(f"<![CDATA[{'x' * 12_000_000}]]>")) == "XML-06"
    assert refused(value(f"<!--{'x' * 12_000_000}-->")) == "XML-06"


def test_c50_a_value_at_the_limit_is_read_and_one_above_is_not() -> None:
    limits = Limits(value=20_000)
    # The limit counts from tag to tag, the tag itself included.
    fits = 20_000 - len("<Forename>")
    assert read(value("x" * fits).encode(), limits=limits).tables["Person"]["forename"][0] == "x" * fits
    assert refused(value("x" * (fits + 1)), limits) == "XML-06"


ATTRIBUTES = " ".join(f'a{n}="x"' for n in range(100_000))


@pytest.mark.parametrize("element", ["Person", "Forename", "Persons", "Message"])
def test_c51_100_000_attributes_are_refused(element: str) -> None:
    assert refused(RETURN.replace(f"<{element}>", f"<{element} {ATTRIBUTES}>")) == "XML-07"


def test_c51_they_would_pass_without_our_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runs, "follow", lambda *_: None)
    assert read(RETURN.replace("<Person>", f"<Person {ATTRIBUTES}>").encode()).tables["Person"].height == 1


@pytest.mark.parametrize("attribute", ['a=">{}"', "a='<b>{}'", "a='>' b=\"{}\""])
def test_c51_a_long_attribute_cannot_hide_behind_its_own_brackets(attribute: str) -> None:
    tag = f"<Person {attribute.format('x' * 5000)}>"
    assert refused(RETURN.replace("<Person>", tag)) in {"XML-07", "XML-01"}


@pytest.mark.parametrize("shift", [0, 1, 2000, 4095])
def test_c51_a_long_tag_is_found_across_the_borders_of_blocks(shift: int) -> None:
    limits = Limits(tag=300)
    before = "<!-- -->" * ((65_536 - RETURN.index("<Person>") - shift) // 8)
    long = RETURN.replace("<Person>", f"{before}<Person a='{'x' * 290}'>")
    fits = RETURN.replace("<Person>", f"{before}<Person a='{'x' * 280}'>")
    assert refused(long, limits) == "XML-07"
    assert read(fits.encode(), limits=limits).tables["Person"].height == 1


def test_c52_another_namespace_is_refused_with_a_hint() -> None:
    for text in (
        RETURN.replace("<Message>", '<Message xmlns="http://www.example.org/sen2">'),
        RETURN.replace("<Message>", '<m:Message xmlns:m="urn:x">').replace("</Message>", "</m:Message>"),
        RETURN.replace("<Forename>", '<Forename xmlns="urn:x">'),
        RETURN.replace("<Persons>", '<Persons xmlns="urn:x">'),
        RETURN.replace("<Forename>", "<x:Forename>").replace("</Forename>", "</x:Forename>"),
    ):
        with pytest.raises(FileRefused, match="Remove xmlns=") as error:
            read(text.encode())
        assert error.value.code == "XML-08"


def test_c53_an_unknown_element_is_left_out_with_a_query_that_does_not_name_it() -> None:
    text = inside("Person", f"<{SECRET}>x</{SECRET}>")
    assert findings(text) == [("READ-01", "Person", 1, "")]
    raw = read(text.encode())
    assert raw.tables["Person"].equals(read(RETURN.encode()).tables["Person"])
    assert raw.notes["elements that the standard does not have, left out"] == 1
    assert raw.findings["level"].to_list() == ["query"]
    assert SECRET not in repr(raw.findings.to_dicts())


@pytest.mark.parametrize(
    "text",
    [
        RETURN.replace("</Persons>", "<Stranger/></Persons>"),
        RETURN.replace("</Persons>", "</Persons><Others><Other>1</Other></Others>"),
        RETURN.replace("<Persons>", "<Persons>stray"),
        RETURN.replace("</Person>", "</Person>stray"),
        RETURN.replace("</Persons>", "</Persons>stray"),
        RETURN.replace("</Persons>", "</Persons><People><Person><Surname>x</Surname></Person></People>"),
    ],
)
def test_c53_what_stands_outside_any_record_is_left_out_with_a_query(text: str) -> None:
    assert findings(text) == [("READ-07", "Header", 1, "")]
    assert read(text.encode()).tables["Person"].height == 1


def test_c53_text_between_the_items_of_a_record_is_left_out_with_a_query() -> None:
    assert findings(inside("Person", "stray")) == [("READ-05", "Person", 1, "")]
    assert findings(RETURN.replace("</Surname>", "</Surname>stray")) == [("READ-05", "Person", 1, "")]
    assert findings(RETURN.replace("</Requests>", "</Requests>stray")) == [("READ-05", "Person", 1, "")]
    assert findings(inside("Requests", "<Odd/>stray")) == [
        ("READ-01", "Requests", 1, ""),
        ("READ-05", "Requests", 1, ""),
    ]


def test_c53_an_item_that_holds_elements_is_an_error() -> None:
    assert findings(value("For<b>ena</b>me")) == [("READ-06", "Person", 1, "Forename")]
    assert findings(value("<b>Forename</b>")) == [("READ-06", "Person", 1, "Forename")]


def test_c54_an_absent_element_is_null_and_left_to_the_parser() -> None:
    raw = read(sen2(changed(person(), {"Sex": None})))
    assert raw.tables["Person"]["sex_code"].to_list() == [None]
    assert raw.findings.is_empty()


def test_c55_an_item_said_twice_is_an_error_and_the_first_is_kept() -> None:
    text = RETURN.replace("<Sex>F</Sex>", "<Sex>F</Sex><Sex>M</Sex><SEX>U</SEX>")
    assert findings(text) == [("READ-02", "Person", 1, "Sex")]
    assert read(text.encode()).tables["Person"]["sex_code"].to_list() == ["F"]
    assert findings(RETURN.replace("<Sex>F</Sex>", "<Sex></Sex><UPN>A</UPN><Sex>F</Sex>"))[0][0] == "READ-02"


def test_c55_a_table_that_stands_too_often_is_an_error_at_every_row_too_many() -> None:
    twice = new_plan()
    plan = twice["Assessment"]["NamedPlan"]
    twice["Assessment"]["NamedPlan"] = [plan, plan, {**plan, "PlanDetail": plan["PlanDetail"] * 4}]
    assert findings(sen2(person(number=1), person(twice, number=2))) == [
        ("READ-03", "NamedPlan", 3, ""),
        ("READ-03", "NamedPlan", 4, ""),
        ("READ-03", "PlanDetail", 6, ""),
        ("READ-03", "PlanDetail", 7, ""),
    ]


def test_c56_elements_in_another_order_are_read() -> None:
    record = person(new_plan())
    backwards = _backwards(record)
    raw, expected = read(sen2(backwards)), read(sen2(record))
    assert raw.findings.is_empty()
    assert raw.notes["elements in another order than the standard's"] > 10
    for name, table in expected.tables.items():
        assert raw.tables[name].equals(table), name


def _backwards(record: Any) -> Any:
    if isinstance(record, list):
        return [_backwards(each) for each in record]
    return {k: _backwards(v) for k, v in reversed(record.items())} if isinstance(record, dict) else record


def test_c56_tags_in_another_case_or_a_known_misspelling_are_read() -> None:
    other = RETURN.replace("PersonBirthDate", "personbirthdate").replace("SENneed>", "SENNeed>")
    other = other.replace("Persons>", "PERSONS>").replace("Header>", "header>").replace("Message>", "message>")
    other = other.replace("Person>", "person>").replace("Year>", "YEAR>")
    raw = read(other.encode())
    assert all(raw.tables[name].equals(table) for name, table in read(RETURN.encode()).tables.items())
    assert raw.findings.is_empty()
    assert raw.notes["tags spelled in another way than the standard's"] == 3


def test_c57_cdata_comments_and_instructions_are_read_through() -> None:
    raw = read(value("<![CDATA[For<&]]>e<!-- c -->na<?p i?>me").encode())
    assert raw.tables["Person"]["forename"][0] == "For<&ename"
    assert raw.findings.is_empty()
    assert raw.notes["comments dropped and CDATA sections unwrapped"] == 2
    assert raw.notes["processing instructions dropped"] == 1


@pytest.mark.parametrize("place", ["Message", "Header", "Source", "Persons", "Person", "Requests", "PlanDetail"])
@pytest.mark.parametrize("extra", ["<!-- note -->", "<?note?>", "<?here?>", "<?xml-stylesheet href='x'?>"])
def test_c57_comments_and_instructions_are_read_over_wherever_they_stand(place: str, extra: str) -> None:
    raw = read(f"{extra}{inside(place, extra)}{extra}".encode())
    assert all(raw.tables[name].equals(table) for name, table in read(RETURN.encode()).tables.items())
    assert raw.findings.is_empty()
    closed = RETURN.replace(f"</{place}>", f"</{place}>{extra}", 1)
    assert read(closed.encode()).tables["Person"].height == 1


XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def test_c58_nil_empty_and_absent_are_distinct_in_the_receipt() -> None:
    items = {"Ethnicity": "", "PostCode": "REPLACED", "Sex": None}
    text = sen2(changed(person(new_plan()), items)).decode().replace("<Message>", f"<Message {XSI}>")
    raw = read(text.replace("<PostCode>REPLACED</PostCode>", '<PostCode xsi:nil="true"/>').encode())
    assert (raw.notes["empty elements read as absent"], raw.notes["nil elements read as absent"]) == (1, 1)
    row = raw.tables["Person"].row(0, named=True)
    assert (row["ethnicity_code"], row["postcode"], row["sex_code"]) == ("", "", None)
    plain = read(text.replace("<PostCode>REPLACED</PostCode>", '<PostCode xsi:nil="false"/>').encode())
    assert plain.notes == {"empty elements read as absent": 2}


def test_c60_a_schema_location_to_a_url_is_never_fetched() -> None:
    where = f'{XSI} xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/sen2.xsd" xsi:schemaLocation="u http://x/y"'
    assert read(RETURN.replace("<Message>", f"<Message {where}>").encode()).tables["Person"].height == 1


@pytest.mark.parametrize(
    "text",
    [
        RETURN.replace("</Forename>", "</Surname>"),
        RETURN.replace("Forename1", "Smith & Jones"),
        RETURN.replace("Forename1", "a < b"),
        RETURN.replace("Forename1", "a ]]> b"),
        RETURN.replace("<Person>", "<Person a=b>"),
        RETURN.replace("<Person>", "<Person a='1' a='2'>"),
        RETURN.replace("<Person>", "<?xml version='1.0'?><Person>"),
        RETURN.replace("<Person>", "<!-- a -- b --><Person>"),
        f"<![CDATA[x]]>{RETURN}",
    ],
)
def test_xml_that_is_not_well_formed_is_refused(text: str) -> None:
    assert refused(text) == "XML-01"


def test_a_fault_is_named_by_its_line_and_never_by_what_stands_there() -> None:
    lines = sen2(person(Surname=SECRET)).decode().replace("><", ">\n<").replace("</Surname>", f"</{SECRET}>")
    number = 1 + lines[: lines.index(f"</{SECRET}>")].count("\n")
    with pytest.raises(FileRefused, match=rf"not well formed at line {number}\.") as error:
        read(f'<?xml version="1.0"?>\n{lines}'.replace("?>\n", "?>").encode())
    assert SECRET not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_something_after_the_end_is_refused() -> None:
    assert refused(RETURN + RETURN) == "XML-10"
    assert refused(RETURN + "stray") == "XML-10"
    assert read(f"{RETURN}\n\n\n".encode()).tables["Person"].height == 1


def test_a_record_that_never_ends_is_refused_before_it_fills_the_memory() -> None:
    limits = Limits(record=100_000)
    many = "<Requests><RYA>0</RYA></Requests>" * 10_000
    assert refused(RETURN.replace("<Requests>", f"{many}<Requests>", 1), limits) == "XML-09"
    assert refused(inside("Header", "<x/>" * 100_000), limits) == "XML-09"
    raw = read(inside("Persons", "<x/>" * 100_000).encode(), limits=limits)
    assert raw.notes["elements that the standard does not have, left out"] == 100_000


def test_a_table_with_too_many_rows_is_refused() -> None:
    persons = sen2(*(person(number=n) for n in range(1, 40))).decode()
    assert refused(persons, Limits(rows=38)) == "XML-12"
    assert read(persons.encode(), limits=Limits(rows=39)).tables["Person"].height == 39


def test_refusing_a_cut_file_of_50_mb_takes_less_than_two_seconds(tmp_path: Path) -> None:
    record = RETURN[RETURN.index("<Person>") : RETURN.index("</Persons>")]
    (tmp_path / "cut.xml").write_text(RETURN[: RETURN.index("<Person>")] + record * (50_000_000 // len(record)))
    start = time.process_time()
    with pytest.raises(FileRefused) as error:
        read(tmp_path / "cut.xml")
    assert (error.value.code, error.value.size) == ("XML-02", (tmp_path / "cut.xml").stat().st_size)
    assert time.process_time() - start < 2


def test_findings_of_a_query_are_capped_and_counted() -> None:
    odd = sen2(*(person(number=n) for n in range(1, structure.MOST_QUERIES + 3)))
    raw = read(odd.replace(b"<Sex>", b"<Odd/><Sex>"))
    assert raw.findings.filter(pl.col("code") == "READ-01").height == structure.MOST_QUERIES
    assert raw.notes["elements that the standard does not have, left out"] == structure.MOST_QUERIES + 2
