"""What services work with about a report, wrapped but in no letter: facts and the receipt."""

from collections.abc import Mapping
from typing import Annotated, Any

from marshmallow.validate import Length, Regexp

from contracts.sealed import Sealed, sealed
from contracts.vocabulary import Category, LossBand

Month = Annotated[str, Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z")]
AreaCode = Annotated[str, Regexp(r"^[0-9]{2}(\.[0-9]{2}){1,2}(\.[0-9]{4})?\Z")]  # Kemendagri: 15.04.03 or 15.04.03.1001
OfficeCode = Annotated[str, Regexp(r"^[a-z0-9-]{1,40}\Z")]


@sealed
class Facts:
    """What, where, at which office (`skpd`), from which month to which, the loss as estimated: never free text."""

    category: Category
    area: AreaCode
    skpd: OfficeCode
    period_from: Month
    period_to: Month
    loss: LossBand = LossBand.UNKNOWN


@sealed
class ReceiptRecord:
    """What finds and opens a reporter's mailbox: a hash, public keys (JWK), locked private keys, promise."""

    locator_hash: Annotated[str, Regexp(r"^[A-Za-z0-9_-]{43}\Z")]
    encryption: Mapping[str, Any]
    signing: Mapping[str, Any]
    locked_keys: Annotated[Sealed, Length(max=4000)]
    promise: Annotated[str, Length(max=8000)]
