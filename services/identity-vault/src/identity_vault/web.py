"""The console's Flask app: the Super Admin signs in and looks at what waits. It has an origin of its own."""

from __future__ import annotations

from pathlib import Path

from chassis.service import Process
from chassis.settings import Profile
from chassis.sign_in import TwoPhases
from chassis.web import make_app
from flask import Flask

from chassis import sign_in
from identity_vault import pages
from identity_vault.application import IdentityVault
from identity_vault.settings import IdentityVaultSettings

SIGN_IN_MOUNTS = ("staff",)


def create_app(process: Process[IdentityVaultSettings], vault: IdentityVault) -> Flask:
    settings = process.settings
    app = make_app("identity_vault", process, pages=True, translations=[Path(__file__).with_name("translations")])
    phases = TwoPhases(settings.openbao_url, SIGN_IN_MOUNTS)
    https = settings.profile is Profile.PRODUCTION
    sign_in.install(app, phases, process.store.database, https, meant_for=[pages.SUPER_ADMIN])
    pages.install(app, vault.reviews)
    return app
