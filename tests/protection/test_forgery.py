"""Somebody has the Kafka administrator's password, and forges, repeats, turns round and cuts what services tell each
other, in a system of its own. docs/protection.md says what that can hide or delay."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.clock import Clock
from chassis.consume.broker import partitions_of
from chassis.openbao import OpenBao
from chassis.settings import Secret
from chassis.testing.harness import eventually
from chassis.wrapper import Wrapper
from contracts.events import REGISTRY, ReportEvent, cases, encode, example_of, forwarding, identity, intake
from contracts.facts import Facts
from contracts.leaves import LogHead, verify_consistency, verify_head
from contracts.vocabulary import CaseStatus, Category, EvidenceKind, Route
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from population import PATIENCE_S
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, TrustedKeys, fetch_keys
from wbs_client.proofs import InLog
from wbs_local import examples, launch, services, walls
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running
from wbs_local.parts import kafka, openbao, postgres
from wbs_local.staff import Caseworker
from wbs_local.system import System

STORY = "Cerita rekaan: jembatan yang hanya ada di kertas."
REPLY = "Balasan rekaan: mohon kirim tanggalnya."
FACTS = Facts(category=Category.EMBEZZLEMENT, area="15.04.03", skpd="dpmd", period_from="2025-01", period_to="2025-06")
GRAIN_S = 5
EPOCH = 1


Record = tuple[str, bytes | None, bytes, list[tuple[str, bytes]]]  # topic, key, value, headers


@dataclass(frozen=True)
class Place:
    topic: str
    partition: int
    offset: int


class Forger:
    """With the administrator's password: every topic may be written, read and cut."""

    def __init__(self, system: System) -> None:
        login = kafka.login(system, kafka.ADMIN, system.keep_secret("kafka", "admin_password"))
        self._login = login
        self._producer = KafkaProducer(**login, acks="all")
        self._admin = KafkaAdminClient(**login)

    def close(self) -> None:
        self._producer.close()
        self._admin.close()

    def forge(self, *events: ReportEvent) -> None:
        """Puts them on their topics as their service would, and waits until every reader has passed them."""
        hour = Clock(GRAIN_S).round_down(datetime.now(UTC))
        messages = [encode(event, uuid4(), hour) for event in events]
        self.put([(each.topic, each.key, each.value, list(each.headers)) for each in messages])

    def put(self, records: list[Record]) -> None:
        sent = [
            self._producer.send(topic, key=key, value=value, headers=headers).get(timeout=30)
            for topic, key, value, headers in records
        ]
        places = [Place(each.topic, each.partition, each.offset) for each in sent]
        eventually(lambda: all(self._is_passed(each) for each in places), PATIENCE_S)

    def _is_passed(self, place: Place) -> bool:
        readers = [service for service, topics in SUBSCRIBED.items() if place.topic in topics]
        return all(self._read_to(reader, place) > place.offset for reader in readers)

    def _read_to(self, service: str, place: Place) -> int:
        found = self._admin.list_group_offsets([f"{service}.{EPOCH}"])
        known = found[f"{service}.{EPOCH}"].get(TopicPartition(place.topic, place.partition))
        return known.offset if known else -1

    def records(self) -> list[Record]:
        """All that stands on the services' topics."""
        consumer = KafkaConsumer(**self._login, enable_auto_commit=False, isolation_level="read_committed")
        try:
            partitions = [each for topic in walls.topics() for each in partitions_of(consumer, topic.name)]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            found = []
            while any(consumer.position(each) < ends[each] for each in partitions):
                for batch in consumer.poll(timeout_ms=200).values():
                    found += [(each.topic, each.key, each.value, list(each.headers)) for each in batch]
            return found
        finally:
            consumer.close()

    def cut(self, topic: str) -> None:
        """Deletes all that stands on a topic."""
        consumer = KafkaConsumer(**self._login)
        partitions = partitions_of(consumer, topic)
        consumer.close()
        self._admin.delete_records(dict.fromkeys(partitions, -1))


def _topics_of(service: str) -> set[str]:
    """What its worker subscribes to: it may read more."""
    module = import_module(f"{services.package_of(service)}.worker")
    methods = [
        method for each in vars(module).values() if isinstance(each, type) for method in vars(each).values()
    ]  # fmt: skip
    entrypoints = [each for method in methods for each in getattr(method, "nameko_entrypoints", ())]
    return {each.event_class.topic for each in entrypoints if hasattr(each, "event_class")}


