"""What the process is told by its environment; nothing else reads `os.environ`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HOUR = 3600


class SettingMissing(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not set")


@dataclass(frozen=True)
class Settings:
    """`secrets` holds encryption_key.jwk, signing_key.jwk, server.crt and server.key; `client_ca` (PEM) is the
    authority whose certificates clients must bring. `grain`: the length in seconds of what is an hour in production."""

    secrets: Path
    data: Path
    keys_file: Path
    keys_fingerprint: str
    client_ca: Path
    host: str
    api_port: int
    pages_port: int
    grain: int = HOUR

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> Settings:
        def told(name: str) -> str:
            found = (os.environ if environment is None else environment).get(f"KPK_{name}")
            if found is None:
                raise SettingMissing(f"KPK_{name}")
            return found

        return cls(
            secrets=Path(told("SECRETS")),
            data=Path(told("DATA")),
            keys_file=Path(told("KEYS_FILE")),
            keys_fingerprint=told("KEYS_FINGERPRINT"),
            client_ca=Path(told("CLIENT_CA")),
            host=told("HOST"),
            api_port=int(told("API_PORT")),
            pages_port=int(told("PAGES_PORT")),
            grain=int(told("GRAIN")),
        )

    def hour(self) -> str:
        """The hour that it is now, as manifests and receipts write it: nothing here is dated more finely."""
        seconds = int(datetime.now(UTC).timestamp())
        return f"{datetime.fromtimestamp(seconds - seconds % self.grain, UTC):%Y-%m-%dT%H:%M:%SZ}"
