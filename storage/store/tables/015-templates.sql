-- The template an API is known by now, and why: `2=integer 4=names`, a position in the path for each parameter.
ALTER TABLE apiAliases
    ADD COLUMN IF NOT EXISTS template String,
    ADD COLUMN IF NOT EXISTS reason String;
