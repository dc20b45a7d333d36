"""`python -m intake check-keys`: after OpenBao was restored, says which reports lack their key."""

from __future__ import annotations

from chassis.service import Process
from chassis.telemetry import log

from intake.application import Intake
from intake.settings import IntakeSettings


def run(_: Process[IntakeSettings], intake: Intake) -> int:
    """0 when every report has its key, no erased one has, and no erasure waits. KPK and the reporters are told by the
    worker."""
    found = intake.key_care.check()
    for report_id in found.lost:
        log.error("report_key_lost", report_id=str(report_id))
        print(f"{report_id}: the key is lost; KPK and the reporter are told")
    for report_id in found.to_erase_again:
        log.error("report_to_erase_again", report_id=str(report_id))
        print(f"{report_id}: was erased and has its key again; erase it once more (two people)")
    for report_id in found.erasure_waits:
        log.error("report_erasure_waits", report_id=str(report_id))
        print(
            f"{report_id}: an erasure is told that waits as a dead letter; where OpenBao's audit log has it, erase the "
            "report (two people) and replay the dead letters of every service, else it is forged"
        )
    counts = (len(found.lost), len(found.to_erase_again), len(found.erasure_waits))
    print("{} lost, {} to erase again, {} erasures wait".format(*counts))
    return 1 if any(counts) else 0
