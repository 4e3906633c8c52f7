import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from ".";

/** Where a text may be named: in the code of the pages, and in their HTML. */
const SOURCE = ["src", "."]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: folder === "src", encoding: "utf-8" }).map((name) => `${folder}/${name}`),
  )
  .filter((name) => /(\.tsx?|^\.\/\w+\.html)$/.test(name) && !/(\.test\.ts|\.d\.ts)$|\/(texts|gql)\//.test(name))
  .map((name) => readFileSync(name, "utf-8"))
  .join("\n");

/** What the words for a value of the map begin with, beside which `told.ts` sets the value itself. */
const OF_VALUES = [...SOURCE.matchAll(/^ {2}"?[\w.]+"?: "([\w.]+)",$/gm)].map(([, start]) => `${start}.`);

const named = new Set([...SOURCE.matchAll(/"([\w.]+)"|%([\w.]+)%/g)].map(([, inCode, inHtml]) => inCode ?? inHtml));
const patterns = [...SOURCE.matchAll(/`([\w.]+\$\{[^`\n]*)`/g)].map(
  ([, template = ""]) =>
    new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "[^.]+")}$`),
);

test("every text is used", () => {
  const unused = Object.keys(catalogue).filter(
    (key) =>
      !named.has(key) &&
      !patterns.some((each) => each.test(key)) &&
      !OF_VALUES.some((start) => key.startsWith(start) && !key.slice(start.length).includes(".")),
  );
  expect(unused).toEqual([]);
});
