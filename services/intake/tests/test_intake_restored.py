"""A database restored to an older state lacks reports that got their 202: intake takes them back from its own topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from chassis.openbao import OpenBao
from chassis.settings import Secret
from chassis.testing.harness import ServiceUnderTest, eventually
from chassis.wrapper import Wrapper
from contracts.encoding import canonical
from contracts.events import example_of
from contracts.events.cases import CaseStatusChanged
from contracts.events.forwarding import KpkStatusReceived, ReportDelivered
from contracts.events.identity import ReportErased
from contracts.events.intake import MessageFromReporter, ReportSubmitted
from contracts.facts import ReceiptRecord
from contracts.receipts import Receipt, ReporterSecrets
from contracts.schema import to_json
from contracts.sealed import Sealed
from contracts.vocabulary import CaseStatus, IdentityLevel, Route
from wbs_local.parts import openbao
from wbs_local.system import System


@pytest.fixture(scope="module")
def service(service_under_test: Callable[[str], ServiceUnderTest]) -> ServiceUnderTest:
    return service_under_test("intake")


@pytest.fixture
def wrapper(system: System) -> Wrapper:
    credentials = (Secret(system.keep_secret("intake-worker", f"openbao_{name}")) for name in ("role_id", "secret_id"))
    return Wrapper(OpenBao(openbao.url(system), *credentials), lambda _: False)


def submitted(wrapper: Wrapper, report_id: UUID, receipt: Receipt, leaf: str = "0" * 64) -> ReportSubmitted:
    own = ReporterSecrets.generate()
    record = ReceiptRecord(
        locator_hash=receipt.locator_hash,
        encryption=own.encryption.public.jwk,
        signing=own.signing.public.jwk,
        locked_keys=receipt.lock(own),
        promise="a promise",
    )
    wrapper.make_key(report_id)
    return ReportSubmitted(
        report_id=report_id,
        route=Route.INSPEKTORAT,
        offer_id=uuid4(),
        evidence_ids=(),
        originals_to_kpk=True,
        identity_level=IdentityLevel.CONSISTENT,
        facts=Sealed("wrapped"),
        story=Sealed("wrapped"),
        receipt=Sealed(wrapper.wrap(report_id, "receipt", canonical(to_json(record)))),
        leaf=leaf,
    )


def message(report_id: UUID) -> MessageFromReporter:
    return MessageFromReporter(
        report_id=report_id,
        route=Route.INSPEKTORAT,
        letter_id=uuid4(),
        text=Sealed("wrapped"),
        batch_id=None,
        evidence_ids=(),
        leaf="0" * 64,
    )


def next_epoch(service: ServiceUnderTest) -> int:
    """One in which this database has taken nothing back yet, whatever other tests did with it."""
    (row,) = service.rows("SELECT coalesce(max(epoch), 0) + 1 AS epoch FROM held.epochs")
    return int(row["epoch"])


def saved(service: ServiceUnderTest, report_id: UUID) -> list[str]:
    rows = service.rows("SELECT topic FROM events WHERE originator_id = %s ORDER BY originator_version", (report_id,))
    return [str(row["topic"]).rpartition(".")[2] for row in rows]


def test_reports_messages_and_mailboxes_are_taken_back_once_and_what_cannot_be_is_told(
    service: ServiceUnderTest, wrapper: Wrapper
) -> None:
    report_id, receipt, spoilt, ids = uuid4(), Receipt.generate(), uuid4(), [uuid4() for _ in range(2)]
    whole = submitted(wrapper, report_id, receipt)
    # A message of a report of which only others have told.
    begun = uuid4()
    told = CaseStatusChanged(
        report_id=begun, route=Route.INSPEKTORAT, status=CaseStatus.REVIEW, letter_id=None, note_to_reporter=None
    )
    service.send((told, heard := uuid4()))
    with service.worker():
        eventually(lambda: service.has_handled(heard))
    service.send((message(begun), uuid4()))
    # With the receipt of another report: nobody can give this mailbox back, and the others must not wait for it.
    wrapper.make_key(spoilt)
    service.send((ReportSubmitted(**{**vars(whole), "report_id": spoilt}), uuid4()))
    service.send((whole, ids[0]), (message(report_id), ids[1]))

    service.epoch = next_epoch(service)
    with service.worker() as first:
        eventually(lambda: service.has_handled(*ids))
    taken_back = saved(service, report_id)
    service.epoch = next_epoch(service)
    with service.worker():
        eventually(lambda: service.rows("SELECT 1 FROM held.epochs WHERE epoch = %s", (service.epoch,)))

    assert taken_back == ["Begun", "Submitted", "MessageReceived"]
    assert saved(service, report_id) == taken_back
    (mailbox,) = service.rows("SELECT * FROM held.mailboxes WHERE report_id = %s", (report_id,))
    assert mailbox["locator_hash"] == receipt.locator_hash
    assert '"event": "not_taken_back"' in first.lines
    assert str(spoilt) in first.lines
    assert str(begun) in first.lines


def test_a_report_whose_key_is_lost_too_is_taken_back_without_its_mailbox_and_named(
    service: ServiceUnderTest, wrapper: Wrapper
) -> None:
    """As when OpenBao was restored: its content is noise here, but that it was received and promised stays."""
    report_id, keyless = uuid4(), uuid4()
    whole = submitted(wrapper, report_id, Receipt.generate())
    service.send((ReportSubmitted(**{**vars(whole), "report_id": keyless, "leaf": "a1" * 32}), told := uuid4()))

    service.epoch = next_epoch(service)
    with service.worker() as first:
        eventually(lambda: service.has_handled(told) and is_in_log(service, "a1" * 32))
    checked = service.start("check-keys")

    assert saved(service, keyless) == ["Begun", "Submitted", "KeyLost"]
    assert '"event": "mailbox_not_taken_back"' in first.lines
    assert checked.exit_code() == 1
    assert f"{keyless}: the key is lost" in checked.lines


def kpk_row(service: ServiceUnderTest, report_id: UUID) -> dict[str, object]:
    (row,) = service.rows("SELECT reference, is_complete, status FROM read.kpk WHERE report_id = %s", (report_id,))
    return dict(row)


def test_a_status_that_kpk_said_before_its_receipt_was_heard_is_kept(service: ServiceUnderTest) -> None:
    said, delivered, ids = example_of(KpkStatusReceived), example_of(ReportDelivered), [uuid4(), uuid4()]
    report_id = uuid4()
    service.send((replace(said, report_id=report_id), ids[0]), (replace(delivered, report_id=report_id), ids[1]))

    with service.worker():
        eventually(lambda: service.has_handled(*ids))

    assert kpk_row(service, report_id) == {
        "reference": delivered.kpk_reference,
        "is_complete": delivered.complete,
        "status": said.status.value,
    }


def test_that_a_report_is_erased_is_known_though_it_has_no_letters(service: ServiceUnderTest) -> None:
    erased, told = ReportErased(report_id=uuid4(), route=Route.INSPEKTORAT), uuid4()
    service.send((erased, told))

    with service.worker():
        eventually(lambda: service.has_handled(told))

    assert service.rows("SELECT 1 FROM read.erased WHERE report_id = %s", (erased.report_id,))


def heads(service: ServiceUnderTest) -> list[str]:
    return [str(row["head"]) for row in service.rows("SELECT head FROM read.log_heads ORDER BY size")]


def is_in_log(service: ServiceUnderTest, leaf: str) -> bool:
    return bool(service.rows("SELECT 1 FROM read.log_entries WHERE entry = %s AND index IS NOT NULL", (leaf,)))


def has_published_all(service: ServiceUnderTest) -> bool:
    return bool(
        service.rows("SELECT 1 FROM relay_position WHERE position >= (SELECT max(notification_id) FROM events)")
    )


def test_a_restored_log_goes_on_from_the_heads_that_were_published(service: ServiceUnderTest, wrapper: Wrapper) -> None:
    first, second = uuid4().hex * 2, uuid4().hex * 2
    service.keep_state("intake_before_the_head")
    service.send((submitted(wrapper, uuid4(), Receipt.generate(), first), uuid4()))
    service.epoch = next_epoch(service)
    with service.worker():
        eventually(lambda: is_in_log(service, first) and has_published_all(service))
    published = heads(service)

    service.restore_state("intake_before_the_head")
    service.send((submitted(wrapper, uuid4(), Receipt.generate(), second), uuid4()))
    service.epoch += 1
    with service.worker():
        eventually(lambda: is_in_log(service, second))

    assert heads(service)[: len(published)] == published
    assert len(heads(service)) == len(published) + 1
