// The lint of the contract: graphql-eslint's recommended rules for schemas, and its rules for Relay.

import { fileURLToPath } from "node:url";

import graphql from "@graphql-eslint/eslint-plugin";

const schema = fileURLToPath(new URL("../../schema.graphql", import.meta.url));

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema } },
    },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      // Stricter than recommended: the contract is read by people, field by field.
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
        },
      ],
      // An id says that `node(id:)` finds the thing again. Connections, payloads, errors and the rows of one person's
      // answer are values of that answer; what can be found again implements Node, whose id the type system demands.
      "@graphql-eslint/strict-id-in-types": "off",
      // Lists are paged forward only: a keyset has one direction.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      // Short lists that are always whole, such as the clauses of an element, are no connections; and a connection may
      // hold the rows of one person's answer, which are no nodes.
      "@graphql-eslint/relay-edge-types": [
        "error",
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
    },
  },
];
