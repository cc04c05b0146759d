"""The forms in which an identifier may hide: as text, wrapped, or hashed without a key."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import quopri
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, quote_plus

from tests.attack.canary.children import Canary

SHORTEST = 7
"""Patterns are at least this long: the scanner's window."""
CUT = 16
"""Bytes of a digest that are looked for: tokens keep the first 128 bits."""


class Pattern(NamedTuple):
    """Bytes to look for, and what finding them would mean."""

    body: bytes
    child: int
    kind: str
    encoding: str


def _nfd(text: str) -> bytes:
    return unicodedata.normalize("NFD", text).encode()


def _bare(text: str) -> str:
    """Letters and digits only."""
    return "".join(letter for letter in text if letter.isalnum())


def _plain(text: str) -> str:
    """Without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


TEXTS: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda s: s.encode("utf-16-le"),
    "utf-16-be": lambda s: s.encode("utf-16-be"),
    "utf-32-le": lambda s: s.encode("utf-32-le"),
    "cp1252": lambda s: s.encode("cp1252", errors="ignore"),
    "nfd": _nfd,
    "upper": lambda s: s.upper().encode(),
    "lower": lambda s: s.lower().encode(),
    "spaces removed": lambda s: s.replace(" ", "").encode(),
    "letters and digits": lambda s: _bare(s).encode(),
    "letters and digits, upper": lambda s: _bare(s).upper().encode(),
    "no accents, upper": lambda s: _plain(s).upper().encode(),
    "no accents, bare, upper": lambda s: _bare(_plain(s)).upper().encode(),
    "reversed": lambda s: s[::-1].encode(),
    "hex": lambda s: s.encode().hex().encode(),
    "hex, upper": lambda s: s.encode().hex().upper().encode(),
    "hex of upper": lambda s: s.upper().encode().hex().encode(),
    "hex of utf-16-le": lambda s: s.encode("utf-16-le").hex().encode(),
    "url": lambda s: quote(s, safe="").encode(),
    "url, plus": lambda s: quote_plus(s).encode(),
    "url, every byte": lambda s: "".join(f"%{b:02X}" for b in s.encode()).encode(),
    "html": lambda s: html.escape(s).encode(),
    "html, decimal": lambda s: "".join(f"&#{ord(c)};" for c in s).encode(),
    "html, hexadecimal": lambda s: "".join(f"&#x{ord(c):x};" for c in s).encode(),
    "xml, references": lambda s: html.escape(s, quote=False).encode("ascii", "xmlcharrefreplace"),
    "json": lambda s: json.dumps(s)[1:-1].encode(),
    "json, every letter": lambda s: "".join(f"\\u{ord(c):04x}" for c in s).encode(),
    "python": lambda s: ascii(s)[1:-1].encode(),
    "python, bytes": lambda s: repr(s.encode())[2:-1].encode(),
    "markdown": lambda s: s.replace("-", "\\-").encode(),
    "sql": lambda s: s.replace("'", "''").encode(),
    "quoted-printable": lambda s: quopri.encodestring(s.encode()),
}
WRAPS: Mapping[str, Callable[[str], bytes]] = {
    "": str.encode,
    ", upper": lambda s: s.upper().encode(),
    ", utf-16-le": lambda s: s.encode("utf-16-le"),
}
DATES, BARE = {"birth date", "birthday"}, ("letters and digits", "no accents, bare")
"""Eight digits without a dash are written by chance: a date is not looked for in those forms."""
HASHES = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
KINDS = {"upn": "upn", "uln": "uln", "surname": "name", "forename": "name", "postcode": "postcode"}
"""The domains that a token's text may begin with."""


def patterns(child: Canary) -> Iterator[Pattern]:
    """Every form of a child's identifiers that is looked for."""
    for kind, text in child.identifiers.items():
        for name, encode in TEXTS.items():
            if kind in DATES and name.startswith(BARE):
                continue
            yield Pattern(encode(text), child.number, kind, name)
        for name, encode in WRAPS.items():
            for shift, body in enumerate(_base64(encode(text))):
                yield Pattern(body, child.number, kind, f"base64 at {shift}{name}")
    for kind, text in _hashed(child):
        yield from _digests(child, kind, text)


def _base64(body: bytes) -> Iterator[bytes]:
    """The letters that do not depend on what stands before and behind, at each of the three offsets."""
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + body)
        yield whole[-(-8 * shift // 6) : 8 * (shift + len(body)) // 6]


def _digests(child: Canary, kind: str, text: bytes) -> Iterator[Pattern]:
    for name, digest in HASHES.items():
        raw = digest(text, usedforsecurity=False).digest()[:CUT]
        letters = raw.hex()
        yield Pattern(raw, child.number, kind, name)
        yield Pattern(letters.encode(), child.number, kind, f"{name}, hex")
        yield Pattern(letters.upper().encode(), child.number, kind, f"{name}, hex, upper")
        yield Pattern(next(_base64(raw)), child.number, kind, f"{name}, base64")


def _hashed(child: Canary) -> Iterator[tuple[str, bytes]]:
    """What somebody might hash: each identifier in its usual spellings, and the combinations used for linkage."""
    for kind, text in child.identifiers.items():
        for spelt in dict.fromkeys(
            (text, text.upper(), text.lower(), _bare(text).upper(), _bare(_plain(text)).upper())
        ):
            yield kind, spelt.encode()
            if kind in KINDS:
                yield kind, KINDS[kind].encode() + b"\0" + spelt.encode()
    for kind, parts in _combined(child).items():
        for between in ("", " ", "|", ","):
            yield kind, between.join(parts).encode()
            yield kind, between.join(_bare(_plain(part)).upper() for part in parts).encode()


def _combined(child: Canary) -> dict[str, tuple[str, ...]]:
    born = child.birth.isoformat()
    return {
        "full name": (child.forename, child.surname),
        "name": (child.surname, child.forename),
        "name and birth": (child.surname, child.forename, born),
        "upn and birth": (child.upn, born),
    }
