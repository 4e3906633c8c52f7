// Whom a change touches is read from these in order (graph.reach_keys). The rows that are there get their keys after this.
CREATE INDEX holding_reach_key IF NOT EXISTS FOR (n:Holding) ON (n.reach_key);
CREATE INDEX decision_reach_key IF NOT EXISTS FOR (n:Decision) ON (n.reach_key);
