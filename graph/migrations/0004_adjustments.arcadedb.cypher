// As 0001: types before indexes.
CREATE CONSTRAINT impact_adjustment_id_type IF NOT EXISTS FOR (n:ImpactAdjustment) REQUIRE n.id IS :: STRING;
