import { UnstyledButton } from "@mantine/core";
import { BookOpenText, ChevronDown, Link2 } from "lucide-react";
import { useId, useState } from "react";
import { Answered } from "../../shared/states";
import { t } from "../../shared/texts";
import classes from "./Clauses.module.css";
import { usePolicyClauses } from "./usePolicyClauses";

interface Cited {
  key: string;
  number: string;
  /** What it says, where that is known already. */
  text?: string;
}

interface ClausesProps {
  /** The number of the policy's revision; null where that was taken back: then the text that is known is shown. */
  revision: number | null;
  clauses: readonly Cited[];
  /** What they state, for those who do not see what they stand beside. */
  of: string;
}

/** The sentences of the policy that something rests on: that there are some at once, what they say when asked for. */
export function Clauses({ revision, clauses, of }: ClausesProps) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  if (!clauses.length) return <p className={classes.none}>{t("clauses.none")}</p>;
  return (
    <div className={classes.clauses}>
      <UnstyledButton
        className={classes.show}
        aria-expanded={opened}
        aria-controls={id}
        onClick={() => setOpened(!opened)}
      >
        <BookOpenText aria-hidden size={15} strokeWidth={1.75} />
        {t("clauses.show")}
        <span className={classes.count}>{t("clauses.count", { count: clauses.length })}</span>
        <span className="seen-by-readers-only">{t("clauses.of", { what: of })}</span>
        <ChevronDown aria-hidden size={14} className={classes.chevron} />
      </UnstyledButton>
      <div id={id} hidden={!opened}>
        {opened && (revision === null ? <Known clauses={clauses} /> : <Texts revision={revision} clauses={clauses} />)}
      </div>
    </div>
  );
}

function Known({ clauses }: Pick<ClausesProps, "clauses">) {
  return (
    <ul className={classes.texts}>
      {clauses.map(({ key, number, text }) => (
        <li key={key} className={classes.text}>
          <span>{number}</span>
          <p className={classes.words}>{text}</p>
        </li>
      ))}
    </ul>
  );
}

function Texts({ revision, clauses }: { revision: number; clauses: readonly Cited[] }) {
  const answer = usePolicyClauses(revision);
  return (
    <Answered answer={answer} small what={t("clauses.loading")}>
      {(found) => (
        <ul className={classes.texts}>
          {clauses.map(({ key, number }) => (
            <li key={key} className={classes.text}>
              <a
                className={classes.number}
                href={`/policy/${revision}#clause-${key}`}
                aria-label={t("clauses.link", { number })}
              >
                <Link2 aria-hidden size={13} strokeWidth={2} />
                {number}
              </a>
              {/* biome-ignore lint/security/noDangerouslySetInnerHtml: the service sanitises it, and says so */}
              <div className={classes.words} dangerouslySetInnerHTML={{ __html: found.get(key)?.html ?? "" }} />
            </li>
          ))}
        </ul>
      )}
    </Answered>
  );
}
