// Where the workspace begins.
import "./mantine.css";
import "./app.css";
import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Unreachable, isRefusal } from "../api/client";
import { lost, whenBack } from "./connection";
import { makeRouter } from "./routes";
import { firstLanguage, startTexts } from "./texts";
import { theme, variables } from "./theme";

const TRIES = 2;

// The server's policy lets in only styles that carry the nonce of this very page.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
Object.assign(globalThis, { __webpack_nonce__: nonce }); // read by the part of Mantine that locks scrolling

function heard(error: unknown): void {
  if (error instanceof Unreachable) lost();
  if (isRefusal(error, 401)) signedOut();
  if (isRefusal(error, 403) && error.message === "Choose a company first.")
    void router.navigate({ to: "/choose" });
}

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: heard }),
  mutationCache: new MutationCache({ onError: heard }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      networkMode: "always",
      retry: (count, error) => count < TRIES && !isRefusal(error) && !(error instanceof Unreachable),
    },
    mutations: { networkMode: "always" },
  },
});
const router = makeRouter(client);

/** The session has ended: what was loaded is forgotten, and the way back is kept. */
function signedOut(): void {
  const here = router.state.location;
  if (/^\/(sign-in|link)/.test(here.pathname)) return;
  client.clear();
  void router.navigate({ to: "/sign-in", search: { to: here.href, ended: true } });
}

whenBack(() => void client.invalidateQueries());

async function begin(place: HTMLElement): Promise<void> {
  await startTexts(firstLanguage());
  createRoot(place).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        defaultColorScheme="auto"
        {...(nonce === "" ? {} : { getStyleNonce: () => nonce })}
      >
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

const place = document.getElementById("root");
if (place) void begin(place);
