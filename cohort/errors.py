"""What a user may see when something cannot be done: a code, a sentence and the way out.

Every error that may reach a person is one of these classes; each has the exit code of the command line.
No message ever holds a value from a return: places (file, table, row, column) are as near as it gets.
"""

from __future__ import annotations


class CohortError(Exception):
    """Something could not be done. `code` is exact, `sentence` says what, `remedy` says the way out."""

    exit_code = 1

    def __init__(self, code: str, sentence: str, remedy: str = "") -> None:
        super().__init__(f"{code}: {sentence} {remedy}".rstrip())
        self.code = code
        self.sentence = sentence
        self.remedy = remedy


class UsageError(CohortError):
    """A setting, an argument or a file name that cannot be used."""

    exit_code = 2


class ReturnRefused(CohortError):
    """The whole file is refused; nothing of it is kept but its hash, size, code, time and account."""

    exit_code = 3


class ReleaseRefused(CohortError):
    """A result may not be seen, under the policy asked for."""

    exit_code = 4


class NotAllowed(CohortError):
    """This account has no right to that."""

    exit_code = 5


class ReturnHeld(CohortError):
    """The return waits for a correction, a confirmation or a reason."""

    exit_code = 6


class NothingToRelease(ReleaseRefused):
    """A study found nobody to count."""


class DeclarationError(Exception):
    """An entry of a catalogue contradicts itself or another; raised at import, seen by developers only."""
