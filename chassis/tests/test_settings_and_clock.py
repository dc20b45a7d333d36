"""Settings from the environment, secrets from files, and the hour."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chassis.clock import Clock
from chassis.settings import (
    Profile,
    SecretExposed,
    SecretMissing,
    SettingInvalid,
    SettingMissing,
    Settings,
)

GIVEN = {
    "WBS_PROFILE": "production",
    "WBS_SECRETS": "/nowhere",
    "WBS_POSTGRES_HOST": "db",
    "WBS_POSTGRES_PORT": "5432",
    "WBS_KAFKA_BOOTSTRAP": "k:9092",
    "WBS_OPENBAO_URL": "http://b",
    "WBS_S3_ENDPOINT": "s:1",
    "WBS_KEYS_FILE": "/keys",
    "WBS_KEYS_FINGERPRINT": "f",
}


@dataclass(frozen=True)
class OwnSettings(Settings):
    without_checks: bool = False
    upload_days: int = 7


def test_a_service_adds_settings_of_its_own() -> None:
    settings = OwnSettings.load("case-management", {**GIVEN, "WBS_WITHOUT_CHECKS": "true"})

    assert (settings.database, settings.postgres_port, settings.grain) == ("case_management", 5432, 3600)
    assert (settings.without_checks, settings.upload_days, settings.kafka_ca) == (True, 7, None)


def test_a_missing_or_wrong_setting_is_named_without_its_value() -> None:
    with pytest.raises(SettingMissing, match="WBS_PROFILE"):
        Settings.load("intake", {})
    with pytest.raises(SettingInvalid, match="WBS_POSTGRES_PORT") as caught:
        Settings.load("intake", {**GIVEN, "WBS_POSTGRES_PORT": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_an_hour_is_shorter_in_the_local_profile_only() -> None:
    with pytest.raises(SettingInvalid, match="WBS_GRAIN"):
        Settings.load("intake", {**GIVEN, "WBS_GRAIN": "5"})

    local = Settings.load("intake", {**GIVEN, "WBS_GRAIN": "5", "WBS_PROFILE": "local"})

    assert local.profile is Profile.LOCAL
    assert local.clock == Clock(5)


def test_a_secret_is_read_from_its_own_file_and_shows_itself_nowhere(tmp_path: Path) -> None:
    settings = Settings.load("intake", {**GIVEN, "WBS_SECRETS": str(tmp_path)})
    (tmp_path / "postgres_password").touch(mode=0o600)
    (tmp_path / "postgres_password").write_text("hunter2\n")

    secret = settings.secret("postgres_password")

    assert secret.reveal() == "hunter2"
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_secret_that_others_may_read_or_that_is_missing_is_refused(tmp_path: Path) -> None:
    settings = Settings.load("intake", {**GIVEN, "WBS_SECRETS": str(tmp_path)})
    (tmp_path / "open").touch()
    (tmp_path / "open").chmod(0o644)

    with pytest.raises(SecretExposed):
        settings.secret("open")
    with pytest.raises(SecretMissing):
        settings.secret("missing")


def test_times_are_rounded_down_to_the_grain() -> None:
    time = datetime(2026, 5, 4, 13, 59, 59, 999_999, UTC)

    assert Clock().round_down(time) == datetime(2026, 5, 4, 13, tzinfo=UTC)
    assert Clock(5).round_down(time) == datetime(2026, 5, 4, 13, 59, 55, tzinfo=UTC)
