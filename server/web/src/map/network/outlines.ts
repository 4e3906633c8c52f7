import type { Outline, OutlineElement, OutlineFact } from "./network";

/** Builders of outlines for tests, by keys. */
type Keyed<Of> = Partial<Of> & { key: string };

const KIND_OF = {
  sources: "SOURCE",
  services: "SERVICE",
  categories: "DATA_CATEGORY",
  purposes: "PURPOSE",
  recipients: "RECIPIENT",
  countries: "COUNTRY",
} as const;

interface Given extends Partial<Record<keyof typeof KIND_OF, readonly (string | GivenElement)[]>> {
  processings?: readonly { by: string; uses: string[]; from: string; for: string }[];
  disclosures?: readonly { of: string[]; discloses: string[]; to: string; for: string }[];
}

type GivenElement = Keyed<Omit<OutlineElement, "partOf" | "engages" | "countries" | "kind">> & {
  partOf?: string;
  engages?: string[];
  in?: string[];
};

/** An outline of elements and facts that name one another by key. */
export function anOutline(given: Given): Outline {
  const rows = Object.entries(KIND_OF).flatMap(([list, kind]) =>
    (given[list as keyof typeof KIND_OF] ?? []).map((each) => ({
      kind,
      ...(typeof each === "string" ? { key: each } : each),
    })),
  );
  const place = (kind: string, key: string): number => {
    const found = rows.findIndex((row) => row.kind === kind && row.key === key);
    if (found < 0) throw new Error(`no ${kind} ${key}`);
    return found;
  };
  const elements = rows.map(
    ({ partOf, engages = [], in: there = [], ...row }): OutlineElement => ({
      name: row.key,
      isNamed: true,
      detail: "",
      isStated: true,
      violations: 0,
      gaps: 0,
      ...row,
      partOf: partOf === undefined ? null : place(row.kind, partOf),
      engages: engages.map((key) => place("RECIPIENT", key)),
      countries: there.map((key) => place("COUNTRY", key)),
    }),
  );
  const fact = (number: number, own: Partial<OutlineFact>): OutlineFact => ({
    kind: "PROCESSING",
    key: `fact-${number}`,
    services: [],
    categories: [],
    source: null,
    purpose: 0,
    recipient: null,
    legalBasis: null,
    case: null,
    isIdentifiable: null,
    isStated: true,
    ...own,
  });
  const processings = (given.processings ?? []).map((each) => ({
    services: [place("SERVICE", each.by)],
    categories: each.uses.map((key) => place("DATA_CATEGORY", key)),
    source: place("SOURCE", each.from),
    purpose: place("PURPOSE", each.for),
  }));
  const disclosures = (given.disclosures ?? []).map((each) => ({
    kind: "DISCLOSURE" as const,
    services: each.of.map((key) => place("SERVICE", key)),
    categories: each.discloses.map((key) => place("DATA_CATEGORY", key)),
    recipient: place("RECIPIENT", each.to),
    purpose: place("PURPOSE", each.for),
  }));
  const facts = [...processings, ...disclosures].map((own, number) => fact(number, own));
  return { elements, facts, isComplete: true };
}

/** A shop with an app that sends mail through a mailer, whose cloud is elsewhere, and a desk that nobody hears from. */
export const aShop = () =>
  anOutline({
    sources: ["person", "logs", "registers"],
    services: ["shop", { key: "app", partOf: "shop" }, "desk"],
    categories: [
      "contact",
      { key: "email", partOf: "contact" },
      { key: "phone", partOf: "contact" },
      "usage",
      "health",
    ],
    purposes: ["orders", "ads", "support"],
    recipients: [
      { key: "mailer", detail: "PROCESSOR", engages: ["cloud"], in: ["CY"] },
      { key: "cloud", detail: "PROCESSOR", in: ["US"] },
      { key: "agency", detail: "AFFILIATE", in: ["CY"], gaps: 1 },
    ],
    countries: ["CY", { key: "US", detail: "NONE" }],
    processings: [
      { by: "shop", uses: ["contact"], from: "person", for: "orders" },
      { by: "app", uses: ["usage"], from: "logs", for: "ads" },
      { by: "desk", uses: ["contact", "usage"], from: "registers", for: "support" },
    ],
    disclosures: [
      { of: ["shop"], discloses: ["email"], to: "mailer", for: "orders" },
      { of: ["shop", "desk"], discloses: ["usage"], to: "agency", for: "ads" },
    ],
  });
