"""Reports that went all the way through a whole system, for the searches."""

from __future__ import annotations

import population
import pytest
from chassis.testing.harness import eventually
from contracts.vocabulary import Route
from population import PATIENCE_S, REPLY, Filed
from wbs_client import Mailbox
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running
from wbs_local.staff import Caseworker, SuperAdmin
from wbs_local.testing import await_keys


@pytest.fixture(scope="session")
def filed(running: Running) -> Filed:
    """Filed with evidence and a message; one of each route read, answered, and receipted by KPK; one
    identity looked at."""
    mailboxes = population.file_all(*await_keys(running.system, PATIENCE_S), population.reporters())
    here = next(box for each, box in mailboxes.items() if each.route is Route.INSPEKTORAT)
    straight = next(box for each, box in mailboxes.items() if each.route is Route.KPK)
    _work_on(running, here)
    _look_at(running, next(box for each, box in mailboxes.items() if each.has_another_birth_date))
    eventually(lambda: _is_delivered(here) and _is_delivered(straight), PATIENCE_S)
    return Filed(running, mailboxes)


def _work_on(running: Running, mailbox: Mailbox) -> None:
    desk, report_id = Desk(running.system), mailbox.read().report_id
    url = f"http://{running.system.host}:{running.system.ports['case_management']}"
    irban = Caseworker(url, desk, "irban1")
    eventually(lambda: irban.sees(report_id), PATIENCE_S)
    irban.assign(report_id, "pemeriksa1")
    investigator = Caseworker(url, desk, "pemeriksa1")
    eventually(lambda: len(investigator.copies(report_id)) == len(population.evidence(0)), PATIENCE_S)
    for copy in investigator.copies(report_id):
        investigator.open_copy(copy, 1 << 20)
    investigator.write(report_id, REPLY)
    eventually(lambda: [each.text for each in mailbox.read().messages if not each.is_mine], PATIENCE_S)
    Caseworker(url, desk, "inspektur").approve_forwarding(report_id)


def _look_at(running: Running, mailbox: Mailbox) -> None:
    report_id = mailbox.read().report_id
    url = f"http://{running.system.host}:{running.system.ports['identity_vault']}"
    admin = SuperAdmin(url, Desk(running.system), "superadmin")
    eventually(lambda: admin.waiting(report_id), PATIENCE_S)
    admin.establish(report_id)


def _is_delivered(mailbox: Mailbox) -> bool:
    kpk = mailbox.read().kpk
    return kpk is not None and kpk.is_complete
