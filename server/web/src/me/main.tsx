import { openPage } from "../shared/page/open";
import { views } from "./views";

openPage({ at: "/me", title: "me.title", for: "SUBJECT", views });
