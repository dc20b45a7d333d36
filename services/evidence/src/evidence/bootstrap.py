"""Puts evidence together: its use cases with what is outside."""

from __future__ import annotations

from chassis.object_store import ObjectStore
from chassis.openbao import OpenBao
from chassis.service import Process
from chassis.store import Database, has_happened
from chassis.wrapper import Wrapper

from evidence.application import Checking, Evidence, Filing, Finishing, Hearing, Limits, Removing, Uploads
from evidence.clamav import Clamav
from evidence.domain import Report
from evidence.draft_keys import DraftKeys
from evidence.sealed_objects import SealedObjects
from evidence.settings import EvidenceSettings


def bootstrap(process: Process[EvidenceSettings]) -> Evidence:
    settings, store, clock = process.settings, process.store, process.clock
    openbao, objects = OpenBao.of(settings), ObjectStore(settings)
    keys, sealed = DraftKeys(openbao), SealedObjects(objects)
    history = Database.of(settings, size=1)
    wrapper = Wrapper(openbao, lambda report_id: has_happened(history, report_id, Report.Erased))
    limits = Limits(file=settings.largest_file, draft=settings.largest_draft, pieces=settings.most_pieces)
    clamav = Clamav(settings.clamav_host, settings.clamav_port)
    return Evidence(
        uploads=Uploads(store, objects, keys, limits),
        finishing=Finishing(store, objects, sealed, keys),
        checking=Checking(store, sealed, keys, clamav, settings.largest_file),
        filing=Filing(store, objects, keys, openbao, wrapper, settings.key_set, clock, settings.retention),
        hearing=Hearing(store, clock, wrapper),
        removing=Removing(store, objects, keys, clock),
    )
