"""evidence's own tables: uploads with their wrapped keys, what is to be removed, and the state of pieces."""

from chassis.store import Tables

TABLES = Tables(
    held=(
        # What pieces of one draft are compared by: a key of its own, so that its digests tell nothing elsewhere.
        # `remove_after`: the draft has expired; a submission that comes all the same (after a restore) calls it off.
        """CREATE TABLE IF NOT EXISTS held.drafts (
            report_id uuid PRIMARY KEY,
            comparing_key text NOT NULL,
            remove_after timestamptz
        )""",
        # A row lives until its piece is filed and checked, or dropped; with it go the keys. Keys are wrapped by OpenBao
        # (`evidence-drafts`). `size` and `received` count plain bytes, which tus asks for.
        """CREATE TABLE IF NOT EXISTS held.uploads (
            id uuid PRIMARY KEY,
            report_id uuid NOT NULL,
            route text NOT NULL,
            batch_id uuid,
            kind text NOT NULL,
            expires timestamptz NOT NULL,
            size bigint NOT NULL,
            received bigint NOT NULL DEFAULT 0,
            is_sealed boolean NOT NULL DEFAULT false,
            upload_key text,
            original_key text,
            copy_key text,
            sealed_size bigint,
            media_type text,
            copy_media_type text,
            digest bytea
        )""",
        "CREATE INDEX IF NOT EXISTS uploads_of_report ON held.uploads (report_id)",
        """CREATE TABLE IF NOT EXISTS held.segments (
            upload_id uuid REFERENCES held.uploads ON DELETE CASCADE,
            at bigint,
            name text NOT NULL,
            PRIMARY KEY (upload_id, at)
        )""",
        # Objects to be removed, after the transaction that made them useless: every version below a prefix but one.
        """CREATE TABLE IF NOT EXISTS held.to_remove (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            bucket text NOT NULL,
            prefix text NOT NULL,
            keep_version text
        )""",
    ),
    read=(
        """CREATE UNLOGGED TABLE read.reports (
            report_id uuid PRIMARY KEY,
            is_submitted boolean NOT NULL
        )""",
        """CREATE UNLOGGED TABLE read.pieces (
            evidence_id uuid PRIMARY KEY,
            report_id uuid NOT NULL,
            kind text NOT NULL,
            state text NOT NULL,
            reason text,
            is_filed boolean NOT NULL DEFAULT false
        )""",
        "CREATE INDEX pieces_of_report ON read.pieces (report_id)",
    ),
)
