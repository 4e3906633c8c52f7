// The id of an adjustment is made of the revision, the one that it is compared with, and the change: one of each.
CREATE CONSTRAINT impact_adjustment_id IF NOT EXISTS FOR (n:ImpactAdjustment) REQUIRE n.id IS UNIQUE;
