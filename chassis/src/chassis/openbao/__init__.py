"""OpenBao: a service's own access, calls with a person's token, and what can go wrong as types."""

from chassis.openbao.calls import request
from chassis.openbao.errors import (
    BadRequest,
    KeyNotFound,
    OpenBaoDown,
    Refused,
    Sealed,
    TooManyCalls,
    Unsupported,
)
from chassis.openbao.person_access import Person
from chassis.openbao.service_access import OpenBao
from chassis.openbao.signing import plain_kid, signature_of, staff_kid

__all__ = [
    "BadRequest",
    "KeyNotFound",
    "OpenBao",
    "OpenBaoDown",
    "Person",
    "Refused",
    "Sealed",
    "TooManyCalls",
    "Unsupported",
    "plain_kid",
    "request",
    "signature_of",
    "staff_kid",
]
