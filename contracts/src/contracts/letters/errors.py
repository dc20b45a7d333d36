"""What can be wrong with a letter: a type for each, and none carries anything of the content."""

from typing import ClassVar

from contracts.vocabulary import LetterFault


class LetterError(Exception):
    """A letter that is refused; `fault` is its word in `LetterUnreadable` and in problem details."""

    fault: ClassVar[LetterFault]

    def __init__(self) -> None:
        super().__init__(self.fault.value)


class NotALetter(LetterError):
    """Not the exact format: another kind of data, a member missing or too many, characters that don't belong."""

    fault = LetterFault.NOT_A_LETTER


class LetterTooLarge(LetterError):
    fault = LetterFault.TOO_LARGE


class WrongReport(LetterError):
    fault = LetterFault.WRONG_REPORT


class WrongRoute(LetterError):
    fault = LetterFault.WRONG_ROUTE


class WrongPurpose(LetterError):
    fault = LetterFault.WRONG_PURPOSE


class WrongLetterId(LetterError):
    fault = LetterFault.WRONG_LETTER_ID


class WrongRecipients(LetterError):
    """Somebody is missing or added, a key is not the current one, or `alg` is not that of the key."""

    fault = LetterFault.WRONG_RECIPIENTS


class WrongWriter(LetterError):
    """Validly signed, by somebody who may not write letters of this purpose."""

    fault = LetterFault.WRONG_WRITER


class Unopenable(LetterError):
    """It is addressed to this recipient's key and does not open with it: the opener says so (`LetterUnreadable`)."""

    fault = LetterFault.UNOPENABLE


class HashMismatch(LetterError):
    """What opened is not what the header commits to: the letter opens to different texts for different people."""

    fault = LetterFault.HASH_MISMATCH


class LetterNotSigned(LetterError):
    """The signature inside does not stand, or is by a key that is not known."""

    fault = LetterFault.BAD_SIGNATURE


class BodyNotUnderstood(LetterError):
    fault = LetterFault.BODY_NOT_UNDERSTOOD
