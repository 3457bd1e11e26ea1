-- Whose document made or changed an object, by the object's own id, which no other ever has.
CREATE TABLE managed_objects (
    object_id TEXT NOT NULL PRIMARY KEY,
    managed_by TEXT NOT NULL
);
