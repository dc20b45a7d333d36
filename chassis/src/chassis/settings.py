"""Typed settings from the environment, and secrets from files; nothing else reads `os.environ`."""

from __future__ import annotations

import os
import stat
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from pathlib import Path
from typing import Any, Self, final

from contracts.keys import KeySet, verify_key_set

from chassis.clock import HOUR, Clock, set_process_clock


class SettingMissing(Exception):
    def __init__(self, variable: str) -> None:
        super().__init__(f"{variable} is not set")


class SettingInvalid(Exception):
    """The value itself is not told: it may be a secret in the wrong place."""

    def __init__(self, variable: str, wanted: str) -> None:
        super().__init__(f"{variable} is not {wanted}")


class SecretMissing(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(f"the secret {name} is not in this process's folder")


class SecretExposed(Exception):
    """Others than the owner may read the file: whoever set it up must mend that before the process runs."""

    def __init__(self, name: str) -> None:
        super().__init__(f"others may read the file of the secret {name}; its mode must be 0600")


class Profile(Enum):
    LOCAL = "local"
    PRODUCTION = "production"


@final
class Secret:
    """A secret text that does not show itself in a repr, a log line or an exception."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__

    def __reduce__(self) -> typing.NoReturn:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True)
class Settings:
    """What every process of a service is told. A service adds its own fields in a subclass: field `a_b` is variable
    `WBS_A_B`.

    `epoch` goes up by one when the database was restored, `instance` numbers processes of one kind; with `kafka_ca`
    (a PEM
    file) the broker is spoken to over TLS. `service` (with dashes) comes from the code, not from the environment.
    """

    service: str
    profile: Profile
    secrets: Path
    postgres_host: str
    postgres_port: int
    kafka_bootstrap: str
    openbao_url: str
    s3_endpoint: str
    keys_file: Path
    keys_fingerprint: str
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    metrics_port: int = 9100
    grain: int = HOUR
    epoch: int = 1
    instance: int = 0
    kafka_ca: Path | None = None
    s3_tls: bool = False

    def __post_init__(self) -> None:
        if self.grain < HOUR and self.profile is not Profile.LOCAL:
            raise SettingInvalid("WBS_GRAIN", f"at least {HOUR} outside the local profile")
        if self.grain < 1:
            raise SettingInvalid("WBS_GRAIN", "a number of seconds")

    @property
    def database(self) -> str:
        """The PostgreSQL database, and the role that uses it at run time."""
        return self.service.replace("-", "_")

    @property
    def key_set(self) -> KeySet:
        """The keys that all trust, read and verified; a `contracts.keys.KeySetError` when they aren't those."""
        return verify_key_set(self.keys_file.read_text(), self.keys_fingerprint)

    @property
    def clock(self) -> Clock:
        return Clock(self.grain)

    def secret(self, name: str) -> Secret:
        """The secret `name` of this process, read from its folder."""
        path = self.secrets / name
        try:
            mode = path.stat().st_mode
            value = path.read_text()
        except FileNotFoundError:
            raise SecretMissing(name) from None
        if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretExposed(name)
        return Secret(value.strip())

    @classmethod
    def load(cls, service: str, environment: Mapping[str, str] | None = None) -> Self:
        """The settings of this process; they also set the process's clock."""
        environment = os.environ if environment is None else environment
        types = typing.get_type_hints(cls)
        given = {
            field.name: _read(field, types[field.name], environment) for field in fields(cls) if field.name != "service"
        }
        settings = cls(service=service, **given)
        set_process_clock(settings.clock)
        return settings


def _read(field: Field[Any], wanted: Any, environment: Mapping[str, str]) -> Any:
    variable = f"WBS_{field.name.upper()}"
    if variable in environment:
        return _convert(variable, environment[variable], wanted)
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    raise SettingMissing(variable)


def _convert(variable: str, text: str, wanted: Any) -> Any:
    """`wanted`: str, int, float, bool, Path, an Enum, or one of these or None (an empty text is None)."""
    options = [each for each in typing.get_args(wanted) if each is not type(None)]
    if options:
        return _convert(variable, text, options[0]) if text else None
    if wanted is bool:
        if text not in ("true", "false"):
            raise SettingInvalid(variable, "true or false")
        return text == "true"
    try:
        return wanted(text)
    except ValueError:
        raise SettingInvalid(variable, f"a {wanted.__name__}") from None
