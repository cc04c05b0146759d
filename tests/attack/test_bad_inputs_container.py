"""Bad containers and bad transport, by their number in the catalogue of bad inputs: section A.

RF: the whole file is refused. N: normalised. Each refusal has its own code, and says nothing of what is inside.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cohort.errors import ReturnRefused, UsageError
from cohort.ingest.read import read
from cohort.ingest.refusals import FileRefused
from cohort.ingest.source import Limits
from tests.build import person, sen2

RETURN = sen2(person())
CSV = b"personid,surname,forename\r\n1,Smith,Ann\r\n"


def refused(source: Path | bytes, limits: Limits | None = None) -> str:
    """The code with which a file is refused."""
    with pytest.raises(FileRefused) as error:
        read(source, limits=limits or Limits())
    return error.value.code


@contextmanager
def at_once() -> Iterator[None]:
    """Fails what would wait for ever."""

    def waited(*_: object) -> None:
        raise AssertionError("the reader waited")

    before = signal.signal(signal.SIGALRM, waited)
    signal.alarm(5)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def zipped(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr(name, content)
    return archive.getvalue()


def with_a_password(archive: bytes) -> bytes:
    """The archive with the flag by which readers know that a password is wanted."""
    return archive[:6] + bytes([archive[6] | 1]) + archive[7:]


def test_a01_a_file_of_zero_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.xml").touch()
    assert refused(tmp_path / "empty.xml") == "FILE-01"
    assert refused(b"") == "FILE-01"


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf\r\n\t ", b" \n"])
def test_a02_a_byte_order_mark_or_white_space_alone_is_refused(mark: bytes) -> None:
    assert refused(mark) == "FILE-02"


def test_a03_a_header_without_persons_is_refused() -> None:
    assert refused(sen2()) == "FILE-03"
    assert refused(sen2().replace(b"<Persons></Persons>", b"<Persons/>")) == "FILE-03"
    assert refused(sen2().replace(b"<Persons></Persons>", b"")) == "FILE-03"


def test_a04_a_stream_over_the_limit_is_refused_while_it_streams() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            assert self.given < 1_000_000, "the reader reads on and on"
            return b"<Message>".ljust(size)

    stream = Endless()
    with pytest.raises(ReturnRefused) as error:
        read(stream, limits=Limits(size=100_000))  # type: ignore[arg-type]
    assert error.value.code == "FILE-04"


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a06_an_upload_that_was_cut_is_refused(share: float, tmp_path: Path) -> None:
    whole = sen2(*(person(number=n) for n in range(1, 200)))
    cut = whole[: int(len(whole) * share)]
    (tmp_path / "cut.xml").write_bytes(cut)
    assert refused(cut) == refused(tmp_path / "cut.xml") == "XML-02"
    with pytest.raises(FileRefused, match="stops before its end"):
        read(io.BytesIO(cut))


def test_a06_no_cut_of_a_return_is_ever_read() -> None:
    for length in range(len(RETURN) - 1):
        with pytest.raises(FileRefused):
            read(io.BytesIO(RETURN[:length]))


@pytest.mark.parametrize("ending", [b"</Message>", b"</Persons></Message>"])
def test_a07_xml_without_its_end_tag_is_refused(ending: bytes) -> None:
    assert refused(RETURN.removesuffix(ending)) == "XML-02"
    assert refused(RETURN.removesuffix(ending) + b"\n\n<!-- end -->\n") == "XML-02"


def test_a09_a_zip_with_one_valid_return_is_refused() -> None:
    assert refused(zipped("return.xml", RETURN)) == "ZIP-06"


@pytest.mark.parametrize("name", ["person.csv", "xl/worksheets/sheet1.xml"])
def test_a10_a_zip_bomb_is_refused_and_never_unpacked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(name, b"upn,surname,forename\n" + b" " * 20_000_000)
    monkeypatch.setattr("zlib.decompressobj", None)
    assert refused(bomb) == "ZIP-04"


def test_a10_a_bomb_that_lies_about_its_size_is_unpacked_no_further_than_the_limit() -> None:
    bomb = bytearray(zipped("person.csv", b"upn,surname,forename\n" + b" " * 20_000_000))
    for at in (bomb.index(b"PK\x03\x04") + 22, bomb.index(b"PK\x01\x02") + 24):
        bomb[at : at + 4] = (1000).to_bytes(4, "little")
    assert refused(bytes(bomb)) in {"ZIP-01", "ZIP-04"}
    random = os.urandom(3_000_000).hex().encode()
    assert refused(zipped("person.csv", random), Limits(size=2_000_000)) == "FILE-04"


def test_a11_a_zip_inside_a_zip_is_refused() -> None:
    assert refused(zipped("inner.zip", zipped("return.xml", RETURN))) == "ZIP-05"
    assert refused(zipped("inner.csv", zipped("return.xml", RETURN))) == "ZIP-05"


def test_a12_a_zip_that_names_a_path_above_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    path = tmp_path / "inner" / "return.zip"
    for name in ("../../escaped.csv", "/escaped.csv", "C:\\\\escaped.csv", "..\\\\escaped.csv"):
        path.write_bytes(zipped(name, CSV))
        assert refused(path) == "ZIP-03"
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["inner", "return.zip"]


@pytest.mark.parametrize("magic", [b"BZh91AY", b"\xfd7zXZ\x00\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01"])
def test_a13_a_compressed_file_named_xml_is_refused(magic: bytes, tmp_path: Path) -> None:
    path = tmp_path / "return.xml"
    path.write_bytes(gzip.compress(RETURN))
    assert refused(path) == refused(magic + bytes(50)) == "FILE-13"


def test_a14_a_workbook_named_csv_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "return.csv"
    path.write_bytes(zipped("xl/workbook.xml", b"<workbook/>"))
    with pytest.raises(FileRefused, match=r"workbook is damaged.*save it as \.xlsx") as error:
        read(path)
    assert error.value.code == "BOOK-01"


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"%PDF-1.7\n", "FILE-14"),
        (b"MZ\x90\x00", "FILE-15"),
        (b"\x7fELF\x02", "FILE-15"),
        (b"#!/bin/sh\n", "FILE-15"),
        (b"\x89PNG\r\n\x1a\n", "FILE-16"),
        (b"\xff\xd8\xff\xe0", "FILE-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "FILE-17"),
    ],
)
def test_a15_a_pdf_a_program_or_a_picture_is_refused_by_its_first_bytes(start: bytes, code: str) -> None:
    assert refused(start + RETURN) == code


def test_a16_a_zip_with_a_password_is_refused() -> None:
    assert refused(with_a_password(zipped("return.xml", RETURN))) == "FILE-11"


def test_a17_a_zip_glued_to_text_is_refused() -> None:
    archive = zipped("return.xml", RETURN)
    assert refused(CSV + archive) in {"ENC-05", "ENC-06"}
    assert refused(RETURN + archive) in {"ENC-05", "ENC-06"}
    assert refused(RETURN + b"and more") == "XML-10"


@pytest.mark.parametrize("separator", [b",", b";", b"\t", b"|"])
def test_a_csv_file_of_no_return_is_refused_and_told_what_is_read(separator: bytes) -> None:
    with pytest.raises(
        FileRefused, match=r"SEN2 person level return, 20\d\d to 2026.*as CSV, in Excel or as XML"
    ) as error:
        read(b"colour,shape,size\nred,round,3\n".replace(b",", separator))
    assert error.value.code == "FLAT-05"


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><html></html>", b"\n <HTML lang='en'><body/></HTML>"])
def test_a_web_page_saved_in_place_of_a_download_is_refused(page: bytes) -> None:
    assert refused(page) == "FILE-19"


@pytest.mark.parametrize("text", [b'{"persons": []}', b"Dear colleague", b"\xff\xf0\x10"])
def test_what_is_no_markup_is_refused(text: bytes) -> None:
    assert refused(text) == "FILE-20"


def test_a_file_that_begins_with_a_desert_of_white_space_is_refused() -> None:
    assert refused(b" " * 100_000 + RETURN) == "XML-11"


HOSTILE = [
    "=cmd()|'x'!A0.xml",
    "<script>alert(1)<\N{DIVISION SLASH}script>.xml",
    "\N{RIGHT-TO-LEFT OVERRIDE}lmx.exe",
    "Surname-of-a-child.xml",
    "-rf.xml",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a18_a_hostile_file_name_is_read_and_never_repeated(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(RETURN)
    assert name not in repr(read(path))
    path.write_bytes(RETURN[:-20])
    with pytest.raises(FileRefused) as error:
        read(path)
    assert name not in str(error.value)


@pytest.mark.parametrize("name", ["nul\0byte.xml", "x" * 4096, "../" * 20 + "no/such/return.xml"])
def test_a18_a_file_name_that_cannot_be_meant_is_a_fault_of_the_command(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path / name)
    assert name not in str(error.value)


@pytest.mark.parametrize("name", ["return.csv", "return.zip", "return", "return.xml.pdf"])
def test_a19_right_content_under_a_wrong_extension_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(RETURN)
    assert read(tmp_path / name).tables["Person"].height == 1


@pytest.mark.slow
def test_a20_a_million_rows_are_read_in_bounded_memory(tmp_path: Path) -> None:
    """In a process of its own: the peak stays near what the cells hold, 16 bytes each; a tree would take nine files."""
    path, start = tmp_path / "million.xml", RETURN.index(b"<Person>")
    with path.open("wb") as file:
        file.write(RETURN[:start])
        for _ in range(1000):
            file.write(b"<Person><Surname>Surname</Surname></Person>\n" * 1000)
        file.write(b"</Persons></Message>")
    told = subprocess.run([sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True)
    rows, cells, before, peak = (int(n) for n in told.stdout.split())
    assert rows == 1_000_000
    assert peak - before < 3 * 16 * cells


MEASURED = """
import resource, sys
from pathlib import Path
from cohort.ingest.read import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
tables = read(Path(sys.argv[1])).tables.values()
print(sum(t.height for t in tables), sum(t.height * t.width for t in tables), before,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def test_a22_a_sparse_file_of_10_gb_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sparse.xml"
    with path.open("wb") as file:
        file.truncate(10 << 30)
    asked: list[int] = []
    monkeypatch.setattr("cohort.ingest.source.Source.blocks", lambda _: asked)
    with pytest.raises(FileRefused) as error:
        read(path)
    assert (error.value.code, error.value.size, error.value.digest) == ("FILE-04", 10 << 30, None)


def test_a23_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    with at_once():
        assert refused(tmp_path / "pipe.xml") == "FILE-07"


def test_a23_a_pipe_that_is_put_in_place_after_the_look_is_refused_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    (tmp_path / "return.xml").write_bytes(RETURN)
    ordinary = os.stat(tmp_path / "return.xml")
    monkeypatch.setattr(os, "lstat", lambda *_, **__: ordinary)
    with at_once():
        assert refused(tmp_path / "pipe.xml") == "FILE-07"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a23_a_device_is_refused(device: str) -> None:
    assert refused(Path(device)) == "FILE-07"


def test_a23_a_link_is_refused_even_to_a_good_return(tmp_path: Path) -> None:
    (tmp_path / "return.xml").write_bytes(RETURN)
    (tmp_path / "link.xml").symlink_to(tmp_path / "return.xml")
    assert refused(tmp_path / "link.xml") == "FILE-06"


def test_a23_a_link_that_is_put_in_place_after_the_look_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(RETURN)
    (tmp_path / "link.xml").symlink_to(tmp_path / "secret")
    ordinary = os.stat(tmp_path / "secret")
    monkeypatch.setattr(os, "lstat", lambda *_, **__: ordinary)
    with pytest.raises(UsageError) as error:
        read(tmp_path / "link.xml")
    assert error.value.code == "FILE-09"


def test_a23_a_folder_without_csv_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "return.xml").write_bytes(RETURN)
    assert refused(tmp_path) == "FILE-05"


