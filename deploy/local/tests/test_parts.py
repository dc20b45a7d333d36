"""The local system's parts: they start, are walled from the first moment, and come back after a kill."""

from __future__ import annotations

from wbs_local.launch import Running
from wbs_local.parts import postgres


def test_each_part_runs_and_the_databases_are_there(parts: Running) -> None:
    status = parts.supervisor.ask("status")

    for part in ("postgres", "kafka", "openbao", "seaweedfs", "clamav"):
        assert f"{part} " in status
    with postgres.connect_as_superuser(parts.system, "intake") as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("intake",)
