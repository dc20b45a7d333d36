"""ClamAV's daemon. Until `freshclam` reaches its mirror it knows test signatures only (EICAR)."""

from __future__ import annotations

from wbs_local.system import Program, System

# The EICAR test file (eicar.org) in hex; in two halves, so that scanners leave this source alone.
_EICAR = (
    "58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d"
    "5354414e444152442d414e544956495255532d544553542d46494c452124482b482a"
)

# The daemon writes what it scans into files of its own, unpacked ones too: into memory, seen by nobody else.
_IN_MEMORY = 'mount -t tmpfs -o size=3g,mode=700 none "$0" && exec "$@"'


def prepare(system: System) -> Program:
    data = system.data_of("clamav")
    memory = data / "memory"
    memory.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{_EICAR}\n")
    configuration = system.etc / "clamd.conf"
    configuration.write_text(
        "".join(
            f"{name} {value}\n"
            for name, value in {
                "DatabaseDirectory": data,
                "TCPSocket": system.ports["clamav"],
                "TCPAddr": system.host,
                "TemporaryDirectory": memory,
                "Foreground": "yes",
                "StreamMaxLength": "1100M",
                "MaxScanSize": "1100M",
                "MaxFileSize": "1100M",
                "AlertExceedsMax": "yes",
                "AlertEncrypted": "yes",
            }.items()
        )
    )
    return Program(
        name="clamav",
        command=(
            *("unshare", "--user", "--map-root-user", "--mount", "--"),
            *("sh", "-c", _IN_MEMORY, str(memory), "/usr/sbin/clamd", f"--config-file={configuration}"),
        ),
        ready=system.ports["clamav"],
        priority=10,
        data="clamav",
    )
