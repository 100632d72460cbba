-- Facts of a boot are looked at again only while their time is uncertain. An index over all of them cost every push the
-- whole boot: ten thousand queued facts were read two hundred and fifty thousand times.
DROP INDEX fact_by_boot;
CREATE INDEX fact_unanchored ON fact (company, device, boot_id) WHERE error_ms IS NULL;
