-- Programs that do not know of windows in which calls are refused cannot read an alias that has some.
UPDATE schema_compatibility SET oldest = '0072';
