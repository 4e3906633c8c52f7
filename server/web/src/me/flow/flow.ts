import { type Going, goingOf } from "../answer/going";
import { calledOf, lineOf, type Part, uniqueBy } from "../answer/names";
import type { Holding } from "../answer/useMe";

export type FlowKind = "you" | "service" | "recipient" | "country";

export interface FlowNode {
  /** Unique in its flow, such as `service/vmmanager`. */
  id: string;
  kind: FlowKind;
  key: string;
  name: string;
}

export interface FlowEdge {
  from: string;
  to: string;
  going: Going;
}

/** Where data goes: you, the services that hold it, who receives it, the countries. Each kind in its order. */
export interface Flow {
  nodes: readonly FlowNode[];
  edges: readonly FlowEdge[];
}

export interface FlowTexts {
  you: string;
  noCountry: string;
}

/** Services that are shown one by one. */
const SERVICES_AT_MOST = 8;

type HeldRow = Pick<Holding, "serviceKey" | "recipients"> & { service?: Part | null };

/** `all`: not only who receives something now. */
export function flowOf(held: readonly HeldRow[], all: boolean, texts: FlowTexts): Flow {
  const you: FlowNode = { id: "you", kind: "you", key: "", name: texts.you };
  const serviceOf = serviceShown(held);
  const services = uniqueBy(held.map(serviceOf), (service) => service.id);
  const ways = held
    .flatMap((row) => row.recipients.map((each) => ({ service: serviceOf(row).id, ...each })))
    .filter((each) => all || each.status === "ACTIVE");
  const received = uniqueBy(ways, (way) => way.recipient.key).map((way) => way.recipient);
  const edges: FlowEdge[] = services.map((service) => ({ from: you.id, to: service.id, going: "NOW" }));
  for (const way of uniqueBy(ways, (each) => `${each.service} ${each.recipient.key}`)) {
    const same = ways.filter((each) => each.service === way.service && each.recipient.key === way.recipient.key);
    const going = goingOf(same.map((each) => each.status));
    edges.push({ from: way.service, to: `recipient/${way.recipient.key}`, going });
  }
  const recipients = received.map(
    (each): FlowNode => ({
      id: `recipient/${each.key}`,
      kind: "recipient",
      key: each.key,
      name: calledOf(each),
    }),
  );
  const countries: FlowNode[] = [];
  for (const each of received) {
    const going = goingOf(ways.filter((way) => way.recipient.key === each.key).map((way) => way.status));
    const places = each.countries.length ? each.countries : [{ key: "", name: texts.noCountry }];
    for (const { key, name } of places) {
      const id = `country/${key}`;
      if (!countries.some((known) => known.id === id)) countries.push({ id, kind: "country", key, name });
      edges.push({ from: `recipient/${each.key}`, to: id, going });
    }
  }
  return { nodes: [you, ...services, ...inOrderOf(recipients, services, edges), ...last(countries)], edges };
}

/** The service that stands for a row: of many services that which theirs is part of. */
function serviceShown(held: readonly HeldRow[]): (row: HeldRow) => FlowNode {
  const isMany = uniqueBy(held, (row) => row.serviceKey).length > SERVICES_AT_MOST;
  return (row) => {
    const [service = { key: row.serviceKey, name: row.serviceKey }, ...above] = lineOf(row);
    const { key, name } = (isMany ? above.at(-1) : undefined) ?? service;
    return { id: `service/${key}`, kind: "service", key, name };
  };
}

/** Who gets from the services above stands above: fewer lines cross. */
function inOrderOf(nodes: FlowNode[], before: readonly FlowNode[], edges: readonly FlowEdge[]): FlowNode[] {
  const place = new Map(before.map((node, index) => [node.id, index]));
  const mean = (node: FlowNode) => {
    const found = edges.filter((edge) => edge.to === node.id).map((edge) => place.get(edge.from) ?? 0);
    return found.reduce((sum, each) => sum + each, 0) / found.length;
  };
  return nodes.toSorted((one, other) => mean(one) - mean(other));
}

/** What the policy does not say stands below what it says. */
const last = (countries: FlowNode[]) => [
  ...countries.filter((each) => each.key !== ""),
  ...countries.filter((each) => each.key === ""),
];

/** The node and all that leads to it or from it. */
export function connectedTo(id: string, { edges }: Flow): ReadonlySet<string> {
  return new Set([...reached(id, edges, "from", "to"), ...reached(id, edges, "to", "from")]);
}

function reached(id: string, edges: readonly FlowEdge[], from: "from" | "to", to: "from" | "to"): Set<string> {
  const found = new Set([id]);
  for (const here of found) for (const edge of edges) if (edge[from] === here) found.add(edge[to]);
  return found;
}
