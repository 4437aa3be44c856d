-- What a call says of how it was taken. sampling: one of so many connections was read, 0 in rows that an
-- earlier version wrote, which read all. sequence: where in its connection it
-- begins, which tells the same exchange at another tap; 0 in such rows.
ALTER TABLE calls
    ADD COLUMN IF NOT EXISTS sampling UInt16 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS sequence UInt32 CODEC(ZSTD(1));
