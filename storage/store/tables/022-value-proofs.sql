-- What a call's values come to, so that the seal of the call holds them too: how many rows of `values` it has, plus one, and
-- their hashes' upper and lower halves, each summed up to 2^32. 0: a call from before this was said.
ALTER TABLE calls
    ADD COLUMN IF NOT EXISTS valuesSaid UInt32 CODEC(T64, ZSTD(1)),
    ADD COLUMN IF NOT EXISTS valuesHigh UInt32 CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS valuesLow UInt32 CODEC(ZSTD(1));
