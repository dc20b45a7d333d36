"""kpk-forwarder's settings beyond those of every service."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chassis.settings import SettingInvalid, SettingMissing, Settings


@dataclass(frozen=True)
class ForwarderSettings(Settings):
    """`kpk_url` (https) and `kpk_ca_file` (PEM: the only authority that KPK's certificate may be of) are the process
    `send`'s alone, and so are its secrets `kpk_client.crt` and `kpk_client.key`.

    Seconds: `kpk_poll` between two looks for what KPK says; `first_wait` and `longest_wait` after a failed sending.
    """

    kpk_url: str = ""
    kpk_ca_file: Path | None = None
    kpk_poll: float = 60.0
    first_wait: float = 2.0
    longest_wait: float = 900.0

    @property
    def kpk(self) -> tuple[str, Path]:
        """Where KPK is; SettingMissing or SettingInvalid."""
        if not self.kpk_url.startswith("https://"):
            raise SettingInvalid("WBS_KPK_URL", "an https address")
        if self.kpk_ca_file is None:
            raise SettingMissing("WBS_KPK_CA_FILE")
        return self.kpk_url.rstrip("/"), self.kpk_ca_file

    @property
    def kpk_client(self) -> tuple[Path, Path]:
        """Files of the client's certificate and key; SecretMissing or SecretExposed."""
        names = ("kpk_client.crt", "kpk_client.key")
        for name in names:
            self.secret(name)
        certificate, key = (self.secrets / name for name in names)
        return certificate, key
