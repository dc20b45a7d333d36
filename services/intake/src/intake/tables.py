"""intake's own tables: what it holds beside its history, and the status page's read model."""

from chassis.store import Tables

TABLES = Tables(
    held=(
        # The reporter's mailbox: found by the hash of the locator, locked under the receipt code.
        """CREATE TABLE IF NOT EXISTS held.mailboxes (
            report_id uuid PRIMARY KEY,
            locator_hash text NOT NULL CONSTRAINT mailboxes_locator UNIQUE,
            encryption jsonb NOT NULL,
            signing jsonb NOT NULL,
            locked_keys text NOT NULL
        )""",
        # A solved challenge pays once. Kept until it has expired anyhow.
        """CREATE TABLE IF NOT EXISTS held.spent_challenges (
            nonce text CONSTRAINT spent_challenges_nonce PRIMARY KEY,
            hour timestamptz NOT NULL
        )""",
        # Checks that a submission waits for, since exactly when; a row ends with its check, its report or its draft.
        # Ids of offers are their senders' own: two drafts may have the same.
        """CREATE TABLE IF NOT EXISTS held.waits (
            report_id uuid, thing uuid, since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (report_id, thing)
        )""",
        # The keys that identities are sealed to until they are checked, as identity-vault signed them.
        "CREATE TABLE IF NOT EXISTS held.check_keys (version int PRIMARY KEY, signed text NOT NULL)",
        # The epochs in which this database has taken back what it lacked.
        "CREATE TABLE IF NOT EXISTS held.epochs (epoch int PRIMARY KEY)",
    ),
    read=(
        "CREATE UNLOGGED TABLE read.drafts (report_id uuid PRIMARY KEY, opened timestamptz NOT NULL)",
        "CREATE INDEX drafts_oldest ON read.drafts (opened)",
        """CREATE UNLOGGED TABLE read.reports (
            report_id uuid PRIMARY KEY,
            route text NOT NULL,
            status text NOT NULL,
            promise text NOT NULL,
            leaf text NOT NULL,
            identity_reasons text[],
            has_late_evidence boolean NOT NULL
        )""",
        "CREATE UNLOGGED TABLE read.batches (report_id uuid PRIMARY KEY, opened timestamptz NOT NULL)",
        # KPK's status may be heard before its first receipt, which has the reference.
        """CREATE UNLOGGED TABLE read.kpk (
            report_id uuid PRIMARY KEY, reference text, is_complete boolean NOT NULL, status text
        )""",
        "CREATE UNLOGGED TABLE read.erased (report_id uuid PRIMARY KEY)",
        """CREATE UNLOGGED TABLE read.kpk_receipts (
            report_id uuid, number int, receipt text NOT NULL, PRIMARY KEY (report_id, number)
        )""",
        # The public log: entries get their number with the head that first holds them.
        """CREATE UNLOGGED TABLE read.log_entries (
            entry text PRIMARY KEY, hour timestamptz NOT NULL, index bigint
        )""",
        "CREATE INDEX log_entries_waiting ON read.log_entries (hour) WHERE index IS NULL",
        """CREATE UNLOGGED TABLE read.log_nodes (
            level int, index bigint, hash bytea NOT NULL, PRIMARY KEY (level, index)
        )""",
        "CREATE UNLOGGED TABLE read.log_heads (size bigint PRIMARY KEY, head text NOT NULL)",
        """CREATE UNLOGGED TABLE read.timeline (
            report_id uuid, number int, hour timestamptz NOT NULL, what text NOT NULL, status text,
            PRIMARY KEY (report_id, number)
        )""",
        """CREATE UNLOGGED TABLE read.letters (
            report_id uuid, number int, letter_id uuid NOT NULL, purpose text NOT NULL, hour timestamptz NOT NULL,
            text text NOT NULL,
            PRIMARY KEY (report_id, number)
        )""",
    ),
)
