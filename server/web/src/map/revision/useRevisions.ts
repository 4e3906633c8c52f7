import { RevisionsDocument } from "../../gql/graphql";
import { useWhole } from "../../shared/client/whole";

/** Of one a day, those of ten years. */
const REVISIONS_AT_MOST = 4_000;

/** All revisions, the newest first: which of them is in force, or was published last, no page of them alone says. */
export const useRevisions = () =>
  useWhole(RevisionsDocument, {}, ({ revisions }) => revisions, { rowsAtMost: REVISIONS_AT_MOST });
