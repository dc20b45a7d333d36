"""What can go wrong at OpenBao. hvac's own errors quote what was sent and answered: these tell the path alone."""

from __future__ import annotations

from hvac import exceptions as hvac

from chassis import DependencyDown

RSA_MISFIT = "failed to RSA decrypt"  # answered with 500


class OpenBaoDown(DependencyDown):
    """OpenBao does not answer, or answers that it can't now."""

    def __init__(self) -> None:
        super().__init__("openbao")


class Sealed(OpenBaoDown):
    """OpenBao runs but is sealed or without a leader: people have to see to it if it lasts."""


class TooManyCalls(OpenBaoDown):
    """A quota holds the caller back; later it will pass."""


class Refused(Exception):
    """No policy allows this, or the token is no longer good. Only the path is told."""

    def __init__(self, path: str) -> None:
        super().__init__(f"OpenBao refuses {path}")
        self.path = path


class BadRequest(Exception):
    """OpenBao can't do what was asked, e.g. the ciphertext doesn't fit. Its own text may quote input: it is not
    told."""

    def __init__(self, path: str) -> None:
        super().__init__(f"OpenBao can't do what {path} was asked")
        self.path = path


class KeyNotFound(BadRequest):
    """There is no such key: never made, destroyed, or lost."""


class Unsupported(BadRequest):
    """OpenBao has this path switched off."""


def translated(error: hvac.VaultError, path: str) -> Exception:
    match error:
        case hvac.Forbidden() | hvac.Unauthorized():
            return Refused(path)
        case hvac.RateLimitExceeded():
            return TooManyCalls()
        case hvac.VaultDown() | hvac.VaultNotInitialized():
            return Sealed()
        case hvac.InvalidRequest() | hvac.InvalidPath():
            missing = "key not found" in str(error.text or error) or isinstance(error, hvac.InvalidPath)
            return KeyNotFound(path) if missing else BadRequest(path)
        case hvac.UnexpectedError() if "unsupported" in str(error.text or error):
            return Unsupported(path)  # 405, which hvac has no type for
        case hvac.InternalServerError() if RSA_MISFIT in str(error.text or error):
            return BadRequest(path)  # anyone can send such a text: it must not look like a fault of OpenBao
        case _:
            return OpenBaoDown()
