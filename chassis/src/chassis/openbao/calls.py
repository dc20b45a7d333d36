"""One call to OpenBao's API."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import hvac.exceptions
import urllib3
from hvac.adapters import Adapter

from chassis.openbao.errors import OpenBaoDown, translated
from chassis.settings import Secret

TIMEOUT_S = 10.0


def request(
    url: str, token: Secret | None, method: str, path: str, data: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole answer, empty where there is none (204)."""
    headers = {"X-Vault-Token": token.reveal()} if token else {}
    try:
        return _adapter(url).request(method, f"/v1/{path}", headers, content=data)
    except hvac.exceptions.VaultError as error:
        raise translated(error, path) from None
    except (urllib3.exceptions.HTTPError, ValueError):
        raise OpenBaoDown from None


def data_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    return answer.get("data") or {}


class _Adapter(Adapter):  # type: ignore[misc]
    """hvac's, by urllib3 itself: `requests` between them takes most of a call's CPU time, and threads may not share
    its sessions. Proxies of the environment, which would see tokens and keys, are not asked."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        # Tried once: whoever calls knows whether again. A standby node sends on to the active one.
        retries = urllib3.Retry(connect=0, read=0, status=0, other=0, redirect=3)
        trusted = ssl.create_default_context()
        self._connections = urllib3.PoolManager(maxsize=64, timeout=TIMEOUT_S, retries=retries, ssl_context=trusted)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        raise_exception: bool = True,
        content: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        body = None if content is None else json.dumps(dict(content)).encode()
        sent = {**(headers or {}), "X-Vault-Request": "true", "Content-Type": "application/json"}
        answer = self._connections.request(method, self.urljoin(self.base_uri, url), body=body, headers=sent)
        if answer.status >= 400 and raise_exception:
            text = answer.data.decode(errors="replace")
            raise hvac.exceptions.VaultError.from_status(answer.status, text, method=method, url=url, text=text)
        return dict(json.loads(answer.data)) if answer.status == 200 and answer.data else {}

    def get_login_token(self, response: Mapping[str, Any]) -> str:
        return str(response["auth"]["client_token"])


@cache
def _adapter(url: str) -> _Adapter:
    return _Adapter(base_uri=url)
