"""Why a whole file is refused: each code with its sentence and its way out, declared once.

FILE is the container and the way it came, ZIP and BOOK what it holds, ENC the encoding, XML the markup, FLAT rows and
columns, HEAD the header by which a return finds its place, ROUTE whether it may come there now. Words in braces are
filled with our own names and numbers, never with text from the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from cohort.errors import DeclarationError, ReturnRefused, UsageError


@dataclass(frozen=True)
class Refusal:
    """What a code says, and the way out."""

    code: str
    sentence: str
    remedy: str


def _table(*refusals: Refusal) -> dict[str, Refusal]:
    by_code = {refusal.code: refusal for refusal in refusals}
    if len(by_code) != len(refusals):
        raise DeclarationError("a code of a refusal is used twice")
    return by_code


_AGAIN = "Export the return again and send the new file."
_READS = "What can be read today: {reads}."
_UTF8 = "Save the file as UTF-8 and send it again."
_SUPPLIER = "Ask the supplier of your system for an export that follows the standard."

REFUSALS = _table(
    Refusal("FILE-01", "The file is empty.", _AGAIN),
    Refusal("FILE-02", "The file holds white space or a byte order mark and nothing else.", _AGAIN),
    Refusal("FILE-03", "The return has a header and nobody in it.", f"{_AGAIN} There is no nil return."),
    Refusal("FILE-04", "The file is larger than {limit} MB.", "Send one return of one authority and year."),
    Refusal("FILE-05", "This is a folder without CSV files.", "Name the file itself, or the folder of one CSV export."),
    Refusal("FILE-06", "This is a link to a file.", "Name the file itself."),
    Refusal("FILE-07", "This is a pipe, a device or a socket.", "Name an ordinary file."),
    Refusal("FILE-11", "This looks like a zip archive with a password.", f"Unpack it and send the return. {_READS}"),
    Refusal("FILE-13", "This looks like a compressed file.", f"Unpack it and send the return. {_READS}"),
    Refusal("FILE-14", "This looks like a PDF.", f"Send the return itself. {_READS}"),
    Refusal("FILE-15", "This looks like a program.", f"Send the return itself. {_READS}"),
    Refusal("FILE-16", "This looks like a picture.", f"Send the return itself. {_READS}"),
    Refusal(
        "FILE-17",
        "This looks like an Office file of the old kind, or one with a password.",
        f"Save it as .xlsx without a password. {_READS}",
    ),
    Refusal(
        "FILE-19",
        "This looks like a web page, perhaps the sign-in page of a portal.",
        "Sign in, download the return and send that.",
    ),
    Refusal("FILE-20", "This is neither XML nor CSV nor a workbook.", _READS),
    Refusal("ENC-01", "The file is written in UTF-32.", _UTF8),
    Refusal("ENC-02", "The file is written in UTF-16 without a byte order mark.", _UTF8),
    Refusal(
        "ENC-03",
        "The file declares an encoding that is not read here.",
        "Save it as UTF-8, UTF-16 with a byte order mark, or windows-1252.",
    ),
    Refusal(
        "ENC-04",
        "The file declares UTF-8 and line {line} looks like windows-1252.",
        "Save the file as UTF-8, or declare windows-1252 if that is what it holds.",
    ),
    Refusal(
        "ENC-05",
        "Line {line} holds bytes that are no letters in the file's encoding.",
        f"{_UTF8} Check that the file was not damaged on its way.",
    ),
    Refusal("ENC-06", "Line {line} holds a zero byte.", f"{_AGAIN} It may have been damaged on its way."),
    Refusal(
        "ENC-07",
        "Line {line} holds a control character.",
        "Remove it from the record in your system and export the return again.",
    ),
    Refusal(
        "FLAT-01",
        "A quotation mark is opened and never closed, or stands within a cell.",
        "Export the file again; a quotation mark within a cell is written twice.",
    ),
    Refusal(
        "FLAT-02",
        "The first line of the file is no header whose columns can be told apart.",
        "Begin the file with the names of its columns, separated by commas.",
    ),
    Refusal("FLAT-03", "Column {place} of sheet {sheet} has the name of an earlier one.", "Leave one of the two."),
    Refusal("FLAT-04", "A cell is longer than {limit} characters.", _SUPPLIER),
    Refusal("FLAT-05", "The columns are those of no return that is known here.", _READS),
    Refusal(
        "FLAT-06",
        "Sheet {sheet} is no part of the {title}, which the others are.",
        "Leave it out, and send the sheets of one return of one authority and year.",
    ),
    Refusal("FLAT-07", "Two sheets hold the table {table}.", "Send one return: each of its tables stands once."),
    Refusal(
        "FLAT-08",
        "The sheet that says whose return this is, and of which year, is missing ({sheet}).",
        "Send all sheets of the export together: a folder, or one zip archive.",
    ),
    Refusal("ZIP-01", "The zip archive is damaged or of an unusual kind.", "Pack the files again, and send that."),
    Refusal("ZIP-02", "The zip archive holds more than {limit} files.", "Pack the files of one return."),
    Refusal("ZIP-03", "A file in the archive names a folder outside of it.", "Pack the files anew, side by side."),
    Refusal(
        "ZIP-04",
        "Something in the file is packed to less than one part in {limit}, as no return is.",
        "Export the return again and pack that.",
    ),
    Refusal("ZIP-05", "There is an archive within the archive.", "Unpack it, and pack the CSV files side by side."),
    Refusal("ZIP-06", "The archive holds something else than CSV files.", f"Pack CSV files alone. {_READS}"),
    Refusal("BOOK-01", "The workbook is damaged or cannot be read.", "Open it in Excel, save it as .xlsx, send that."),
    Refusal("XML-01", "The XML is not well formed at line {line}.", _AGAIN),
    Refusal("XML-02", "The file stops before its end.", "Send the whole file; the upload may have been cut."),
    Refusal("XML-03", "The file has a document type declaration (DTD).", "Remove it: a return needs none."),
    Refusal(
        "XML-04",
        "Line {line} uses an entity that XML does not define.",
        "Write the letter itself; only &amp; &lt; &gt; &quot; &apos; and numbers are read.",
    ),
    Refusal("XML-05", "Line {line} nests elements more deeply than any return does.", _SUPPLIER),
    Refusal("XML-06", "A value is longer than {limit} bytes, near line {line}.", _SUPPLIER),
    Refusal("XML-07", "A tag is longer than {limit} bytes, near line {line}.", _SUPPLIER),
    Refusal(
        "XML-08",
        "The elements stand in a namespace, or use a prefix that is not declared.",
        "Remove xmlns=… and prefixes: the standard's elements stand in no namespace.",
    ),
    Refusal("XML-09", "One record is larger than {limit} bytes, near line {line}.", _SUPPLIER),
    Refusal("XML-10", "Line {line} holds something after the end of the return.", "Send one return in one file."),
    Refusal("XML-11", "The return does not start in the file's first {limit} bytes.", _SUPPLIER),
    Refusal("XML-12", "A table has more than {limit} rows.", "Send one return of one authority and year."),
    Refusal("HEAD-01", "The XML is not a return: its outermost element is not Message.", _READS),
    Refusal("HEAD-02", "The return has no Header before its records.", _SUPPLIER),
    Refusal("HEAD-03", "The header does not say which collection this is (Collection).", _SUPPLIER),
    Refusal("HEAD-04", "This looks like the {title}.", _READS),
    Refusal("HEAD-05", "The header names a collection that is not known here.", _READS),
    Refusal("HEAD-06", "The header has no year of four digits (Year).", _SUPPLIER),
    Refusal("HEAD-07", "The return is for a year that is not covered.", "The years covered are {years}."),
    Refusal("HEAD-08", "The header has no reference date like 2024-01-18 (ReferenceDate).", _SUPPLIER),
    Refusal(
        "HEAD-09",
        "The reference date is not the census day of the return's year, {day}.",
        "Check that the return was made for the right year, and correct ReferenceDate.",
    ),
    Refusal("HEAD-10", "The header does not say whose return this is (LEA).", _SUPPLIER),
    Refusal("HEAD-11", "The authority's number (LEA) is not three digits.", "Give the DfE number, as in 201."),
    Refusal("HEAD-12", "The header says {column} twice.", "Leave one, and send the file again."),
    Refusal("HEAD-13", "The return has two headers.", "Send one return in one file."),
    Refusal(
        "HEAD-14",
        "The rows do not agree about {column}.",
        "Send one return of one authority and year; see which rows belong to another.",
    ),
    Refusal(
        "HEAD-15",
        "The file does not say of which year it is.",
        "Say it (--year), or begin the file's name with the year, as in 2025_spring.",
    ),
    Refusal("HEAD-16", "The file does not say whose return it is.", "Say it (--authority, a DfE number as in 201)."),
    Refusal(
        "HEAD-17",
        "The file says another {column} than you do.",
        "Check which of the two is right; leave the option out to go by the file.",
    ),
    Refusal(
        "ROUTE-02",
        "This is an invented return, a test file, and this record holds real ones.",
        "Send the export of your own system; try invented returns in a record of their own (cohort demo).",
    ),
    Refusal(
        "ROUTE-03",
        "This file was made before the one that was sent already (DateTime in the head).",
        "Send the newest export; if the older one is meant, say so: --force, or the tick on the screen.",
    ),
)

UNUSABLE = _table(
    Refusal("FILE-08", "There is no such file.", "Check the name and the folder."),
    Refusal("FILE-09", "The file cannot be read.", "Check that you may read it and that its disk is there."),
)
"""Faults of the command, not of the return: nothing was received."""


class FileRefused(ReturnRefused):
    """A refusal with what may be kept of the file: SHA-256 in hex and size in bytes.

    `digest` is None where the file was not read to its end: over the limit, or no ordinary file. `size` is
    None where it is not known.
    """

    def __init__(self, refused: ReturnRefused, digest: str | None, size: int | None) -> None:
        super().__init__(refused.code, refused.sentence, refused.remedy)
        self.digest = digest
        self.size = size


class ReadRefused(ReturnRefused):
    """A refusal of a return that was read to its end: `keyed_digest` is the file's hash under the record's key."""

    def __init__(self, refused: ReturnRefused, keyed_digest: str, size: int) -> None:
        super().__init__(refused.code, refused.sentence, refused.remedy)
        self.keyed_digest = keyed_digest
        self.size = size


def refusal(code: str, **words: object) -> ReturnRefused:
    """The error of a code, its words filled. Words must be our own names or numbers."""
    entry = REFUSALS[code]
    return ReturnRefused(code, entry.sentence.format(**words), entry.remedy.format(**words))


def unusable(code: str) -> UsageError:
    """The error of a file that cannot be opened or read (exit code 2)."""
    entry = UNUSABLE[code]
    return UsageError(code, entry.sentence, entry.remedy)
