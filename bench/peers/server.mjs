// @neo4j/graphql with Apollo Server on the graph that is measured: access tokens verified against the issuer's keys,
// and each person shown their own holdings only.
//
//     PEER_PORT, PEER_JWKS_URL, PEER_GRAPH_URL, PEER_GRAPH_USER, PEER_GRAPH_PASSWORD, PEER_GRAPH_DATABASE

import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

const { PEER_PORT, PEER_JWKS_URL, PEER_GRAPH_URL, PEER_GRAPH_USER, PEER_GRAPH_PASSWORD, PEER_GRAPH_DATABASE } =
  process.env;

const typeDefs = `#graphql
  type JWT @jwt {
    sub: String!
  }

  type Subject @node @authorization(filter: [{ where: { node: { id: { eq: "$jwt.sub" } } } }]) {
    id: ID!
    holdings: [Holding!]! @relationship(type: "HAS_HOLDING", direction: OUT)
  }

  type Holding @node {
    id: ID!
    since: String!
    cover: [PeerCover!]! @relationship(type: "COVERED_BY", direction: OUT)
  }

  type PeerCover @node {
    id: ID!
    service: [Service!]! @relationship(type: "OF_SERVICE", direction: OUT)
    category: [DataCategory!]! @relationship(type: "OF_CATEGORY", direction: OUT)
    purposes: [Purpose!]! @relationship(type: "FOR_PURPOSE", direction: OUT)
    recipients: [Recipient!]! @relationship(type: "TO_RECIPIENT", direction: OUT)
  }

  type Service @node {
    key: String!
    name: String!
  }

  type DataCategory @node {
    key: String!
    name: String!
  }

  type Purpose @node {
    key: String!
    name: String!
  }

  type Recipient @node {
    key: String!
    name: String
  }
`;

const driver = neo4j.driver(PEER_GRAPH_URL, neo4j.auth.basic(PEER_GRAPH_USER, PEER_GRAPH_PASSWORD));
const peer = new Neo4jGraphQL({
  typeDefs,
  driver,
  features: { authorization: { key: { url: PEER_JWKS_URL } } },
});
const server = new ApolloServer({ schema: await peer.getSchema(), introspection: false });
await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: Number(PEER_PORT) },
  context: async ({ req }) => ({
    token: req.headers.authorization,
    sessionConfig: { database: PEER_GRAPH_DATABASE, defaultAccessMode: neo4j.session.READ },
    // The embedded engine does not know the prefix CYPHER 5.
    cypherQueryOptions: { addVersionPrefix: false },
  }),
});
console.log("ready");
