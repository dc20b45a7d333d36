"""Puts identity-vault together: its use cases and its checks with what is outside."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from chassis.checks import CheckKind, Limits
from chassis.checks.child import Ended, run_in_child
from chassis.openbao import OpenBao
from chassis.service import Process
from chassis.store import Database, has_happened
from chassis.wrapper import Wrapper

from identity_vault.application import (
    JOB,
    CheckKeysCare,
    Filing,
    IdentityVault,
    Offers,
    Reviews,
    Sweeping,
)
from identity_vault.application.filing import Filer
from identity_vault.check_key import CheckKey
from identity_vault.civil_registry import NoRegistry
from identity_vault.domain import Identity
from identity_vault.object_store import VaultObjects
from identity_vault.sealing import Sealer
from identity_vault.settings import IdentityVaultSettings

# Address space, not memory in use: the libraries of reading reserve 1.5 GB and use 0.7.
LOOKING = Limits(memory_bytes=2_500_000_000, cpu_seconds=45, wall_seconds=90.0)
REMAKING = Limits(memory_bytes=700_000_000, cpu_seconds=10, wall_seconds=20.0)


def bootstrap(process: Process[IdentityVaultSettings]) -> IdentityVault:
    settings, store, clock = process.settings, process.store, process.clock
    keys = settings.key_set
    history = Database.of(settings, size=1)
    openbao, objects = OpenBao.of(settings), VaultObjects(settings)
    wrapper = Wrapper(openbao, lambda report_id: has_happened(history, report_id, Identity.Erased))
    filer = Filer(wrapper, objects, clock, settings.photo_days, process.metrics)
    check_key = CheckKey(openbao)
    return IdentityVault(
        offers=Offers(store, objects, check_key, Sealer(openbao, keys, objects), filer, NoRegistry()),
        filing=Filing(store, filer, clock, wrapper),
        check_keys=CheckKeysCare(store, check_key, objects, clock, settings.rotation_days),
        reviews=Reviews(store, wrapper, objects, keys, remake_photo, settings.many_open_reports, process.metrics),
        sweeping=Sweeping(store, objects, clock, settings.inbox_days),
    )


def checks(process: Process[IdentityVaultSettings], vault: IdentityVault) -> Sequence[CheckKind]:
    return (CheckKind(JOB, "identity_vault.looking:look", vault.offers.check, LOOKING),)


def remake_photo(jpeg: bytes) -> bytes:
    """In a child: b"" when it does not decode, or ends the child."""
    answer = run_in_child("identity_vault.photo:remake_in_child", jpeg, REMAKING, threading.Event())
    return b"" if isinstance(answer, Ended) else answer
