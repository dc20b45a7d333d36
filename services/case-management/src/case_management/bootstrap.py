"""Puts case-management together: its use cases and its read model with what is outside."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.object_store import ObjectStore
from chassis.openbao import OpenBao
from chassis.service import Process
from chassis.settings import Settings
from chassis.store import Database, Projection, has_happened
from chassis.telemetry import Unreadable
from chassis.wrapper import Wrapper

from case_management.application import CaseManagement, Casework, Hearing, Viewing
from case_management.domain import Case
from case_management.evidence_store import EvidenceStore
from case_management.read_model import CaseLists

# Of the whole process: a read model is made anew before there is anything else of it.
_UNREADABLE = Unreadable("reading")


def bootstrap(process: Process[Settings]) -> CaseManagement:
    settings = process.settings
    _UNREADABLE.count_on(process.metrics.failures)
    keys = settings.key_set
    wrapper, evidence = _wrapper(settings), EvidenceStore(ObjectStore(settings))
    casework = Casework(process.store, wrapper, keys, _UNREADABLE.tell)
    return CaseManagement(
        hearing=Hearing(process.store, wrapper),
        casework=casework,
        viewing=Viewing(process.store, keys, casework, evidence.read, evidence.size_of),
    )


def projections(settings: Settings) -> Sequence[Projection]:
    return (CaseLists(_wrapper(settings), _UNREADABLE.tell),)


def _wrapper(settings: Settings) -> Wrapper:
    history = Database.of(settings, size=1)
    return Wrapper(OpenBao.of(settings), lambda report_id: has_happened(history, report_id, Case.Erased))
