"""Puts intake together: its use cases with what is outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from chassis.object_store import ObjectStore
from chassis.openbao import OpenBao
from chassis.service import Process
from chassis.store import Database, has_happened
from chassis.web import Idempotency
from chassis.wrapper import Wrapper
from contracts.events import INTAKE, Envelope, Event

from intake.application import (
    Drafts,
    Hearing,
    Intake,
    KeyCare,
    LateEvidence,
    Mailboxes,
    Offers,
    PublicLog,
    Restoring,
    Submissions,
)
from intake.challenges import Challenges
from intake.domain import Report
from intake.settings import IntakeSettings


def bootstrap(process: Process[IntakeSettings]) -> Intake:
    settings = process.settings
    openbao = OpenBao.of(settings)
    history = Database.of(settings, size=1)
    store, clock, objects = process.store, process.clock, ObjectStore(settings)
    wrapper = Wrapper(openbao, lambda report_id: has_happened(history, report_id, Report.Erased))
    keys = settings.key_set
    life, patience = timedelta(hours=settings.draft_hours), timedelta(seconds=settings.check_patience_s)
    return Intake(
        drafts=Drafts(store, openbao, clock, life, patience, settings.uploads_url),
        submissions=Submissions(store, wrapper, openbao, keys, clock, patience),
        offers=Offers(store, _put_into(objects), keys, clock, settings.bounds),
        mailboxes=Mailboxes(store, wrapper, keys, clock, settings.bounds),
        late_evidence=LateEvidence(store, openbao, clock, life, settings.uploads_url),
        log=PublicLog(store, openbao, clock),
        hearing=Hearing(store, wrapper),
        restoring=Restoring(store, wrapper, settings.epoch, lambda: _published(settings)),
        key_care=KeyCare(store, wrapper),
        forget_answers=make_idempotency(process).sweep,
    )


def _published(settings: IntakeSettings) -> Iterable[Envelope[Event]]:
    from chassis.consume import read_all  # a worker's libraries

    return read_all(settings, INTAKE)


def _put_into(objects: ObjectStore) -> Callable[[str, str, bytes], str]:
    return lambda bucket, name, content: objects.put(bucket, name, content).version


def make_idempotency(process: Process[IntakeSettings]) -> Idempotency:
    return Idempotency(process.store, process.clock, "open-draft")


def make_challenges(settings: IntakeSettings) -> Challenges:
    """For the web process, which alone has the secret."""
    secret = settings.secret("challenge_secret")
    return Challenges(secret, settings.clock, settings.challenge_cost, settings.challenge_tries)
