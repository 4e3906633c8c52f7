import { factsAbout, type Network } from "./network";
import type { SceneNode } from "./scene";

/** What is to be said of a node besides its name: of all that it stands for. */
export interface Marks {
  violations: number;
  gaps: number;
  /** Whether it has a name: a recipient that the policy does not name is called by what it is. */
  isNamed: boolean;
  /** Whether a clause states each. */
  isStated: boolean;
  /** Whether no fact names any, and nothing is there. */
  isApart: boolean;
  /** How many elements are inside, that are not drawn. */
  inside: number;
}

export function marksOf(network: Network, { stands, element }: SceneNode): Marks {
  const { elements, recipientsIn, engagedBy } = network;
  const isJoined = (place: number) =>
    [factsAbout(network, place), recipientsIn[place], engagedBy[place]].some((others) => (others?.length ?? 0) > 0);
  const sum = (count: (place: number) => number) => stands.reduce((all, place) => all + count(place), 0);
  return {
    violations: sum((place) => elements[place]?.violations ?? 0),
    gaps: sum((place) => elements[place]?.gaps ?? 0),
    isNamed: element === null || (elements[element]?.isNamed ?? true),
    isStated: stands.every((place) => elements[place]?.isStated),
    isApart: stands.length > 0 && !stands.some(isJoined),
    inside: stands.length - (element === null ? 0 : 1),
  };
}
