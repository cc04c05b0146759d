"""How a file is broken: in its bytes, whatever it is; and, where it is XML, in its tree, one record at a time.

Each mutator takes a seeded source of chance and gives a broken copy. Those of bytes mostly end in a refusal;
those of the tree keep the file readable, so that the stations behind the reader meet what is odd.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random

from lxml import etree
from lxml.etree import _Element as Element

from tests.attack.mutants.container import TEXT, Container

Mutator = Callable[[Random, bytes], bytes]
Spoiler = Callable[[Random, Element], None]
"""Breaks a record in place."""

PIECES: Sequence[bytes] = (
    *b"< > & \" ' ]]> <![CDATA[ <!-- --> <? <!DOCTYPE &#1; &x; <Person> </Person> </Message> <a/> <Persons>".split(),
    b"<!DOCTYPE x [<!ENTITY k 'Kakapo'>]>", b" xmlns='urn:Kakapo'", b"<?Kakapo Kakapo?>", b"<!--Kakapo-->", b"\0",
    b"\xff", b"\xe9", b"\xc3\xa9", b"\xed\xa0\x80", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"\x1f\x8b",
    b"Kakapo" * 50, b"<Kakapo>" * 300, b"\r\n", b"\x85", b"\x1b[31m",
)  # fmt: skip
VALUES: Sequence[str] = (
    "", " ", "0", "1", "-1", "00", "1e9", "NaN", "null", "None", "true", "9" * 400, "99999999999999999999", "0x1F",
    "1900-01-01", "2023-02-29", "9999-12-31", "0000-00-00", "0001-01-01", "10000-01-01", "2023-1-1", "31/12/2023",
    "2023-12-31T00:00:00", "2023-12-31T23:59:59Z", "2023-12-31T00:00:00+01:00", "-2023-01-01", "44197", "8.3E+11",
    "Y", "N", "A", "H", "S", "W", "999", "201", "202", "000", "ASD", "asd", "UN2", "A" * 13, "A000000000000",
    f"={TEXT}()", f"@{TEXT}", f"+{TEXT}", f"＝{TEXT}", f"<b>{TEXT}</b>", f"'; DROP TABLE {TEXT}; --", f"{{{TEXT}}}",
    f"%s{TEXT}%n", f"{TEXT}\u202e", f"\u200b{TEXT}", f"{TEXT}\ufffd", f"{TEXT}Ã©", "İ", "ß" * 13, "А000000000000",
    "\u0660" * 10, "１２３", "e\u0301", "𝟘𝟙", f"{TEXT}\n{TEXT}", f"{TEXT} " * 30, "\u2028", "\xa0", "\ud7ff\ue000",
)  # fmt: skip
TAGS = (TEXT, "Person", "Persons", "Requests", "Assessment", "ActivePlans", "Header", "upn", "SURNAME", "_", "Q.-0")
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "cp037", "cp500")
DECLARED = (b"UTF-8", b"UTF-16", b"windows-1252", b"ISO-8859-1", b"Kakapo", b"UTF-7", b"", b"us-ascii")
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


# Of bytes


def flipped(chance: Random, data: bytes) -> bytes:
    """A few bits turned over."""
    turned = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(8)
    return bytes(turned)


def cut(chance: Random, data: bytes) -> bytes:
    """The file stops early, or begins late."""
    at = chance.randrange(len(data))
    return data[:at] if chance.random() < 0.8 else data[at:]


def holed(chance: Random, data: bytes) -> bytes:
    """A stretch is missing."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randint(1, 60) :]


def spliced(chance: Random, data: bytes) -> bytes:
    """A stretch stands once more, somewhere else."""
    source, target = chance.randrange(len(data)), chance.randrange(len(data))
    return data[:target] + data[source : source + chance.randint(1, 300)] + data[target:]


def pierced(chance: Random, data: bytes) -> bytes:
    """Something that does not belong there is put in, or noise."""
    at = chance.randrange(len(data))
    piece = chance.choice(PIECES) if chance.random() < 0.8 else chance.randbytes(chance.randint(1, 6))
    return data[:at] + piece + data[at + chance.randint(0, 3) :]


def recoded(chance: Random, data: bytes) -> bytes:
    """Written in another encoding than it says."""
    return data.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")


