-- What was the engine set to, by the name of the setting, when it last ran? No row when it never was.
SELECT value, version FROM settings FINAL WHERE name = {name:String}