SUBSCRIBED = {service: _topics_of(service) for service in walls.SERVICES}


@dataclass
class Victim:
    """A report that somebody works on, as its reporter and its investigator see it."""

    running: Running
    api: PublicApi
    keys: TrustedKeys
    forger: Forger
    mailbox: Mailbox
    report_id: UUID
    investigator: Caseworker
    other: Caseworker
    irban: Caseworker
    heads: list[LogHead] = field(default_factory=list)

    @property
    def system(self) -> System:
        return self.running.system

    def texts(self) -> list[str]:
        return [message.text for message in self.mailbox.read().messages if not message.is_mine]

    def head(self) -> LogHead:
        return verify_head(self.api.get("/api/v1/log/head")["head"], self.keys.people.verification_key)


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    made = launch.make_system(tmp_path_factory.mktemp("besieged"), grain=GRAIN_S)
    with launch.parts_running(made) as running:
        running.hold_ceremony()
        running.start_services()
        forger = Forger(made)
        yield _worked_on(running, forger)
        forger.close()


def _worked_on(running: Running, forger: Forger) -> Victim:
    system = running.system
    api = PublicApi(f"http://{system.host}:{system.ports['intake']}")
    fingerprint = (system.public / "fingerprint").read_text()
    eventually(lambda: fetch_keys(api, fingerprint).checks, PATIENCE_S)
    keys, desk = fetch_keys(api, fingerprint), Desk(system)
    url = f"http://{system.host}:{system.ports['case_management']}"
    irban, investigator, other = (Caseworker(url, desk, user) for user in ("irban1", "pemeriksa1", "pemeriksa2"))
    mailbox, report_id = file(api, keys, 51)
    eventually(lambda: irban.sees(report_id), PATIENCE_S)
    irban.assign(report_id, "pemeriksa1")
    investigator.write(report_id, REPLY)
    victim = Victim(running, api, keys, forger, mailbox, report_id, investigator, other, irban)
    eventually(lambda: victim.texts() == [REPLY] and mailbox.read().in_log is InLog.PROVED, PATIENCE_S)
    victim.heads.append(victim.head())
    return victim


def file(api: PublicApi, keys: TrustedKeys, seed: int) -> tuple[Mailbox, UUID]:
    filing, reporter = Filing(api, keys, Route.INSPEKTORAT), examples.reporter(seed)
    filing.open()
    filing.offer_identity(reporter.person, reporter.ktp_photo)
    for number in range(3):
        picture = io.BytesIO(examples.photo(f"PALSU {seed} {number}"))
        filing.add_evidence(picture, EvidenceKind.PHOTO, f"bukti {number}")
    filing.submit(StoryDraft(STORY), FACTS)
    return Mailbox(api, keys, filing.receipt), filing.report_id


def about(victim: Victim, event: type[ReportEvent], **content: Any) -> ReportEvent:
    """A forged one: the example of its type, about the victim's report."""
    known = {each.name for each in fields(event)}
    new = {"letter_id": uuid4()} if "letter_id" in known else {}
    return replace(example_of(event), report_id=victim.report_id, route=Route.INSPEKTORAT, **{**new, **content})


JUNK = ("bukan surat", "wbs1.AAAA.AAAA", "wbs1.dmF1bHQ6djE6QUFBQQ.AAAA", "{}")


def test_no_forged_message_is_shown_to_the_reporter(victim: Victim) -> None:
    wrapped = next(_text_of(record) for record in victim.forger.records() if _is_reply(record, victim))
    forged = [about(victim, cases.MessageToReporter, text=text) for text in (*JUNK, wrapped)]
    forged += [about(victim, forwarding.KpkMessageReceived, text=text) for text in (*JUNK, wrapped)]
    note = about(victim, cases.CaseStatusChanged, status=CaseStatus.REVIEW, note_to_reporter=JUNK[0])

    victim.forger.forge(*forged, note)

    status = victim.mailbox.read()
    assert victim.texts() == [REPLY]
    assert status.distrusted >= len(forged)


def _is_reply(record: Record, victim: Victim) -> bool:
    topic, key, value, _ = record
    return topic == cases.MessageToReporter.topic and key == str(victim.report_id).encode() and b'"text"' in value


def _text_of(record: Record) -> Any:
    return json.loads(record[2])["text"]


