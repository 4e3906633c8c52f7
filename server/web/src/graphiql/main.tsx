import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./page.css";
import { GraphiQL } from "graphiql";
import { getOperationAST, OperationTypeNode } from "graphql";
import { createClient } from "graphql-sse";
import { createRoot } from "react-dom/client";
import { pageHeaders } from "../shared/client/ask";
import { loadSession } from "../shared/client/session";
import { EXAMPLES } from "./examples";

type Fetcher = Parameters<typeof GraphiQL>[0]["fetcher"];

const streams = createClient({ url: "/graphql", headers: pageHeaders });

// In development mode it is for everybody: then it is nobody's.
const opened = loadSession().catch(() => null);

const ask: Fetcher = async (params, options) => {
  await opened;
  const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
  if (operation?.operation === OperationTypeNode.SUBSCRIPTION) {
    return streams.iterate({ ...params, operationName: params.operationName ?? undefined }) as ReturnType<Fetcher>;
  }
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { ...pageHeaders(), ...options?.headers, "Content-Type": "application/json" },
    body: JSON.stringify(params),
  });
  return (await response.json()) as Awaited<ReturnType<Fetcher>>;
};

const place = document.getElementById("page");
if (place) {
  createRoot(place).render(
    <main>
      <h1>GraphiQL</h1>
      <GraphiQL fetcher={ask} defaultTabs={EXAMPLES.map(({ query, variables = "" }) => ({ query, variables }))}>
        <GraphiQL.Logo>
          <a href="/" className="vitrine-home">
            Vitrine
          </a>
        </GraphiQL.Logo>
      </GraphiQL>
    </main>,
  );
}
