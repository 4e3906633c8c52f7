import { BellRing, Database, Eye, LayoutDashboard, Scale, Share2, ToggleRight } from "lucide-react";
import type { View } from "../shared/page/view";
import { UnreadCount } from "./changes/UnreadCount";

/** The views of `/me`, in the order of its navigation. A view stands in a folder of its own beside this file. */
export const views: readonly View[] = [
  { path: "", title: "me.views.overview", icon: LayoutDashboard, load: () => import("./overview/Overview") },
  { path: "held", title: "me.views.held", icon: Database, load: () => import("./held/Held") },
  { path: "recipients", title: "me.views.recipients", icon: Share2, load: () => import("./recipients/Recipients") },
  { path: "choices", title: "me.views.choices", icon: ToggleRight, load: () => import("./choices/Choices") },
  {
    path: "changes",
    title: "me.views.changes",
    icon: BellRing,
    count: UnreadCount,
    load: () => import("./changes/Changes"),
  },
  { path: "looks", title: "me.views.looks", icon: Eye, load: () => import("./looks/Looks") },
  { path: "rights", title: "me.views.rights", icon: Scale, load: () => import("./rights/Rights") },
];
