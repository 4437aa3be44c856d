-- Views were part of these files up to here. They lie in views/, and are made anew where they are others than were recorded.
ALTER TABLE schema_migrations COMMENT COLUMN name 'of the number 0: digest of the views';
