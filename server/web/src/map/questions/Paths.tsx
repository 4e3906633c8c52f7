import { Button } from "@mantine/core";
import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import { Fragment, useMemo } from "react";
import { PathsDocument, type PathsQuery } from "../../gql/graphql";
import { keyOf } from "../../shared/client/answers";
import { ask as askService } from "../../shared/client/ask";
import { Answered, Failed, State } from "../../shared/states";
import { t } from "../../shared/texts";
import type { Kind, Network } from "../network/network";
import { useRevision } from "../revision/useRevision";
import { ElementLink } from "../words/ElementLink";
import { called, namedOf } from "../words/named";
import { inputsOf } from "./address";
import { ElementsInput } from "./ElementsInput";
import classes from "./Questions.module.css";
import { Suggestions } from "./Suggestions";
import { pathSuggestions } from "./suggested";

interface PathsProps {
  network: Network;
  from: readonly string[];
  to: readonly string[];
  ask: (names: { from?: string[]; to?: string[] }) => void;
}

const BEGINS: readonly Kind[] = ["SERVICE", "DATA_CATEGORY", "SOURCE", "RECIPIENT"];
const ENDS: readonly Kind[] = ["RECIPIENT", "COUNTRY", "SERVICE", "DATA_CATEGORY"];

/** Which ways data takes from some elements to others, hop by hop. */
export function Paths({ network, from, to, ask }: PathsProps) {
  const suggestions = useMemo(() => pathSuggestions(network), [network]);
  const isAsked = from.length > 0 || to.length > 0;
  return (
    <>
      <div className={classes.line}>
        <ElementsInput
          network={network}
          kinds={BEGINS}
          label={t("paths.from")}
          placeholder={t("paths.from.any")}
          value={from}
          onChange={(names) => ask({ from: names })}
        />
        <ElementsInput
          network={network}
          kinds={ENDS}
          label={t("paths.to")}
          placeholder={t("paths.to.any")}
          value={to}
          onChange={(names) => ask({ to: names })}
        />
      </div>
      {!isAsked && <Suggestions suggestions={suggestions} ask={ask} />}
      {isAsked ? (
        <Answer network={network} from={from} to={to} />
      ) : (
        <State icon={ArrowLeftRight} title={t("paths.ask")} hint={t("paths.ask.hint")} />
      )}
    </>
  );
}

function Answer({ network, from, to }: Pick<PathsProps, "network" | "from" | "to">) {
  const { variables } = useRevision();
  const asked = {
    ...variables,
    from: from.length > 0 ? inputsOf(from) : null,
    to: to.length > 0 ? inputsOf(to) : null,
  };
  const answer = useInfiniteQuery({
    queryKey: [...keyOf(PathsDocument as never, asked), "pages"],
    queryFn: ({ pageParam, signal }) => askService(PathsDocument, { ...asked, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ dataMap }) => (dataMap?.paths?.pageInfo.hasNextPage ? dataMap.paths.pageInfo.endCursor : null),
  });
  // What goes wrong with more of them is said where they would stand.
  const { isFetchNextPageError } = answer;
  return (
    <Answered answer={{ ...answer, error: isFetchNextPageError ? null : answer.error }} what={t("paths.loading")}>
      {(data) => <Found network={network} data={data} answer={answer} />}
    </Answered>
  );
}

interface FoundProps {
  network: Network;
  data: InfiniteData<PathsQuery>;
  answer: Pick<
    UseInfiniteQueryResult,
    "error" | "fetchNextPage" | "hasNextPage" | "isFetchNextPageError" | "isFetchingNextPage"
  >;
}

function Found({ network, data, answer }: FoundProps) {
  const more = () => void answer.fetchNextPage();
  const pages = data.pages.flatMap(({ dataMap }) => dataMap?.paths ?? []);
  const paths = pages.flatMap((page) => page.nodes);
  const { totalCount: total = 0, isComplete = true } = pages[0] ?? {};
  return (
    <section aria-label={t("paths.answer")}>
      <p className={classes.summary} role="status">
        {total === 0 ? t("paths.none") : t("paths.count", { count: total })}
      </p>
      {!isComplete && <p className={classes.cut}>{t("paths.incomplete")}</p>}
      <ol className={`rows-on-a-card ${classes.paths}`}>
        {paths.map((path) => (
          <Path key={path.hops.map(({ element }) => element.key).join(">")} network={network} path={path} />
        ))}
      </ol>
      {answer.hasNextPage && (
        <Button variant="default" loading={answer.isFetchingNextPage} onClick={more}>
          {t("paths.more", { count: total - paths.length })}
        </Button>
      )}
      {answer.isFetchNextPageError && <Failed small error={answer.error} retry={more} />}
    </section>
  );
}

type PathOf = NonNullable<NonNullable<PathsQuery["dataMap"]>["paths"]>["nodes"][number];

function Path({ network, path: { hops, isIdentifiable } }: { network: Network; path: PathOf }) {
  const facts = new Set(hops.flatMap(({ by }) => by.map((fact) => called(network, namedOf(fact)).name)));
  return (
    <li className={classes.path}>
      {hops.map(({ element }, place) => (
        <Fragment key={`${element.__typename} ${element.key}`}>
          {place > 0 && (
            <span className={classes.arrow}>
              <span aria-hidden>→</span>
              <span className="seen-by-readers-only">{t("paths.then")}</span>
            </span>
          )}
          <ElementLink element={namedOf(element)} />
        </Fragment>
      ))}
      {!isIdentifiable && <span className={classes.note}>{t("paths.anonymous")}</span>}
      {facts.size > 0 && <p className={classes.by}>{t("paths.by", { names: [...facts].join("; ") })}</p>}
    </li>
  );
}
