-- What was the state of that name when it was last saved? No row when it never was.
SELECT version, payload FROM snapshots FINAL WHERE name = {name:String}
