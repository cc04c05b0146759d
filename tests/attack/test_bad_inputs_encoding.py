"""Bad encodings, by their number in the catalogue of bad inputs: section B, as far as the reader can tell.

N: normalised, and counted in the receipt. RF: the whole file is refused. What stands inside a value passes
through unharmed, for the parser to judge.
"""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

import pytest

from cohort.ingest.read import RawReturn, read
from cohort.ingest.refusals import FileRefused
from tests.build import person, sen2

NAME = "Zoë-Renée"
TEXT = sen2(person(Forename=NAME)).decode()
ASCII = sen2(person()).decode()


def declared(encoding: str, text: str = TEXT) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'


def refused(source: bytes) -> str:
    """The code with which a file is refused."""
    with pytest.raises(FileRefused) as error:
        read(source)
    return error.value.code


def forename(raw: RawReturn) -> str:
    return raw.tables["Person"]["forename"][0]


def test_b25_a_byte_order_mark_of_utf8_is_dropped() -> None:
    for text in (TEXT, declared("utf-8"), declared("windows-1252")):
        raw = read(codecs.BOM_UTF8 + text.encode())
        assert (forename(raw), raw.notes["byte order mark dropped"]) == (NAME, 1)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_b26_utf16_with_a_byte_order_mark_is_read(mark: bytes, encoding: str) -> None:
    codec = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    raw = read(mark + declared(encoding).encode(codec))
    assert (forename(raw), raw.notes["read as UTF-16"]) == (NAME, 1)


def test_b26_utf16_is_read_across_the_borders_of_blocks() -> None:
    persons = [person(number=n, Forename=f"{NAME}-{n}😀") for n in range(1, 600)]
    text = sen2(*persons).decode()
    plain, wide = read(text.encode()), read(text.encode("utf-16"))
    assert len(text) > 1 << 17
    assert all(wide.tables[name].equals(table) for name, table in plain.tables.items())


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_b26_utf16_without_its_mark_is_refused(codec: str) -> None:
    assert refused(declared("utf-16").encode(codec)) == "ENC-02"


def test_b26_utf16_that_is_broken_or_cut_is_refused() -> None:
    half = "\ud800".encode("utf-16-le", "surrogatepass")
    wide = codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")
    assert refused(wide.replace("Zo".encode("utf-16-le"), half + half, 1)) == "ENC-05"
    assert refused(wide[:-1]) == refused(wide[:-6]) == "XML-02"


@pytest.mark.parametrize("codec", ["utf-32", "utf-32-le", "utf-32-be"])
def test_b27_utf32_is_refused(codec: str) -> None:
    assert refused(TEXT.encode(codec)) == "ENC-01"


@pytest.mark.parametrize("text", [TEXT, f'<?xml version="1.0"?>\n{TEXT}'])
def test_b28_windows_1252_without_a_declaration_is_read_if_every_byte_decodes(text: str) -> None:
    raw = read(text.encode("cp1252"))
    assert (forename(raw), raw.notes["read as windows-1252"]) == (NAME, 1)


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_b28_a_byte_that_windows_1252_does_not_have_refuses_the_file(byte: bytes) -> None:
    assert refused(TEXT.encode("cp1252").replace(b"Zo", b"Zo" + byte)) == "ENC-05"
    assert refused(declared("windows-1252").encode("cp1252").replace(b"Zo", byte)) == "ENC-05"


def test_b28_such_a_byte_in_a_late_block_refuses_the_file_too() -> None:
    persons = [person(number=n) for n in range(1, 400)]
    text = sen2(person(Forename=NAME), *persons).decode().encode("cp1252")
    assert refused(text.replace(b"Forename399", b"Forename\x81")) == "ENC-05"
    assert read(text).notes["read as windows-1252"] == 1


def test_b28_a_file_that_turns_from_utf8_to_windows_1252_is_refused() -> None:
    turning = sen2(person(Surname=NAME, Forename="REPLACED")).replace(b"REPLACED", b"Ren\xe9e")
    assert refused(turning) == "ENC-05"
    many = sen2(person(Surname=NAME), *(person(number=n) for n in range(1, 200)))
    assert len(many) > 1 << 17
    assert refused(many.replace(b"Forename199", b"Ren\xe9e")) == "ENC-05"


def test_b28_utf8_inside_windows_1252_shows_as_doubly_encoded_for_the_parser_to_query() -> None:
    mixed = sen2(person(Surname="REPLACED", Forename="Zoë")).replace(b"REPLACED", b"Ren\xe9e")
    assert forename(read(mixed)) == "ZoÃ«"


def test_b29_xml_that_declares_utf8_and_holds_windows_1252_is_refused() -> None:
    assert refused(declared("UTF-8").encode("cp1252")) == "ENC-04"


