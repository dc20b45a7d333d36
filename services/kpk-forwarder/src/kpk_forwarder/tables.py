"""kpk-forwarder's own tables: parcels to send, how far KPK was listened to, and what stands where."""

from chassis.store import Tables

TABLES = Tables(
    held=(
        # A row lives from the event that makes a parcel due until KPK has signed for it. `free_at`: somebody has it in
        # hand, or it is put off, until then; an exact time, gone with the row. `manifest`: the text that was signed
        # first, which is sent again, always: KPK's receipt names its hash.
        """CREATE TABLE IF NOT EXISTS held.parcels (
            parcel_id uuid PRIMARY KEY,
            report_id uuid NOT NULL,
            kind text NOT NULL,
            number bigint GENERATED ALWAYS AS IDENTITY,
            attempts integer NOT NULL DEFAULT 0,
            free_at timestamptz,
            manifest text
        )""",
        "CREATE INDEX IF NOT EXISTS parcels_of_report ON held.parcels (report_id, kind)",
        # The number of the last statement of KPK that was taken; one row.
        """CREATE TABLE IF NOT EXISTS held.heard (
            single boolean PRIMARY KEY DEFAULT true CHECK (single),
            number bigint NOT NULL
        )""",
        # `submitted`: the hour in which that was heard of; None while only the case was.
        """CREATE TABLE IF NOT EXISTS held.case_watch (
            report_id uuid PRIMARY KEY,
            submitted timestamptz,
            is_opened boolean NOT NULL DEFAULT false
        )""",
        "INSERT INTO held.heard (number) VALUES (0) ON CONFLICT DO NOTHING",
    ),
    read=(
        """CREATE UNLOGGED TABLE read.deliveries (
            report_id uuid PRIMARY KEY,
            route text NOT NULL,
            ground text,
            is_complete boolean NOT NULL DEFAULT false
        )""",
        """CREATE UNLOGGED TABLE read.parcels (
            parcel_id uuid PRIMARY KEY,
            report_id uuid NOT NULL,
            kind text NOT NULL,
            hour timestamptz NOT NULL,
            is_delivered boolean NOT NULL DEFAULT false,
            fault text
        )""",
        "CREATE INDEX parcels_of_report ON read.parcels (report_id)",
    ),
)
