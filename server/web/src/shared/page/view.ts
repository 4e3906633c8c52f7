import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type { PlainKey } from "../texts";

/** One view of a page, with an address of its own. */
export interface View {
  /** Below the page's: `questions` is `/map/questions`, `""` the page's own. `person/:id?` may name a parameter. */
  path: string;
  /** Its name in the navigation and in the title of the window. */
  title: PlainKey;
  icon: LucideIcon;
  /** Beside its name: how many things are new there, say. */
  count?: ComponentType;
  /** Its code, loaded when it is opened: `() => import("./questions/Questions")`, whose default is the component. */
  load: () => Promise<{ default: ComponentType }>;
}
