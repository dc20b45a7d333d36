"""case-management's own tables: signed-in sessions, what was read, and the read model of its lists."""

from chassis.store import Tables

from chassis import sign_in

TABLES = Tables(
    held=(
        *sign_in.TABLES,
        # Up to which of a case's letters somebody was shown them; `reader` is their entity at OpenBao.
        """CREATE TABLE IF NOT EXISTS held.read_marks (
            report_id uuid, reader text, number int NOT NULL, PRIMARY KEY (report_id, reader)
        )""",
    ),
    read=(
        """CREATE UNLOGGED TABLE read.cases (
            report_id uuid PRIMARY KEY,
            opened timestamptz NOT NULL,
            status text NOT NULL,
            identity_level text NOT NULL,
            evidence int NOT NULL,
            category text, area text, skpd text, period_from text, period_to text, loss text
        )""",
        "CREATE INDEX cases_newest ON read.cases (opened DESC, report_id)",
        """CREATE UNLOGGED TABLE read.assignments (
            report_id uuid, investigator text, entity_id text, PRIMARY KEY (report_id, investigator, entity_id)
        )""",
        "CREATE INDEX assignments_of_investigator ON read.assignments (entity_id)",
        # A copy's key is a wrapped letter to casework; `fault`: why the checks refused the piece; `with_report`: the
        # submission named it.
        """CREATE UNLOGGED TABLE read.evidence (
            report_id uuid, evidence_id uuid, filed timestamptz, with_report boolean NOT NULL DEFAULT false, fault text,
            copy_object text, copy_version text, copy_key text, has_no_copy boolean NOT NULL DEFAULT false,
            PRIMARY KEY (report_id, evidence_id)
        )""",
        # The case is closed to people of these roles.
        """CREATE UNLOGGED TABLE read.conflicts (
            report_id uuid, role text, declared_by text NOT NULL, PRIMARY KEY (report_id, role)
        )""",
        # `status` is KPK's own.
        """CREATE UNLOGGED TABLE read.kpk (
            report_id uuid PRIMARY KEY, reference text, is_complete boolean NOT NULL DEFAULT false, status text
        )""",
        """CREATE UNLOGGED TABLE read.letters (
            report_id uuid, number int, letter_id uuid NOT NULL, purpose text NOT NULL, hour timestamptz NOT NULL,
            text text NOT NULL, written_by text,
            PRIMARY KEY (report_id, number)
        )""",
        """CREATE UNLOGGED TABLE read.timeline (
            report_id uuid, number int, hour timestamptz NOT NULL, what text NOT NULL, detail text,
            PRIMARY KEY (report_id, number)
        )""",
    ),
)
