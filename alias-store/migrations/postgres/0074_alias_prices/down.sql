DROP INDEX model_aliases_place;
ALTER TABLE model_aliases DROP COLUMN place;
ALTER TABLE model_aliases DROP COLUMN own_price;
