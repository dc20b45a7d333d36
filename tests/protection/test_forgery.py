"""Somebody has the Kafka administrator's password, and forges, repeats, turns round and cuts what services tell each
other, in a system of its own. docs/protection.md says what that can hide or delay."""

from __future__ import annotations

import io
import json
import re
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
from contracts.events import (
    REGISTRY,
    Event,
    ReportEvent,
    cases,
    decode,
    encode,
    example_of,
    forwarding,
    identity,
    intake,
)
from contracts.facts import Facts
from contracts.leaves import LogHead, verify_consistency, verify_head
from contracts.vocabulary import CaseStatus, Category, EvidenceKind, Route
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from population import PATIENCE_S
from wbs_client import Filing, Mailbox, PublicApi, StoryDraft, TrustedKeys
from wbs_client.proofs import InLog
from wbs_local import examples, launch, services, walls
from wbs_local.ceremony.desk import Desk
from wbs_local.launch import Running
from wbs_local.parts import kafka, openbao, postgres
from wbs_local.staff import Caseworker
from wbs_local.system import System
from wbs_local.testing import await_keys

STORY = "Cerita rekaan: jembatan yang hanya ada di kertas."
REPLY = "Balasan rekaan: mohon kirim tanggalnya."
FACTS = Facts(category=Category.EMBEZZLEMENT, area="15.04.03", skpd="dpmd", period_from="2025-01", period_to="2025-06")
ENDS = re.compile(r"\b(?:process|worker|check|send)_failed\b")
EXITED = re.compile(r"exited: (\S+)")
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

    def forge(self, *events: Event) -> None:
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
        readers = [service for service, heard in HEARD.items() if place.topic in {each.topic for each in heard}]
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


def _heard_by(service: str) -> set[type[Event]]:
    """What its worker subscribes to: it may read more."""
    module = import_module(f"{services.package_of(service)}.worker")
    methods = [
        method for each in vars(module).values() if isinstance(each, type) for method in vars(each).values()
    ]  # fmt: skip
    entrypoints = [each for method in methods for each in getattr(method, "nameko_entrypoints", ())]
    return {each.event_class for each in entrypoints if hasattr(each, "event_class")}


HEARD = {service: _heard_by(service) for service in walls.SERVICES}
ABOUT_REPORTS = [each for each in REGISTRY.values() if issubclass(each, ReportEvent)]
ABOUT_NO_REPORT = [each for each in REGISTRY.values() if not issubclass(each, ReportEvent)]


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
    (api, keys), desk = await_keys(system, PATIENCE_S), Desk(system)
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
    whose = {"report_id": victim.report_id, "route": Route.INSPEKTORAT}
    return replace(example_of(event), **{**whose, **new, **content})


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
    return [about(victim, each) for each in ABOUT_REPORTS if each is not identity.ReportErased]


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


def test_what_is_forged_about_no_report_changes_neither_keys_nor_log_nor_super_admin(victim: Victim) -> None:
    """Of these, services hear lists of check keys alone: signed, or parked."""
    assert {each for heard in HEARD.values() for each in heard} & set(ABOUT_NO_REPORT) == {identity.CheckKeysPublished}
    keys, genuine = victim.api.get("/api/v1/keys"), _genuine_check_keys(victim)
    newer = replace(genuine, version=genuine.version + 1)
    junk = [replace(newer, check_keys=text) for text in (*JUNK, keys["people"])]

    victim.forger.forge(*map(example_of, ABOUT_NO_REPORT), newer, *junk)

    assert victim.api.get("/api/v1/keys") == keys
    verify_head(victim.api.get("/api/v1/log/head")["head"], victim.keys.people.verification_key)
    desk = Desk(victim.system)
    assert "super-admin" in desk.phases.who(desk.token("superadmin")).roles


def test_a_forged_list_of_check_keys_keeps_no_real_one_out(victim: Victim) -> None:
    """It is parked, and a real one, which comes each day, isn't parked behind it."""
    victim.forger.forge(example_of(identity.CheckKeysPublished))
    real = uuid4()
    message = encode(_genuine_check_keys(victim), real, Clock(GRAIN_S).round_down(datetime.now(UTC)))

    victim.forger.put([(message.topic, message.key, message.value, list(message.headers))])

    with postgres.connect_as_superuser(victim.system, "intake") as connection:
        assert connection.execute("SELECT 1 FROM handled_events WHERE event_id = %s", (real,)).fetchone()


