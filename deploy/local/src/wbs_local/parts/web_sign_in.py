"""Sign-ins at Prometheus and Alertmanager: basic auth, by their own web configuration."""

from __future__ import annotations

import random
import string
import subprocess
from collections.abc import Mapping
from pathlib import Path

from wbs_local.system import System

OPERATOR = "operator"
ROUNDS = 10  # 2^10, as Prometheus's own example has it
_SALT = "./" + string.ascii_letters + string.digits


def operators_password(system: System) -> str:
    """No process reads it: they know its hash."""
    return system.keep_secret("operators", "monitoring_password")


def write(system: System, owner: str, passwords: Mapping[str, str]) -> Path:
    """The web configuration of `owner`, made once; `passwords` by user."""
    path = system.secrets_of(owner) / "web.yml"
    if not path.exists():
        users = "".join(f'  {user}: "{_hashed(password)}"\n' for user, password in passwords.items())
        system.keep_secret(owner, path.name, f"basic_auth_users:\n{users}")
    return path


def _hashed(password: str) -> str:
    """By bcrypt, which Python doesn't have; Debian's Perl, which is always there, has it from the C library."""
    salt = f"$2b${ROUNDS}$" + "".join(random.SystemRandom().choices(_SALT, k=22))
    command = ["perl", "-e", "$_ = <STDIN>; print crypt($_, $ARGV[0])", salt]
    return subprocess.run(command, input=password, capture_output=True, text=True, check=True).stdout
