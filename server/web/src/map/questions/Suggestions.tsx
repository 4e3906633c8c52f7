import { Button } from "@mantine/core";
import { CornerDownRight } from "lucide-react";
import classes from "./Questions.module.css";
import type { Suggestion } from "./suggested";

interface SuggestionsProps {
  suggestions: readonly Suggestion[];
  ask: (names: Omit<Suggestion, "text">) => void;
}

/** Questions that are asked by one click. */
export function Suggestions({ suggestions, ask }: SuggestionsProps) {
  if (suggestions.length === 0) return null;
  return (
    <div className={classes.suggestions}>
      {suggestions.map(({ text, ...names }) => (
        <Button
          key={text}
          variant="default"
          size="compact-sm"
          className={classes.suggestion ?? ""}
          leftSection={<CornerDownRight aria-hidden size={14} />}
          onClick={() => ask(names)}
        >
          {text}
        </Button>
      ))}
    </div>
  );
}
