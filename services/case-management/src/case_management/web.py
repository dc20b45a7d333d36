"""case-management's Flask app: staff sign-in and the pages of cases."""

from __future__ import annotations

from pathlib import Path

from chassis.service import Process
from chassis.settings import Profile, Settings
from chassis.sign_in import TwoPhases
from chassis.web import make_app
from flask import Flask

from case_management import pages
from case_management.application import CaseManagement
from chassis import sign_in

SIGN_IN_MOUNTS = ("investigators", "staff")


def create_app(process: Process[Settings], application: CaseManagement) -> Flask:
    settings = process.settings
    app = make_app("case_management", process, pages=True, translations=[Path(__file__).with_name("translations")])
    phases = TwoPhases(settings.openbao_url, SIGN_IN_MOUNTS)
    https = settings.profile is Profile.PRODUCTION
    sign_in.install(app, phases, process.store.database, https, meant_for=[role.value for role in pages.READERS])
    pages.install(app, application)
    return app
