import { UserRound } from "lucide-react";
import type { View } from "../shared/page/view";

/** The views of `/me`, in the order of its navigation. A view stands in a folder of its own beside this file. */
export const views: readonly View[] = [
  { path: "", title: "me.views.overview", icon: UserRound, load: () => import("./overview/Overview") },
];
