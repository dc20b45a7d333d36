"""Sign-ins of Prometheus and Alertmanager: each knows hashes only, made once."""

from __future__ import annotations

from pathlib import Path

import yaml
from wbs_local import launch
from wbs_local.parts import alertmanager, prometheus, web_sign_in


def test_each_knows_who_may_in_by_hashes_that_stay(tmp_path: Path) -> None:
    system = launch.make_system(tmp_path / "system")
    password = web_sign_in.operators_password(system)
    programs = [alertmanager.prepare(system), prometheus.prepare(system)]
    files = [system.secrets_of(each.name) / "web.yml" for each in programs]
    before = [each.read_text() for each in files]

    programs = [alertmanager.prepare(system), prometheus.prepare(system)]

    assert [each.read_text() for each in files] == before
    assert [program.secrets for program in programs] == ["alertmanager", "prometheus"]
    assert all(f"--web.config.file={file}" in each.command for file, each in zip(files, programs, strict=True))
    assert password not in "".join(before)
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    hashes = [yaml.safe_load(each)["basic_auth_users"] for each in before]
    assert [set(each) for each in hashes] == [{"operator", "prometheus"}, {"operator"}]
    assert all(each.startswith("$2b$10$") and len(each) == 60 for users in hashes for each in users.values())
