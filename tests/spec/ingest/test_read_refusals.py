"""Each refusal of a file: one code, a sentence and a way out, and a file that brings it about."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cohort.errors import CohortError, DeclarationError, ReturnRefused, UsageError
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.read import read
from cohort.ingest.refusals import REFUSALS, UNUSABLE, FileRefused, Refusal, _table, refusal, unusable
from cohort.ingest.source import Limits
from tests.build import person, sen2

RETURN = sen2(person()).decode()
TIGHT = Limits(tag=100, value=3000, record=70_000, rows=1)
LIMITS = {"FILE-04": Limits(size=1_000_000), "HEAD-14": Limits()}


def with_name(text: str) -> bytes:
    return RETURN.replace("Forename1", text).encode()


def head(item: str, text: str) -> bytes:
    return re.sub(f"<{item}>.*?</{item}>", f"<{item}>{text}</{item}>", RETURN).encode()


def archive(*names: str, content: str | bytes = RETURN) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as writer:
        for name in names:
            writer.writestr(name, content)
    return made.getvalue()


PERSON = "persontableid,upn,surname,forename,personbirthdate,sex,ethnicity\n"
ROW = "1,,Surname1,Forename1,2014-05-06,F,WBRI\n"
CENSUS = "pupilonrolltableid,upn,surname,forename,dob,sex,entrydate"
PUPIL = "1,,Surname1,Forename1,2014-05-06,F,2020-09-01"


def census(more: str, *cells: str) -> bytes:
    """A sheet of the school census that says of itself what the header and the cells say."""
    return "\n".join([CENSUS + more, *(PUPIL + cell for cell in cells), ""]).encode()


def mixed() -> bytes:
    """Two sheets of which one is no part of the return."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        writer.writestr("person.csv", PERSON + ROW)
        writer.writestr("colours.csv", "colour,shape,size\nred,round,3\n")
    return made.getvalue()


def link(folder: Path) -> Path:
    (folder / "link").symlink_to(folder)
    return folder / "link"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


BRINGS: dict[str, bytes | Callable[[Path], Path]] = {
    "FILE-01": b"",
    "FILE-02": b"\n",
    "FILE-03": sen2(),
    "FILE-04": b"<" * 1_000_001,
    "FILE-05": lambda folder: folder,
    "FILE-06": link,
    "FILE-07": pipe,
    "FILE-11": archive("return.xml").replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01", 1),
    "FILE-13": b"\x1f\x8b\x08\x00",
    "FILE-14": b"%PDF-1.4",
    "FILE-15": b"MZ\x90",
    "FILE-16": b"\x89PNG",
    "FILE-17": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "FILE-19": b"<!DOCTYPE html>",
    "FILE-20": b"{}",
    "ENC-01": RETURN.encode("utf-32"),
    "ENC-02": RETURN.encode("utf-16-le"),
    "ENC-03": f"<?xml version='1.0' encoding='utf-7'?>{RETURN}".encode(),
    "ENC-04": b"<?xml version='1.0' encoding='utf-8'?>" + with_name("Ren?e").replace(b"n?e", b"n\xe9e"),
    "ENC-05": with_name("Ren?e").replace(b"?", b"\x81"),
    "ENC-06": with_name("\0"),
    "ENC-07": with_name("\x01"),
    "FLAT-01": (PERSON + ROW.replace("Surname1", '"Surname1')).encode(),
    "FLAT-02": b"a,b,c;d;e\n1,2,3;4;5\n",
    "FLAT-03": (PERSON.replace("forename", "Sur name") + ROW).encode(),
    "FLAT-04": (PERSON + ROW.replace("Surname1", "x" * 140_000)).encode(),
    "FLAT-05": b"colour,shape,size\nred,round,3\n",
    "FLAT-06": mixed(),
    "FLAT-07": archive("a_person.csv", "b_person.csv", content=PERSON + ROW),
    "FLAT-08": (PERSON + ROW).encode(),
    "ZIP-01": archive("person.csv")[:-30],
    "ZIP-02": archive(*(f"{n}.csv" for n in range(1001)), content=""),
    "ZIP-03": archive("../person.csv"),
    "ZIP-04": archive("person.csv", content=b" " * 1_000_000),
    "ZIP-05": archive("person.csv", content=archive("person.csv")),
    "ZIP-06": archive("return.xml"),
    "BOOK-01": archive("xl/workbook.xml"),
    "HEAD-14": census(",year,lea", ",2025,301", ",2025,302"),
    "HEAD-15": census(",lea", ",301"),
    "HEAD-16": census(",year", ",2025"),
    "HEAD-17": census(",year,lea", ",2025,301"),
    "XML-01": with_name("</x>"),
    "XML-02": RETURN[:-5].encode(),
    "XML-03": f"<!DOCTYPE Message>{RETURN}".encode(),
    "XML-04": with_name("&eacute;"),
    "XML-05": with_name("<x>" * 300),
    "XML-06": with_name("x" * 3001),
    "XML-07": with_name(f"<x a='{'x' * 100}'/>"),
    "XML-08": RETURN.replace("<Message>", "<Message xmlns='urn:x'>").encode(),
    "XML-09": with_name("<x/>" * 50_000),
    "XML-10": f"{RETURN}stray".encode(),
    "XML-11": b"<!--" + b"x" * 70_000,
    "XML-12": sen2(person(number=1), person(number=2)),
    "HEAD-01": b"<Workbook></Workbook>",
    "HEAD-02": b"<Message></Message>",
    "HEAD-03": head("Collection", ""),
    "HEAD-04": head("Collection", "CIN"),
    "HEAD-05": head("Collection", "Else"),
    "HEAD-06": head("Year", ""),
    "HEAD-07": head("Year", "2020"),
    "HEAD-08": head("ReferenceDate", ""),
    "HEAD-09": head("ReferenceDate", "2024-01-19"),
    "HEAD-10": head("LEA", ""),
    "HEAD-11": head("LEA", "20"),
    "HEAD-12": RETURN.replace("<Year>", "<Year>2023</Year><Year>").encode(),
    "HEAD-13": RETURN.replace("<Persons>", "<Header/><Persons>").encode(),
}


