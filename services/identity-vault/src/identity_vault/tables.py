"""identity-vault's own tables. What is in `held` is sealed to people, or an id; it goes when it has served."""

from chassis.store import Tables

from chassis import sign_in

TABLES = Tables(
    held=(
        *sign_in.TABLES,
        # Checked offers of drafts: letters (JWE) by purpose, sealed to people; nobody here can open them.
        """CREATE TABLE IF NOT EXISTS held.offers (
            report_id uuid, offer_id uuid,
            letters jsonb NOT NULL,
            photo_object text NOT NULL, photo_version text NOT NULL, photo_sha256 text NOT NULL,
            blind_index text,
            CONSTRAINT offers_pkey PRIMARY KEY (report_id, offer_id)
        )""",
        # Letters to the Super Admin alone, wrapped; removed with the decision.
        """CREATE TABLE IF NOT EXISTS held.reviews (
            report_id uuid PRIMARY KEY, offer_id uuid NOT NULL, letter text NOT NULL
        )""",
        # Open reports by the HMAC of their NIK; the key is OpenBao's. None in route kpk.
        """CREATE TABLE IF NOT EXISTS held.blind_indexes (
            report_id uuid PRIMARY KEY, blind_index text NOT NULL
        )""",
        "CREATE INDEX IF NOT EXISTS blind_indexes_of_a_nik ON held.blind_indexes (blind_index)",
        # What to remove outside the database, after the transaction that made it superfluous. `due`: not before.
        """CREATE TABLE IF NOT EXISTS held.to_remove (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL, report_id uuid NOT NULL, name text NOT NULL, version text,
            due timestamptz
        )""",
    ),
    read=(
        """CREATE UNLOGGED TABLE read.identities (
            report_id uuid PRIMARY KEY, route text NOT NULL, submitted timestamptz, offer_id uuid
        )""",
        "CREATE INDEX identities_submitted ON read.identities (submitted, report_id)",
        """CREATE UNLOGGED TABLE read.checks (
            report_id uuid, offer_id uuid, outcome text, reasons text[], verdict text,
            PRIMARY KEY (report_id, offer_id)
        )""",
    ),
)
