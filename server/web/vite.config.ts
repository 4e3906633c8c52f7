import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { findText } from "./src/shared/texts/index.ts";
import { themeVariables } from "./src/shared/theme/variables.ts";

const PAGES = ["map", "me", "graphiql"];
const SERVICE = process.env.SERVICE ?? "http://127.0.0.1:8000";

/** The variables of the theme as a stylesheet: Mantine would write them into the page, which its policy forbids. */
function themeStylesheet(): Plugin {
  const name = "virtual:theme.css";
  return {
    name: "vitrine-theme",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? themeVariables() : undefined),
  };
}

/** Lays the manifest of the operations beside the pages that send them. */
function persistedDocuments(): Plugin {
  return {
    name: "vitrine-persisted-documents",
    apply: "build",
    generateBundle() {
      this.emitFile({
        type: "asset",
        fileName: "persisted-documents.json",
        source: readFileSync("src/gql/persisted-documents.json"),
      });
    },
  };
}

/** In the HTML of a page, `%map.title%` is the text of the catalogue with that key. */
function textsOfPages(): Plugin {
  const written = (_: string, key: string): string => {
    const text = findText(key);
    if (text === undefined) throw new Error(`the catalogue has no ${key}`);
    return text;
  };
  return {
    name: "vitrine-texts",
    transformIndexHtml: { order: "pre", handler: (html) => html.replaceAll(/%([\w.]+)%/g, written) },
  };
}

/** While developing: `/map/questions` is `map.html`, as the service has it. */
function addresses(): Plugin {
  return {
    name: "vitrine-addresses",
    configureServer(server) {
      server.middlewares.use((request, _, next) => {
        const page = PAGES.find((each) => request.url?.match(`^/${each}([/?]|$)`));
        if (page && !/\.\w+(\?|$)/.test(request.url ?? "")) request.url = `/${page}.html`;
        next();
      });
    },
  };
}

export default defineConfig({
  plugins: [react(), themeStylesheet(), persistedDocuments(), textsOfPages(), addresses()],
  build: {
    target: "es2024",
    // Nothing of a page stands in its HTML or in its stylesheets: the policy of the pages allows files alone.
    assetsInlineLimit: 0,
    // Kilobytes before compression, of GraphiQL's editor.
    chunkSizeWarningLimit: 3000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries(PAGES.map((page) => [page, `${page}.html`])),
      // GraphiQL's files speak to a compiler that has been over them already.
      onLog: (level, log, handle) => log.code !== "MODULE_LEVEL_DIRECTIVE" && handle(level, log),
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["graphql", "session", "sign-in", "signed-in", "sign-out", "policy", "reach", "records"].map((path) => [
        `/${path}`,
        { target: SERVICE, changeOrigin: true },
      ]),
    ),
  },
  test: { include: ["src/**/*.test.ts"], environment: "node", isolate: false },
});