def _genuine_check_keys(victim: Victim) -> identity.CheckKeysPublished:
    told = (record for record in victim.forger.records() if _type_of(record) == identity.CheckKeysPublished.type)
    _, key, value, headers = next(told)
    genuine = decode(key, value, headers).data
    assert isinstance(genuine, identity.CheckKeysPublished)
    return genuine


def _type_of(record: Record) -> str:
    return dict(record[3]).get("ce_type", b"").decode()


def test_a_forged_erasure_destroys_no_key_and_waits_as_a_dead_letter(victim: Victim) -> None:
    victim.forger.forge(about(victim, identity.ReportErased))

    readers = {service for service, heard in HEARD.items() if identity.ReportErased in heard}
    assert {database.service for database in walls.databases() if _parked_erasures(victim, database.name)} == readers
    assert len(readers) == 5
    names = ("role_id", "secret_id")
    role_id, secret_id = (Secret(victim.system.keep_secret("intake-worker", f"openbao_{name}")) for name in names)
    wrapper = Wrapper(OpenBao(openbao.url(victim.system), role_id, secret_id), lambda _: False)
    assert wrapper.unwrap(victim.report_id, "test", wrapper.wrap(victim.report_id, "test", b"still")) == b"still"
    assert victim.texts() == [REPLY]


def _parked_erasures(victim: Victim, database: str) -> list[Any]:
    with postgres.connect_as_superuser(victim.system, database) as connection:
        query = "SELECT 1 FROM held.dead_letters WHERE topic = %s AND subject = %s AND reason LIKE %s"
        given = (identity.ReportErased.topic, str(victim.report_id), "%its key is still there")
        return connection.execute(query, given).fetchall()


def test_what_is_repeated_in_another_order_happens_once(victim: Victim) -> None:
    before = _settled(victim.system)

    victim.forger.put(victim.forger.records()[::-1])

    after = _settled(victim.system)
    assert {name: after[name] - before[name] for name in before} == dict.fromkeys(before, 0)


def test_what_is_said_again_as_news_in_another_order_shows_no_letter_twice(victim: Victim) -> None:
    """With ids of their own, so that no service knows them as handled."""
    types = {each.type for each in ABOUT_REPORTS}
    records = [record for record in victim.forger.records()[::-1] if _type_of(record) in types]

    victim.forger.put([(topic, key, value, _renamed(headers)) for topic, key, value, headers in records])

    _settled(victim.system)
    page = victim.investigator._page(f"/cases/{victim.report_id}").text
    assert [page.count(STORY), page.count(REPLY)] == [1, 1]
    assert victim.texts() == [REPLY]
    assert not victim.other.sees(victim.report_id)


def _renamed(headers: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return [(name, str(uuid4()).encode() if name == "ce_id" else value) for name, value in headers]


def _settled(system: System) -> dict[str, int]:
    """Once nothing more comes of what was said: no check waits, and several looks in a row say the same."""
    looks = [_histories(system)]

    def is_settled() -> bool:
        looks.append(_histories(system))
        return len(looks) > 30 and all(each == looks[-1] for each in looks[-30:]) and not _checks_waiting(system)

    eventually(is_settled, PATIENCE_S)
    return looks[-1]


def _checks_waiting(system: System) -> bool:
    """A forged one is tried several times."""
    with postgres.connect_as_superuser(system, "identity_vault") as connection:
        return connection.execute("SELECT 1 FROM held.jobs").fetchone() is not None


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

    # Of the same report, so behind what was cut: the worker has read on, whatever this says to it.
    victim.forger.forge(about(victim, intake.LetterUnreadable, report_id=report_id))
    assert not victim.irban.sees(report_id)
    assert mailbox.read().in_log is InLog.PROVED

    launch.run_command(victim.system, "intake", "intake-worker", "relay", "--from", "1")
    eventually(lambda: victim.irban.sees(report_id), PATIENCE_S)


def _is_submission(record: Record, report_id: UUID) -> bool:
    return record[1] == str(report_id).encode() and _type_of(record) == intake.ReportSubmitted.type


def test_nothing_that_was_forged_ended_a_process(victim: Victim) -> None:
    """By its own word, or by the supervisor's, who calls `exited` what it didn't stop itself."""
    processes = [each for service in walls.SERVICES for each in services.processes_of(service)]
    logs = {name: (victim.system.log / f"{name}.log").read_text() for name in processes}

    assert {name: ends for name, text in logs.items() if (ends := ENDS.findall(text))} == {}
    assert EXITED.findall((victim.system.log / "supervisord.log").read_text()) == []
