import { readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { EXAMPLES } from "./examples";

const schema = buildSchema(readFileSync("../../schema.graphql", "utf8"));

test.each(EXAMPLES)("an example asks what there is", ({ query, variables = "{}" }) => {
  expect(validate(schema, parse(query)).map(({ message }) => message)).toEqual([]);
  expect(() => JSON.parse(variables) as unknown).not.toThrow();
});