def test_every_declared_refusal_has_a_file_that_brings_it_about() -> None:
    of_the_record = {code for code in REFUSALS if code.startswith("ROUTE")}  # no file alone brings them about
    assert set(BRINGS) == set(REFUSALS) - of_the_record


@pytest.mark.parametrize("code", BRINGS)
def test_a_refusal_says_what_and_the_way_out_in_whole_sentences(code: str, tmp_path: Path) -> None:
    brings = BRINGS[code]
    source = brings if isinstance(brings, bytes) else brings(tmp_path)
    limits = LIMITS.get(code, TIGHT)
    with pytest.raises(FileRefused) as error:
        read(source, limits=limits, said=Said(authority_code="302") if code == "HEAD-17" else UNSAID)
    refused = error.value
    assert refused.code == code
    for text in (refused.sentence, refused.remedy):
        assert text.endswith(".")
        assert text[0].isupper()
        assert not re.search(r"[{}]", text)
    assert str(refused) == f"{code}: {refused.sentence} {refused.remedy}"
    assert refused.exit_code == 3


@pytest.mark.parametrize("brings", [brings for brings in BRINGS.values() if isinstance(brings, bytes)])
def test_a_refused_file_never_has_its_words_repeated(brings: bytes) -> None:
    with pytest.raises(CohortError) as error:
        read(brings, limits=TIGHT, said=Said(year=1999))
    assert not [value for value in ("Surname1", "Forename", "ZZ99", "A9992") if value in str(error.value)]


def test_a_file_that_cannot_be_opened_is_a_fault_of_the_command() -> None:
    for code, entry in UNUSABLE.items():
        error = unusable(code)
        assert isinstance(error, UsageError)
        assert (error.code, error.sentence, error.exit_code) == (code, entry.sentence, 2)


def test_a_code_is_declared_once() -> None:
    entry = Refusal("FILE-01", "It is so.", "Do otherwise.")
    with pytest.raises(DeclarationError):
        _table(entry, entry)
    assert not set(REFUSALS) & set(UNUSABLE)


def test_a_refusal_without_its_words_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        refusal("XML-01")
    assert isinstance(refusal("XML-01", line=3), ReturnRefused)
