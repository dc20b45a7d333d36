-- `place`: one count for all that happened to a report, in the order in which it happened here. No exact times.
CREATE TABLE IF NOT EXISTS reports (
    number INTEGER PRIMARY KEY,
    report_id TEXT NOT NULL UNIQUE,
    route TEXT NOT NULL,
    kpk_reference TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS parcels (
    parcel_id TEXT PRIMARY KEY,
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    manifest TEXT NOT NULL,
    content TEXT NOT NULL,
    place INTEGER NOT NULL,
    hour TEXT NOT NULL,
    receipt TEXT,
    finding TEXT
);
CREATE INDEX IF NOT EXISTS parcels_of_report ON parcels (report_id, place);
CREATE TABLE IF NOT EXISTS statements (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    statement TEXT NOT NULL,
    content TEXT NOT NULL,
    own_copy TEXT,
    place INTEGER NOT NULL,
    hour TEXT NOT NULL
);
