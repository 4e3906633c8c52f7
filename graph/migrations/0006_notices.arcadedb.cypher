// As 0001: types before indexes.
CREATE CONSTRAINT contact_id_type IF NOT EXISTS FOR (n:Contact) REQUIRE n.id IS :: STRING;
CREATE CONSTRAINT fan_out_id_type IF NOT EXISTS FOR (n:FanOut) REQUIRE n.id IS :: STRING;
CREATE CONSTRAINT notice_id_type IF NOT EXISTS FOR (n:Notice) REQUIRE n.id IS :: STRING;
CREATE CONSTRAINT delivery_id_type IF NOT EXISTS FOR (n:Delivery) REQUIRE n.id IS :: STRING;
CREATE CONSTRAINT delivery_queue_type IF NOT EXISTS FOR (n:Delivery) REQUIRE n.queue IS :: STRING;
CREATE CONSTRAINT delivery_feed_type IF NOT EXISTS FOR (n:Delivery) REQUIRE n.feed IS :: STRING;
CREATE CONSTRAINT delivery_unread_type IF NOT EXISTS FOR (n:Delivery) REQUIRE n.unread IS :: STRING;
