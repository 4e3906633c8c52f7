import { OutlineDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { useRevision } from "../revision/useRevision";
import { type Network, nameOf, networkOf, type Outline } from "./network";

/** The map of a revision, or else of that which is looked at; asked for once by all views of it. */
export function useOutline(revision?: number) {
  const { variables } = useRevision();
  return useAnswer(OutlineDocument, revision === undefined ? variables : { number: revision, asOf: null });
}

/** The country where the controller is, by the name of its element: it cannot go. */
export function useHome(): string | undefined {
  const controller = useOutline().data?.dataMap?.controller;
  return controller && nameOf({ kind: "COUNTRY", key: controller.country });
}

/** Made once of each outline, however many ask for it. */
const networks = new WeakMap<Outline, Network>();

/** The network of the map; undefined until it is there. */
export function useNetwork(revision?: number): Network | undefined {
  const outline = useOutline(revision).data?.dataMap?.outline;
  if (!outline) return undefined;
  const network = networks.get(outline) ?? networkOf(outline);
  networks.set(outline, network);
  return network;
}
