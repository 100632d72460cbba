-- Schema 3: a store of many visits opens without reading their documents.

-- Whether messages of the office stand on a visit: such a visit is read at every opening, however far away its day is.
-- Rows of an earlier schema count as such until they are written again.
ALTER TABLE visit ADD COLUMN messages INTEGER NOT NULL DEFAULT 1;
-- What is clear of all visits, side by side: the table itself has sealed documents between any two rows.
CREATE INDEX visit_clear ON visit (visit, day, open, handed_over, plan_rev, progress_rev, messages);
