-- When a photo or file was erased with the personal data of its visit. The row stays, so that a phone which still holds
-- the picture isn't asked for it again.
ALTER TABLE blob ADD COLUMN erased_ms INTEGER;
