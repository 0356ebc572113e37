"""The tables of the journal's file.

`returns`: `settled` and `placed` count, and a placement is delivered when `placed` has caught up;
`emptying` is the one that took the item out of its bin. `unread`: things that were taken without a
barcode, after many refusals. `closings`: staff put the kiosk out of service, or into it again.
`orders`: by which table the library wants items sorted, as it was told last.
Times are seconds from the epoch by the catalogue's clock: `known` is the latest one that was
certain when the return was recorded, `received` when the catalogue took it in, `began` when a boot
began, `heard` when the catalogue was last heard in it.
"""

from kiosk.session.sorting import UNKNOWN_BIN

TABLES = ("returns", "boots", "emptyings", "unread", "closings", "orders")

SCHEMA = """
CREATE TABLE IF NOT EXISTS returns (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    return_id TEXT NOT NULL UNIQUE,
    uid TEXT NOT NULL,
    barcode TEXT NOT NULL,
    boot TEXT NOT NULL,
    uptime REAL NOT NULL,
    known REAL,
    dated INTEGER NOT NULL,
    request TEXT NOT NULL,
    answer TEXT,
    received REAL,
    refusal TEXT,
    bin TEXT NOT NULL DEFAULT '',
    security TEXT NOT NULL DEFAULT 'pending',
    settled INTEGER NOT NULL DEFAULT 0,
    placed INTEGER NOT NULL DEFAULT 0,
    receipt TEXT NOT NULL DEFAULT '',
    emptying INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS returns_by_uid ON returns (uid, seq);
CREATE INDEX IF NOT EXISTS returns_undelivered ON returns (seq)
    WHERE answer IS NULL AND refusal IS NULL;
CREATE INDEX IF NOT EXISTS returns_unplaced ON returns (seq)
    WHERE answer IS NOT NULL AND placed < settled;
CREATE INDEX IF NOT EXISTS returns_to_secure ON returns (uid) WHERE security = 'pending';
CREATE INDEX IF NOT EXISTS returns_by_barcode ON returns (barcode, seq);
CREATE INDEX IF NOT EXISTS returns_in_bins ON returns (bin, seq) WHERE emptying IS NULL;
CREATE INDEX IF NOT EXISTS returns_refused ON returns (seq) WHERE refusal IS NOT NULL;
CREATE INDEX IF NOT EXISTS returns_received ON returns (received) WHERE received IS NOT NULL;
CREATE INDEX IF NOT EXISTS returns_undated ON returns (seq) WHERE NOT dated;
CREATE INDEX IF NOT EXISTS returns_unsettled ON returns (seq) WHERE settled = 0;
CREATE TABLE IF NOT EXISTS boots (
    boot TEXT PRIMARY KEY, began REAL NOT NULL, heard REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS emptyings (
    number INTEGER PRIMARY KEY, bin TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS unread (
    id TEXT PRIMARY KEY, uid TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL,
    bin TEXT NOT NULL, emptying INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS closings (
    number INTEGER PRIMARY KEY, closed INTEGER NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS orders (
    one INTEGER PRIMARY KEY CHECK (one = 1), said TEXT NOT NULL) STRICT;
"""

RECOVER = (
    f"UPDATE returns SET bin = '{UNKNOWN_BIN}', settled = 1 "  # noqa: S608
    "WHERE settled = 0 AND refusal IS NULL"
)
"""After a start nobody knows any more where the unsettled items were put."""

COUNTS = """
SELECT (SELECT count(*) FROM returns),
    (SELECT count(*) FROM returns WHERE answer IS NULL AND refusal IS NULL),
    (SELECT count(*) FROM returns WHERE answer IS NOT NULL AND placed < settled),
    (SELECT count(*) FROM returns WHERE refusal IS NOT NULL),
    (SELECT count(*) FROM returns WHERE security = 'pending')
"""
"""Each is counted in an index of its own: a big journal is not read through for it."""
