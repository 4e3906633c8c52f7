// As 0001: types before indexes.
CREATE CONSTRAINT finding_overrule_id_type IF NOT EXISTS FOR (n:FindingOverrule) REQUIRE n.id IS :: STRING;
