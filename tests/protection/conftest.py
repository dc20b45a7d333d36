"""Reports that went all the way through a whole system, for the searches."""

from __future__ import annotations

import population
import pytest
from contracts.vocabulary import Route
from population import REPLY, Filed, until
from wbs_client import Mailbox, PublicApi, fetch_keys
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running
from wbs_local.staff import Caseworker


@pytest.fixture(scope="session")
def filed(running: Running) -> Filed:
    """Filed with evidence and a message; one of each route read, answered, and receipted by KPK."""
    system = running.system
    api = PublicApi(f"http://{system.host}:{system.ports['intake']}")
    fingerprint = (system.public / "fingerprint").read_text()
    until(lambda: fetch_keys(api, fingerprint).checks)
    keys = fetch_keys(api, fingerprint)
    mailboxes = population.file_all(api, keys, population.reporters())
    here = next(box for each, box in mailboxes.items() if each.route is Route.INSPEKTORAT)
    straight = next(box for each, box in mailboxes.items() if each.route is Route.KPK)
    _work_on(running, here)
    until(lambda: _is_delivered(here) and _is_delivered(straight))
    return Filed(running, mailboxes)


def _work_on(running: Running, mailbox: Mailbox) -> None:
    desk, report_id = Desk(running.system), mailbox.read().report_id
    url = f"http://{running.system.host}:{running.system.ports['case_management']}"
    irban = Caseworker(url, desk, "irban1")
    until(lambda: irban.sees(report_id))
    irban.assign(report_id, "pemeriksa1")
    investigator = Caseworker(url, desk, "pemeriksa1")
    until(lambda: len(investigator.copies(report_id)) == len(population.evidence(0)))
    for copy in investigator.copies(report_id):
        investigator.open_copy(copy, 1 << 20)
    investigator.write(report_id, REPLY)
    until(lambda: [each.text for each in mailbox.read().messages if not each.is_mine])
    Caseworker(url, desk, "inspektur").approve_forwarding(report_id)


def _is_delivered(mailbox: Mailbox) -> bool:
    kpk = mailbox.read().kpk
    return kpk is not None and kpk.is_complete
