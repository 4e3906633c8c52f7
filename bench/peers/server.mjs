// @neo4j/graphql with Apollo Server on the graph that is measured: access tokens verified against the issuer's keys,
// and each person shown their own holdings only.
//
// That is seen to before the operation, from its variable `id`. The library's own @authorization would compare it in
// the statement, after a WITH that keeps the embedded engine from its index: it would read every subject.
//
//     PEER_PORT, PEER_JWKS_URL, PEER_GRAPH_URL, PEER_GRAPH_USER, PEER_GRAPH_PASSWORD, PEER_GRAPH_DATABASE

import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { GraphQLError } from "graphql";
import { createRemoteJWKSet, jwtVerify } from "jose";
import neo4j from "neo4j-driver";

const { PEER_PORT, PEER_JWKS_URL, PEER_GRAPH_URL, PEER_GRAPH_USER, PEER_GRAPH_PASSWORD, PEER_GRAPH_DATABASE } =
  process.env;

const typeDefs = `#graphql
  type Subject @node {
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
    purposes: [PeerPurpose!]! @relationship(type: "HAS_PURPOSE", direction: OUT)
    recipients: [PeerRecipient!]! @relationship(type: "MAY_REACH", direction: OUT)
  }

  type PeerPurpose @node {
    status: String!
    purpose: [Purpose!]! @relationship(type: "FOR_PURPOSE", direction: OUT)
  }

  type PeerRecipient @node {
    status: String!
    recipient: [Recipient!]! @relationship(type: "TO_RECIPIENT", direction: OUT)
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
const keys = createRemoteJWKSet(new URL(PEER_JWKS_URL));
const peer = new Neo4jGraphQL({ typeDefs, driver });
const server = new ApolloServer({ schema: await peer.getSchema(), introspection: false });
await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port: Number(PEER_PORT) },
  context: async ({ req }) => {
    const { payload } = await jwtVerify(req.headers.authorization.replace("Bearer ", ""), keys);
    if (req.body.variables.id !== payload.sub) {
      throw new GraphQLError("Ask about yourself", { extensions: { code: "FORBIDDEN" } });
    }
    return {
      sessionConfig: { database: PEER_GRAPH_DATABASE, defaultAccessMode: neo4j.session.READ },
      // The embedded engine does not know the prefix CYPHER 5.
      cypherQueryOptions: { addVersionPrefix: false },
    };
  },
});
console.log("ready");
