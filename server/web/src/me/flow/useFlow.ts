import { useMemo } from "react";
import { t } from "../../shared/texts";
import type { Holding } from "../answer/useMe";
import { flowOf } from "./flow";

/** Where data goes, in the words of the catalogue. */
export const useFlow = (rows: readonly Holding[], all: boolean) =>
  useMemo(() => flowOf(rows, all, { you: t("flow.you"), noCountry: t("flow.noCountry") }), [rows, all]);
