// The id of a notice is made of revision, kind and subject, that of a delivery of these and the channel: one of each.
CREATE CONSTRAINT contact_id IF NOT EXISTS FOR (n:Contact) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT fan_out_id IF NOT EXISTS FOR (n:FanOut) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT notice_id IF NOT EXISTS FOR (n:Notice) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT delivery_id IF NOT EXISTS FOR (n:Delivery) REQUIRE n.id IS UNIQUE;
CREATE INDEX delivery_queue IF NOT EXISTS FOR (n:Delivery) ON (n.queue);
CREATE INDEX delivery_feed IF NOT EXISTS FOR (n:Delivery) ON (n.feed);
CREATE INDEX delivery_unread IF NOT EXISTS FOR (n:Delivery) ON (n.unread);
