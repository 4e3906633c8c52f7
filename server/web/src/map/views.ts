import {
  History,
  MessageCircleQuestion,
  ShieldCheck,
  SquareSplitHorizontal,
  Table2,
  UserRoundSearch,
  Waypoints,
} from "lucide-react";
import type { View } from "../shared/page/view";

/** The views of `/map`, in the order of its navigation. A view stands in a folder of its own beside this file. */
export const views: readonly View[] = [
  { path: "", title: "map.views.picture", icon: Waypoints, load: () => import("./picture/Picture") },
  {
    path: "questions",
    title: "map.views.questions",
    icon: MessageCircleQuestion,
    load: () => import("./questions/Questions"),
  },
  {
    path: "coverage",
    title: "map.views.coverage",
    icon: SquareSplitHorizontal,
    load: () => import("./coverage/Coverage"),
  },
  { path: "checks", title: "map.views.checks", icon: ShieldCheck, load: () => import("./checks/Checks") },
  { path: "time", title: "map.views.time", icon: History, load: () => import("./time/Time") },
  { path: "records", title: "map.views.records", icon: Table2, load: () => import("./records/Records") },
  { path: "person/:id?", title: "map.views.person", icon: UserRoundSearch, load: () => import("./person/Person") },
];
