import { OutlineDocument } from "../../gql/graphql";
import { useAnswer } from "../../shared/client/answers";
import { useRevision } from "../revision/useRevision";
import { type Network, networkOf, type Outline } from "./network";

/** The map of the revision that is looked at, asked for once by all views of it. */
export function useOutline() {
  const { variables } = useRevision();
  return useAnswer(OutlineDocument, variables);
}

/** Made once of each outline, however many ask for it. */
const networks = new WeakMap<Outline, Network>();

/** The network of the map that is looked at; undefined until it is there. */
export function useNetwork(): Network | undefined {
  const outline = useOutline().data?.dataMap?.outline;
  if (!outline) return undefined;
  const network = networks.get(outline) ?? networkOf(outline);
  networks.set(outline, network);
  return network;
}
