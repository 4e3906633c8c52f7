import type { ElementKind, NamedFragment } from "../../gql/graphql";
import { t } from "../../shared/texts";
import { type Network, nameOf } from "../network/network";

export interface NamedElement {
  kind: ElementKind;
  key: string;
  /** What people call it; the key of a processing or a disclosure, which has no name. */
  name: string;
}

/** `DataCategory` is `DATA_CATEGORY`. */
export const kindOf = (typename: NamedFragment["__typename"]): ElementKind =>
  typename.replaceAll(/\B[A-Z]/g, (letter) => `_${letter}`).toUpperCase() as ElementKind;

/** An element that an answer names by the fragment `Named`. */
export function namedOf(element: NamedFragment): NamedElement {
  const name =
    element.__typename === "Recipient" ? (element.ownName ?? element.description) : "name" in element && element.name;
  return { kind: kindOf(element.__typename), key: element.key, name: name || element.key };
}

/** The same; a processing or a disclosure by who does what. */
export function called({ elements, factNamed }: Network, element: NamedElement): NamedElement {
  const fact = factNamed.get(nameOf(element));
  if (!fact) return element;
  const nameAt = (place: number) => {
    const { name = "", isNamed = true } = elements[place] ?? {};
    // What has no name is called by a sentence.
    return isNamed ? name : name.replace(/\.$/, "");
  };
  const services = briefly(fact.services.map(nameAt), ", ");
  const categories = briefly(fact.categories.map(nameAt), ", ");
  const purpose = nameAt(fact.purpose);
  const name =
    fact.recipient === null
      ? t("fact.PROCESSING", { services, categories, purpose })
      : t("fact.DISCLOSURE", { services, categories, recipient: nameAt(fact.recipient), purpose });
  return { ...element, name };
}

const NAMES_AT_MOST = 4;

/** Names in a line: the first ones, and how many more there are. */
export function briefly(names: readonly string[], between: string): string {
  if (names.length <= NAMES_AT_MOST) return names.join(between);
  const first = names.slice(0, NAMES_AT_MOST - 1);
  return [...first, t("picture.node.rest", { count: names.length - first.length })].join(between);
}

/** All kinds, those that the picture draws first. */
export const KINDS_IN_ORDER: readonly ElementKind[] = [
  "CONTROLLER",
  "SOURCE",
  "SERVICE",
  "DATA_CATEGORY",
  "PURPOSE",
  "RECIPIENT",
  "COUNTRY",
  "PROCESSING",
  "RETENTION_RULE",
  "DISCLOSURE",
  "DISCLOSURE_CASE",
  "SAFEGUARD",
  "EXCLUSION",
  "RIGHT",
  "MEASURE",
];
