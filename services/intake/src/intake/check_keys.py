"""`python -m intake check-keys`: after OpenBao was restored, says which reports lack their key."""

from __future__ import annotations

from chassis.service import Process
from chassis.telemetry import log

from intake.application import Intake
from intake.settings import IntakeSettings


def run(_: Process[IntakeSettings], intake: Intake) -> int:
    """0 when every report has its key, and no erased one has. KPK and the reporters are told by the worker."""
    found = intake.key_care.check()
    for report_id in found.lost:
        log.error("report_key_lost", report_id=str(report_id))
        print(f"{report_id}: the key is lost; KPK and the reporter are told")
    for report_id in found.to_erase_again:
        log.error("report_to_erase_again", report_id=str(report_id))
        print(f"{report_id}: was erased and has its key again; erase it once more (two people)")
    print(f"{len(found.lost)} lost, {len(found.to_erase_again)} to erase again")
    return 1 if found.lost or found.to_erase_again else 0
