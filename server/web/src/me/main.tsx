import { openPage } from "../shared/page/open";
import { Tools } from "./Tools";
import { views } from "./views";

openPage({ at: "/me", title: "me.title", for: "SUBJECT", views, tools: Tools });
