"""Puts kpk-forwarder together: its use cases with what is outside."""

from __future__ import annotations

from chassis.object_store import ObjectStore
from chassis.openbao import OpenBao
from chassis.service import Process
from chassis.store import Database, has_happened
from chassis.wrapper import Wrapper

from kpk_forwarder.application import Forwarder, Hearing, Listening, Packer, Post, Sending
from kpk_forwarder.domain import events
from kpk_forwarder.settings import ForwarderSettings

SERVICE = "kpk-forwarder"


def bootstrap(process: Process[ForwarderSettings]) -> Forwarder:
    return Forwarder(hearing=Hearing(process.store, _wrapper(process, OpenBao.of(process.settings))))


def bootstrap_post(process: Process[ForwarderSettings]) -> Post:
    settings, store = process.settings, process.store
    openbao = OpenBao.of(settings)
    keys = settings.key_set
    wrapper = _wrapper(process, openbao)
    sending = Sending(
        store,
        Packer(wrapper, ObjectStore(settings), keys),
        lambda: openbao.signer(SERVICE),
        keys,
        process.clock,
        process.metrics,
        settings.first_wait,
        settings.longest_wait,
    )
    return Post(sending, Listening(store, wrapper, keys, process.metrics))


def _wrapper(process: Process[ForwarderSettings], openbao: OpenBao) -> Wrapper:
    history = Database.of(process.settings, size=1)
    return Wrapper(openbao, lambda report_id: has_happened(history, report_id, events.Erased))
