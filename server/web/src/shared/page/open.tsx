import "virtual:theme.css";
import "../theme/page.css";
import { MantineProvider } from "@mantine/core";
import { focusManager, QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/react-router/v8";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { answerClient } from "../client/answers";
import { Failure } from "../client/failure";
import { theme } from "../theme/theme";
import { Fault } from "./Fault";
import { Page, type PageProps } from "./Page";

const answers = answerClient();

// Of two windows beside each other both are seen all the time: the focus tells to which one somebody comes back.
focusManager.setEventListener((onFocus) => {
  const back = () => onFocus();
  window.addEventListener("visibilitychange", back);
  window.addEventListener("focus", back);
  return () => {
    window.removeEventListener("visibilitychange", back);
    window.removeEventListener("focus", back);
  };
});

/** Draws a page with its views. */
export function openPage(page: PageProps): void {
  const place = document.getElementById("page");
  if (!place) throw new Error("the page has no place to be drawn in");
  createRoot(place, {
    // A view that could not be loaded for want of a connection is no fault of the page.
    onCaughtError: (error) => error instanceof Failure || console.error(error),
  }).render(
    <StrictMode>
      {/* The stylesheet of the theme is a file: see vite.config.ts. */}
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <Fault>
          <QueryClientProvider client={answers}>
            <BrowserRouter basename={page.at}>
              {/* Through the router: links keep what an address says, and it has to know. */}
              <NuqsAdapter defaultOptions={{ shallow: false }}>
                <Page {...page} />
              </NuqsAdapter>
            </BrowserRouter>
          </QueryClientProvider>
        </Fault>
      </MantineProvider>
    </StrictMode>,
  );
}
