-- What lists filter by: whether an alias says its price itself, and under which name the catalogue of providers' models
-- would know its target. What an alias says stands in its versions.
ALTER TABLE model_aliases ADD COLUMN own_price BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE model_aliases ADD COLUMN place TEXT NOT NULL DEFAULT '';
UPDATE model_aliases SET own_price = TRUE WHERE EXISTS (
    SELECT 1 FROM alias_versions v
    WHERE v.alias_id = model_aliases.id AND v.version = model_aliases.version
        AND (json_extract(v.spec, '$.pricing.basis') <> 'catalog' OR json_type(v.spec, '$.price') = 'object')
);
UPDATE model_aliases SET place = (
    SELECT f.provider || '/' || CASE
        WHEN f.provider = 'bedrock' AND f.rest LIKE 'converse/%' THEN substr(f.rest, 10)
        WHEN f.provider = 'bedrock' AND f.rest LIKE 'invoke/%' THEN substr(f.rest, 8)
        ELSE f.rest END
    FROM (
        SELECT s.rest, CASE
            WHEN s.provider = 'vertex_ai_beta' OR s.provider LIKE 'vertex_ai-%' THEN 'vertex_ai'
            WHEN s.provider LIKE 'fireworks_ai-%' THEN 'fireworks_ai'
            WHEN s.provider = 'bedrock_converse' THEN 'bedrock'
            WHEN s.provider = 'azure_text' THEN 'azure'
            WHEN s.provider = 'cohere_chat' THEN 'cohere'
            WHEN s.provider = 'amazon-nova' THEN 'amazon_nova'
            ELSE s.provider END AS provider
        FROM (
            SELECT substr(m, instr(m, '/') + 1) AS rest, CASE
                WHEN m LIKE 'text-completion-%' THEN substr(m, 17, instr(m, '/') - 17)
                ELSE substr(m, 1, instr(m, '/') - 1) END AS provider
            FROM (SELECT LOWER(model_aliases.litellm_model) AS m) t
        ) s
    ) f
);
CREATE INDEX model_aliases_place ON model_aliases (place);
