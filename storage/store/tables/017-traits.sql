-- What kind of API each is, as the engine thinks: exposure, caller, audience, access, auth, reach, grade, level; several
-- values of one are parted by commas. proposals: how grade and level came to be, oldest first, `at` µs of packet time.
ALTER TABLE apis
    ADD COLUMN IF NOT EXISTS traits Array(Tuple(name String, value String, reason String, confidence Float64)),
    ADD COLUMN IF NOT EXISTS proposals Array(Tuple(what String, value String, reason String, at Int64));
