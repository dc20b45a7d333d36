"""Calls with a person's own token, which opens what no service may."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from contracts.key_pairs import CannotUnwrap, RemoteOpener, RemoteSigner
from contracts.signatures import sign_text

from chassis.openbao import signing
from chassis.openbao.calls import data_of, request
from chassis.openbao.errors import BadRequest
from chassis.settings import Secret

MOUNT = "sign-staff"


class Person:
    """Calls with a person's own token: one try, since the person is there to try again. Refused when it has ended."""

    def __init__(self, url: str, token: Secret) -> None:
        self._url = url
        self._token = token

    def write(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return data_of(request(self._url, self._token, "post", path, data))

    def read(self, path: str) -> dict[str, Any]:
        return data_of(request(self._url, self._token, "get", path))

    def unwrap_content_key(self, recipient: str, version: int, encrypted_key: bytes, **ids: str) -> bytes:
        """The content key of a letter to `recipient`; `ids` as the recipient's policy asks (`decision_id`).

        Raises CannotUnwrap when the key was sealed to another key or changed, Refused when the person may not.
        """
        ciphertext = f"vault:v{version}:{base64.b64encode(encrypted_key).decode()}"
        try:
            answer = self.write(f"letters/decrypt/{recipient}", {"ciphertext": ciphertext, **ids})
        except BadRequest:
            raise CannotUnwrap from None
        return base64.b64decode(answer["plaintext"])

    def opener(self, recipient: str, version: int = 1, **ids: str) -> RemoteOpener:
        """Open letters to `recipient` (`contracts.letters`)."""
        return RemoteOpener(
            signing.plain_kid(recipient, version),
            lambda wrapped: self.unwrap_content_key(recipient, version, wrapped, **ids),
        )

    def signer(self, role: str, version: int | None = None) -> RemoteSigner:
        """Sign as one's role, with the newest version of its key unless told."""
        stated = version if version is not None else signing.newest_version(self.read, MOUNT, role)
        return signing.signer(self.write, MOUNT, role, stated, signing.staff_kid(role, stated))

    def sign(self, role: str, payload: bytes, typ: str = "JWT") -> bytes:
        return sign_text(payload, self.signer(role), typ).encode()
