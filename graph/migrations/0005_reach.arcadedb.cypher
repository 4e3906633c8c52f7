// As 0001: types before indexes.
CREATE CONSTRAINT holding_reach_key_type IF NOT EXISTS FOR (n:Holding) REQUIRE n.reach_key IS :: STRING;
CREATE CONSTRAINT decision_reach_key_type IF NOT EXISTS FOR (n:Decision) REQUIRE n.reach_key IS :: STRING;