def redeclared(chance: Random, data: bytes) -> bytes:
    """Said to be in another encoding than it is."""
    return re.sub(rb'encoding="[^"]*"', b'encoding="' + chance.choice(DECLARED) + b'"', data, count=1)


def renamed(chance: Random, data: bytes) -> bytes:
    """Every tag of one name has another; or only the tags that open."""
    tags = re.findall(rb"</?(\w+)>", data) or [b"Person"]
    old, new = chance.choice(tags), chance.choice(TAGS).encode()
    data = data.replace(b"<" + old + b">", b"<" + new + b">")
    return data if chance.random() < 0.2 else data.replace(b"</" + old + b">", b"</" + new + b">")


def refilled(chance: Random, data: bytes) -> bytes:
    """The text of some element is another, mark-up and all."""
    texts = list(re.finditer(rb">([^<>]+)<", data))
    if not texts:
        return data
    place = chance.choice(texts)
    return data[: place.start(1)] + chance.choice(VALUES).encode("utf-8", "surrogatepass") + data[place.end(1) :]


def rebroken(chance: Random, data: bytes) -> bytes:
    """Other line ends, or none."""
    return data.replace(b"\n", chance.choice([b"\r", b"\r\n", b"", b"\n\n", b"\x85"]))


OF_BYTES: Sequence[Mutator] = (
    flipped, cut, holed, spliced, pierced, pierced, recoded, redeclared, renamed, refilled, refilled, rebroken,
)  # fmt: skip


def broken(chance: Random, given: Container) -> Container:
    """A container with one to three faults in its bytes."""
    data = given.content
    for _ in range(chance.choice([1, 1, 2, 3])):
        data = chance.choice(OF_BYTES)(chance, data) if data else chance.randbytes(3)
    return given.holding(data)


# Of a tree


def _one(chance: Random, record: Element) -> Element:
    below = [element for element in record.iter("*") if element is not record]
    return chance.choice(below) if below else etree.SubElement(record, "Forename")


def refill(chance: Random, record: Element) -> None:
    """One to three values are others."""
    for _ in range(chance.randint(1, 3)):
        leaves = [element for element in record.iter("*") if not len(element)]
        chance.choice(leaves).text = chance.choice(VALUES)


def rename(chance: Random, record: Element) -> None:
    """An element has another name."""
    _one(chance, record).tag = chance.choice(TAGS)


def repeat(chance: Random, record: Element) -> None:
    """An element stands twice or often."""
    element = _one(chance, record)
    for _ in range(chance.choice([1, 1, 1, 4])):
        element.addnext(deepcopy(element))


def swap(chance: Random, record: Element) -> None:
    """Two elements change places, or one moves below another."""
    one, other = _one(chance, record), _one(chance, record)
    if one is not other and one not in list(other.iterancestors()) and other not in list(one.iterancestors()):
        one.addnext(other) if chance.random() < 0.5 else one.append(other)


def remove(chance: Random, record: Element) -> None:
    """An element is gone, with all below it."""
    element = _one(chance, record)
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def empty(chance: Random, record: Element) -> None:
    """An element is empty, or said to be nil whether it is or not."""
    element = _one(chance, record)
    if chance.random() < 0.5:
        element.set(NIL, chance.choice(["true", "1", "false", TEXT]))
    else:
        element.text = None


def adorn(chance: Random, record: Element) -> None:
    """An attribute, a comment, an instruction, or text where none belongs."""
    element = _one(chance, record)
    what = chance.randrange(4)
    if what == 0:
        element.set(chance.choice(TAGS), TEXT)
    elif what == 1:
        element.append(etree.Comment(TEXT))
    elif what == 2:
        element.append(etree.ProcessingInstruction(TEXT, TEXT))
    else:
        element.tail = TEXT


OF_A_RECORD: Sequence[Spoiler] = (refill, refill, refill, rename, repeat, swap, remove, empty, adorn)


def spoiled(chance: Random, given: Container) -> Container:
    """A return of which every child has one to three faults of its own: as many mutants as children."""
    root = etree.fromstring(given.content)
    for record in root.findall("Persons/Person"):
        for _ in range(chance.choice([1, 1, 2, 3])):
            chance.choice(OF_A_RECORD)(chance, record)
    return given.holding(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