@pytest.mark.parametrize("name", ["windows-1252", "Windows-1252", "cp1252", "iso-8859-1", "ISO_8859-1"])
def test_b30_xml_that_truly_is_windows_1252_is_read(name: str) -> None:
    raw = read(declared(name).encode("cp1252"))
    assert (forename(raw), raw.notes["read as windows-1252"]) == (NAME, 1)


def test_b30_utf8_that_was_made_as_utf16_in_memory_is_read() -> None:
    raw = read(declared("utf-16").encode())
    assert (forename(raw), raw.notes["declared encoding that the bytes contradict"]) == (NAME, 1)


@pytest.mark.parametrize("name", ["ebcdic-cp-us", "utf-7", "shift_jis", "x-nonsense", "utf-32"])
def test_b30_any_other_declared_encoding_is_refused(name: str) -> None:
    assert refused(declared(name, ASCII).encode()) == "ENC-03"


@pytest.mark.parametrize(
    "name",
    [
        "CafÃ©",  # 31: doubly encoded
        "Zo\N{REPLACEMENT CHARACTER}",  # 32
        unicodedata.normalize("NFD", NAME),  # 36
        "A\N{ZERO WIDTH SPACE}12\N{NO-BREAK SPACE}3\N{THIN SPACE}4",  # 37
        "\N{CYRILLIC CAPITAL LETTER A}12345",  # 38
        "\N{RIGHT-TO-LEFT MARK}Noa\N{RIGHT-TO-LEFT OVERRIDE}",  # 39
        "=cmd()|'x'!A0",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
        "<script>alert(1)</script>",
        "  padded  ",
        "O'Brien; DROP TABLE person",
        "名字 😀",
    ],
)
def test_b31_to_b39_what_stands_in_a_value_passes_through_unharmed(name: str) -> None:
    assert forename(read(sen2(person(Forename=name)))) == name


@pytest.mark.parametrize(
    "bad",
    [b"\xc3\x28", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xff\xfe"],
)
def test_b33_invalid_utf8_is_refused(bad: bytes) -> None:
    assert refused(declared("utf-8", ASCII).encode().replace(b"Forename1", bad)) in {"ENC-04", "ENC-05"}


def test_b33_the_line_is_named_and_nothing_of_the_line() -> None:
    text = declared("utf-8", ASCII.replace("<Person>", "\n\n<Person>")).encode()
    with pytest.raises(FileRefused, match=r"line 4 looks like windows-1252") as error:
        read(text.replace(b"Forename1", b"Ren\xe9e"))
    assert "Ren" not in str(error.value)


@pytest.mark.parametrize("place", [b"<Forename>", b"</Person>", b"<Persons>"])
def test_b34_a_zero_byte_is_refused_wherever_it_stands(place: bytes) -> None:
    assert refused(ASCII.encode().replace(place, place + b"\0")) == "ENC-06"
    assert refused(ASCII.replace("Forename1", "F\0").encode("utf-16")) == "ENC-06"


@pytest.mark.parametrize("code", [1, 2, 8, 11, 12, 14, 27, 31])
def test_b35_control_characters_are_refused(code: int) -> None:
    assert refused(ASCII.encode().replace(b"Forename1", bytes([code]))) == "ENC-07"


@pytest.mark.parametrize("reference", [b"&#1;", b"&#x1b;", b"&#0;", b"&#xFFFE;", b"&#xD800;", b"&#99999999999;"])
def test_b35_references_to_control_characters_are_refused(reference: bytes) -> None:
    assert refused(ASCII.encode().replace(b"Forename1", reference)) == "ENC-07"


@pytest.mark.parametrize("bad", ["￾", "￿"])
def test_b35_characters_that_xml_forbids_are_refused(bad: str) -> None:
    assert refused(ASCII.replace("Forename1", bad).encode()) == "ENC-07"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_b40_b41_line_ends_of_any_kind_are_read(ends: str) -> None:
    lined = declared("utf-8").replace("><", f">{ends}<")
    raw = read(lined.encode())
    assert raw.tables["Person"].equals(read(TEXT.encode()).tables["Person"])
    assert raw.findings.is_empty()


def test_b40_b41_mixed_line_ends_are_read() -> None:
    ends = ["\n", "\r\n", "\r", "\n\r\n"]
    parts = TEXT.split("><")
    mixed = parts[0] + "".join(f">{ends[i % 4]}<{part}" for i, part in enumerate(parts[1:]))
    assert read(mixed.encode()).tables["Person"].equals(read(TEXT.encode()).tables["Person"])


def test_letters_cut_by_the_border_of_a_block_are_read(tmp_path: Path) -> None:
    base = sen2(*(person(number=n, Forename="ë" * 40) for n in range(1, 300)))
    for shift in range(4):
        path = tmp_path / f"{shift}.xml"
        path.write_bytes(b" " * shift + base)
        assert set(read(path).tables["Person"]["forename"]) == {"ë" * 40}
