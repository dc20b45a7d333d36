"""Alertmanager: says who hears of which alert; in the local system it only shows them."""

from __future__ import annotations

from wbs_local.parts import web_sign_in
from wbs_local.parts.prometheus import MONITORING, password_at_alertmanager
from wbs_local.system import Program, System


def prepare(system: System) -> Program:
    sign_in = web_sign_in.write(
        system,
        "alertmanager",
        {web_sign_in.OPERATOR: web_sign_in.operators_password(system), "prometheus": password_at_alertmanager(system)},
    )
    address = f"{system.host}:{system.ports['alertmanager']}"
    return Program(
        name="alertmanager",
        command=(
            "/usr/bin/prometheus-alertmanager",
            f"--config.file={MONITORING / 'alertmanager.yml'}",
            f"--storage.path={system.data_of('alertmanager')}",
            f"--web.config.file={sign_in}",
            f"--web.listen-address={address}",
            f"--web.external-url=http://{address}",
            "--cluster.listen-address=",  # alone: there is no other to agree with
            "--log.level=warn",
        ),
        ready=system.ports["alertmanager"],
        priority=60,
        secrets="alertmanager",
        data="alertmanager",
    )
