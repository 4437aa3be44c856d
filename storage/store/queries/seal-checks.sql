-- The checks of one seal.
SELECT checks FROM seals WHERE writer = {writer:String} AND number = {number:UInt64}
