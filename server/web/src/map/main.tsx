import { openPage } from "../shared/page/open";
import { RevisionPicker } from "./revision/RevisionPicker";
import { views } from "./views";

openPage({ at: "/map", title: "map.title", for: "STAFF", views, tools: RevisionPicker });
