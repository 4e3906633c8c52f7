// The id of an overrule is made of the revision and the finding: one of each.
CREATE CONSTRAINT finding_overrule_id IF NOT EXISTS FOR (n:FindingOverrule) REQUIRE n.id IS UNIQUE;