def test_a23_a_link_in_a_folder_of_csv_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(CSV)
    (tmp_path / "person.csv").symlink_to(tmp_path / "elsewhere")
    assert refused(tmp_path) == "FILE-06"


def test_a24_a_missing_or_unreadable_file_is_a_fault_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError) as missing:
        read(tmp_path / "missing.xml")
    (tmp_path / "locked.xml").write_bytes(RETURN)
    # Root may read everything, so the system's answer is given in its place.
    monkeypatch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(PermissionError("locked.xml")))
    with pytest.raises(UsageError) as locked:
        read(tmp_path / "locked.xml")
    assert [(e.value.code, e.value.exit_code) for e in (missing, locked)] == [("FILE-08", 2), ("FILE-09", 2)]


def test_a24_a_disk_that_fails_in_the_middle_is_a_fault_of_the_command() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError("the disk is gone")
            return super().read(100)

    with pytest.raises(UsageError) as error:
        read(Failing(RETURN))
    assert error.value.code == "FILE-09"


def test_a_refused_file_leaves_its_hash_and_its_size() -> None:
    cut = RETURN[:-50]
    for source in (cut, io.BytesIO(cut)):
        with pytest.raises(FileRefused) as error:
            read(source)
        assert (error.value.digest, error.value.size) == (hashlib.sha256(cut).hexdigest(), len(cut))
        assert error.value.exit_code == 3


def test_with_a_higher_limit_the_same_file_would_be_read() -> None:
    size = len(RETURN)
    assert refused(RETURN, Limits(size=size - 1)) == "FILE-04"
    assert read(RETURN, limits=Limits(size=size)).size == size


def test_a_stream_in_small_pieces_is_read_like_the_whole() -> None:
    class Trickle(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 1, 7))

    assert read(Trickle(RETURN)).digest == read(RETURN).digest
    assert read(Trickle(RETURN)).tables["Person"].equals(read(RETURN).tables["Person"])
