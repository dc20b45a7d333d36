-- What every service's database has. Each statement may run again.
-- No table here has a time column: commit order is kept, the minute of a filing is not.

CREATE TABLE IF NOT EXISTS events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT events_pkey PRIMARY KEY (originator_id, originator_version),
    CONSTRAINT events_notification_id_key UNIQUE (notification_id)
);

CREATE TABLE IF NOT EXISTS handled_events (
    event_id uuid PRIMARY KEY,
    topic text NOT NULL
);

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END $$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON handled_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How far the relay has published; one row.
CREATE TABLE IF NOT EXISTS relay_position (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    position bigint NOT NULL
);
INSERT INTO relay_position (position) VALUES (0) ON CONFLICT DO NOTHING;

CREATE SCHEMA IF NOT EXISTS held;

-- Consumed messages that could not be handled, oldest first; the bytes are kept as they came.
CREATE TABLE IF NOT EXISTS held.dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    subject text,
    key bytea,
    value bytea,
    headers jsonb NOT NULL,
    reason text NOT NULL,
    UNIQUE (topic, kafka_partition, kafka_offset)
);
CREATE INDEX IF NOT EXISTS dead_letters_of_a_subject ON held.dead_letters (topic, subject, id);

-- The message being handled, written before handling: how often a process began with it and did not end it.
CREATE TABLE IF NOT EXISTS held.in_hand (
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    attempts integer NOT NULL,
    PRIMARY KEY (topic, kafka_partition)
);

-- How many messages in a row a process has parked; replaying or a handled message sets it back.
CREATE TABLE IF NOT EXISTS held.parked_in_a_row (
    process text PRIMARY KEY,
    parked integer NOT NULL
);

-- Long work: a lease in the future means that a check process has it in hand.
CREATE TABLE IF NOT EXISTS held.jobs (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    input jsonb NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    attempts integer NOT NULL DEFAULT 0,
    leased_until timestamptz
);
CREATE INDEX IF NOT EXISTS jobs_in_order ON held.jobs (kind, number);

-- Answers to requests with an Idempotency-Key: only digests of key and content; the answer sealed by the service.
CREATE TABLE IF NOT EXISTS held.idempotency (
    key_digest bytea PRIMARY KEY,
    content_digest bytea NOT NULL,
    answer bytea NOT NULL,
    hour timestamptz NOT NULL
);
