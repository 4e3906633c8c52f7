import { UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { t } from "../../shared/texts";
import classes from "./Names.module.css";

interface NamesProps {
  names: readonly string[];
  /** How many are shown at first. */
  first?: number;
}

/** Names in a row, with the rest of many on demand. */
export function Names({ names, first = 6 }: NamesProps) {
  const [whole, setWhole] = useState(false);
  // One name takes no more place than to say that there is one more.
  const shown = whole || names.length <= first + 1 ? names : names.slice(0, first);
  const more = names.length - shown.length;
  return (
    <>
      {shown.join(", ")}
      {more > 0 && (
        <>
          {", "}
          <UnstyledButton className={classes.more} onClick={() => setWhole(true)}>
            {t("me.list.more", { count: more })}
          </UnstyledButton>
        </>
      )}
    </>
  );
}