def test_a_forged_message_of_the_reporter_s_hides_no_case(victim: Victim) -> None:
    forged = [about(victim, intake.MessageFromReporter, text=text) for text in JUNK]

    victim.forger.forge(*forged)

    page = victim.investigator._page(f"/cases/{victim.report_id}").text
    assert STORY in page
    assert REPLY in page


def everything(victim: Victim) -> list[ReportEvent]:
    """One of each type that is about a report, but the erasure."""
    types = [each for each in REGISTRY.values() if issubclass(each, ReportEvent) and each is not identity.ReportErased]
    return [about(victim, each) for each in types]


def test_whatever_is_forged_nobody_new_reads_the_case(victim: Victim) -> None:
    before = _investigators(victim)

    victim.forger.forge(*everything(victim))

    assert _investigators(victim) == before
    assert not victim.other.sees(victim.report_id)
    assert victim.texts() == [REPLY]


def _investigators(victim: Victim) -> list[Any]:
    with postgres.connect_as_superuser(victim.system, "case_management") as connection:
        query = "SELECT topic, state FROM events WHERE originator_id = %s AND topic LIKE '%%InvestigatorAssigned'"
        return connection.execute(query, (victim.report_id,)).fetchall()


def test_a_forged_erasure_destroys_no_key(victim: Victim) -> None:
    victim.forger.forge(about(victim, identity.ReportErased))

    names = ("role_id", "secret_id")
    role_id, secret_id = (Secret(victim.system.keep_secret("intake-worker", f"openbao_{name}")) for name in names)
    wrapper = Wrapper(OpenBao(openbao.url(victim.system), role_id, secret_id), lambda _: False)
    assert wrapper.unwrap(victim.report_id, "test", wrapper.wrap(victim.report_id, "test", b"still")) == b"still"
    assert victim.texts() == [REPLY]


def test_what_is_repeated_in_another_order_happens_once(victim: Victim) -> None:
    before = _settled(victim.system)

    victim.forger.put(victim.forger.records()[::-1])

    after = _settled(victim.system)
    assert {name: after[name] - before[name] for name in before} == dict.fromkeys(before, 0)


def _settled(system: System) -> dict[str, int]:
    """Once nothing more comes of what was said: several looks in a row say the same."""
    looks = [_histories(system)]

    def is_settled() -> bool:
        looks.append(_histories(system))
        return len(looks) > 30 and all(each == looks[-1] for each in looks[-30:])

    eventually(is_settled, PATIENCE_S)
    return looks[-1]


def _histories(system: System) -> dict[str, int]:
    """How many events each service has saved about reports."""
    found = {}
    for database in walls.databases():
        with postgres.connect_as_superuser(system, database.name) as connection:
            query = "SELECT count(*) FROM events WHERE topic NOT LIKE '%%Head%%' AND topic NOT LIKE '%%Key%%'"
            row = connection.execute(query).fetchone()
            found[database.name] = int(row[0]) if row else 0
    return found


def test_the_public_log_only_grows_whatever_is_forged(victim: Victim) -> None:
    first = victim.heads[0]
    proof = victim.api.get(f"/api/v1/log/consistency?first={first.size}")

    newest = verify_head(proof["head"], victim.keys.people.verification_key)
    verify_consistency(first, newest, [bytes.fromhex(each) for each in proof["proof"]])
    assert victim.mailbox.read().in_log is InLog.PROVED


def test_a_report_that_is_cut_from_the_bus_is_late_and_stays_proved(victim: Victim) -> None:
    processes = victim.running.supervisor
    processes.ask("stop", "case-management-worker")
    mailbox, report_id = file(victim.api, victim.keys, 52)
    eventually(lambda: mailbox.read().in_log is InLog.PROVED, PATIENCE_S)
    eventually(lambda: any(_is_submission(each, report_id) for each in victim.forger.records()), PATIENCE_S)

    victim.forger.cut(intake.ReportSubmitted.topic)
    processes.ask("start", "case-management-worker")

    assert not victim.irban.sees(report_id)
    assert mailbox.read().in_log is InLog.PROVED


def _is_submission(record: Record, report_id: UUID) -> bool:
    _, key, _, headers = record
    return key == str(report_id).encode() and dict(headers).get("ce_type") == intake.ReportSubmitted.type.encode()


def test_nothing_that_was_forged_ended_a_process(victim: Victim) -> None:
    ended = {log.name: log.read_text().count("worker_failed") for log in victim.system.log.glob("*-worker.log")}

    assert len(ended) == len(walls.SERVICES)
    assert ended == dict.fromkeys(ended, 0)
