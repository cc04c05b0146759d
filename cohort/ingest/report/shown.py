"""Text that somebody else wrote, made harmless for what it is shown in.

A file's name may hold escapes that drive a terminal, marks that turn the direction of reading, mark-up, or a
formula. Control and format characters go; mark-up is escaped where it is drawn; a text that a spreadsheet
would take for a formula is prefixed with an apostrophe (OWASP, *CSV Injection*).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 80
REASON = 500
"""The most characters that are shown of a file's name, and of a reason."""
FORMULA = r"^(?:[\t\r\n]|\s*[=+\-@|＝＋－＠])"
"""What a spreadsheet may take for a formula, its full-width forms included; good for `re` and for Polars."""
DRIVING = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""A terminal's control sequence (ECMA-48), which would leave its letters behind."""


def shown(text: object, longest: int = LONGEST) -> str:
    """One line of at most so many characters, without control, format or unassigned characters."""
    line = " ".join("".join(map(_harmless, DRIVING.sub("", str(text)))).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


@lru_cache(maxsize=1024)
def literal(text: str) -> str:
    """The text as a spreadsheet must be given it, so that it stays text."""
    return "'" + text if re.match(FORMULA, text) else text


def _harmless(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character).startswith("C") else character


def counted(n: int, one: str, many: str = "") -> str:
    """`1,234 places`, `1 place`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
