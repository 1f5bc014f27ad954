// Every screen with its address. What is not needed for the first sight is loaded when it is first opened.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { isRefusal, post } from "../api/client";
import { door, type Here, me } from "../api/desk";
import { filtersOf } from "../calls/filters";
import { tableRows } from "../cards/rows";
import { about, type Filter, filterOf, type Kind } from "../api/table";
import { Home } from "../home/Home";
import { NotFound, Stopped } from "./lost";
import { Desk } from "./Shell";
import { bring, speak } from "./texts";
import { Frame } from "./Frame";
import { Loading } from "./Loading";

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Frame,
  notFoundComponent: NotFound,
});

/** Only an address of ours is gone back to. */
export const ours = (to: unknown): string =>
  typeof to === "string" && /^\/(?![/\\])/.test(to) && !/^\/sign-in/.test(to) ? to : "/";

async function here(client: QueryClient, href: string): Promise<Here> {
  try {
    const found = await client.query({ ...me, staleTime: "static" });
    await speak(found.language);
    return found;
  } catch (error) {
    if (isRefusal(error, 401)) {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router goes elsewhere
      throw redirect({ to: "/sign-in", search: href === "/" ? {} : { to: href } });
    }
    throw error;
  }
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("../signing/SignIn"), "SignIn"),
  validateSearch: (search: Record<string, unknown>): { to?: string; ended?: boolean } => ({
    ...(search.to === undefined ? {} : { to: ours(search.to) }),
    ...(search.ended === true ? { ended: true } : {}),
  }),
  loader: ({ context }) => context.client.query(door),
});

// A one-time link: its token stands after #, which no server and no log ever sees.
const link = createRoute({
  getParentRoute: () => root,
  path: "/link",
  component: lazyRouteComponent(() => import("../signing/OneTimeLink"), "OneTimeLink"),
});

const choose = createRoute({
  getParentRoute: () => root,
  path: "/choose",
  component: lazyRouteComponent(() => import("../signing/Choose"), "Choose"),
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    search.to === undefined ? {} : { to: ours(search.to) },
  beforeLoad: async ({ context, location, search }) => {
    const found = await here(context.client, location.href);
    const [first, ...others] = found.accounts;
    if (found.account !== null || first === undefined || others.length > 0) return;
    // Where there is only one company, nobody is asked which.
    context.client.setQueryData(me.queryKey, await post<Here>("/desk/account", { id: first.id }));
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router goes elsewhere
    throw redirect({ href: search.to ?? "/" });
  },
});

const oauth = createRoute({
  getParentRoute: () => root,
  path: "/oauth",
  component: lazyRouteComponent(() => import("../consent/Consent"), "Consent"),
  validateSearch: (
    search: Record<string, unknown>,
  ): { client_id: string; state?: string; mode?: string } => ({
    client_id: word(search.client_id) ?? "",
    ...given("state", word(search.state)),
    ...given("mode", word(search.mode)),
  }),
  beforeLoad: async ({ context, location }) => {
    const found = await here(context.client, location.href);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router goes elsewhere
    if (!found.account) throw redirect({ to: "/choose", search: { to: location.href } });
  },
});

const word = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
const given = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, string>>;

const desk = createRoute({
  getParentRoute: () => root,
  id: "desk",
  component: Desk,
  beforeLoad: async ({ context, location }) => {
    const found = await here(context.client, location.href);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router goes elsewhere
    if (!found.account) throw redirect({ to: "/choose", search: { to: location.href } });
  },
});

const home = createRoute({ getParentRoute: () => desk, path: "/", component: Home });

/** A table's first rows are asked for while its code is being loaded. */
function askRows(kind: Kind) {
  return ({ context, deps, cause }: { context: { client: QueryClient }; deps: Filter; cause: string }) => {
    if (cause !== "preload") performance.mark("table-asked");
    const zone = context.client.getQueryData(me.queryKey)?.account?.time_zone ?? "UTC";
    // What goes wrong is told by the screen itself.
    context.client.infiniteQuery(tableRows(kind, deps, zone)).catch(() => undefined);
    context.client.query(about(kind)).catch(() => undefined);
  };
}
const asTable = {
  validateSearch: filterOf,
  loaderDeps: ({ search }: { search: Filter }) => search,
};
const contacts = createRoute({
  getParentRoute: () => desk,
  path: "/contacts",
  ...asTable,
  loader: askRows("contacts"),
  component: lazyRouteComponent(() => import("../cards/CardTable"), "Contacts"),
});
const companies = createRoute({
  getParentRoute: () => desk,
  path: "/companies",
  ...asTable,
  loader: askRows("companies"),
  component: lazyRouteComponent(() => import("../cards/CardTable"), "Companies"),
});
const customers = createRoute({
  getParentRoute: () => desk,
  path: "/customers",
  ...asTable,
  loader: askRows("customers"),
  component: lazyRouteComponent(() => import("../cards/CardTable"), "Customers"),
});
const leadsTable = createRoute({
  getParentRoute: () => desk,
  path: "/leads/list",
  ...asTable,
  loader: askRows("leads"),
  component: lazyRouteComponent(() => import("./Leads"), "LeadsTable"),
});
const leads = createRoute({
  getParentRoute: () => desk,
  path: "/leads",
  validateSearch: filterOf,
  component: lazyRouteComponent(() => import("./Leads"), "LeadsBoard"),
});
const contact = createRoute({
  getParentRoute: () => desk,
  path: "/contacts/$id",
  component: lazyRouteComponent(() => import("../cards/CardPage"), "ContactPage"),
});
const company = createRoute({
  getParentRoute: () => desk,
  path: "/companies/$id",
  component: lazyRouteComponent(() => import("../cards/CardPage"), "CompanyPage"),
});
const lead = createRoute({
  getParentRoute: () => desk,
  path: "/leads/$id",
  component: lazyRouteComponent(() => import("../cards/CardPage"), "LeadPage"),
});
const customer = createRoute({
  getParentRoute: () => desk,
  path: "/customers/$id",
  component: lazyRouteComponent(() => import("../cards/CardPage"), "CustomerPage"),
});
const tasks = createRoute({
  getParentRoute: () => desk,
  path: "/tasks",
  component: lazyRouteComponent(() => import("../tasks/TasksPage"), "TasksPage"),
});

const calls = createRoute({
  getParentRoute: () => desk,
  path: "/calls",
  validateSearch: filtersOf,
  component: lazyRouteComponent(() => import("../calls/Calls"), "Calls"),
});

const unsorted = createRoute({
  getParentRoute: () => desk,
  path: "/unsorted",
  component: lazyRouteComponent(() => import("../inbox/Unsorted"), "Unsorted"),
});

const settings = createRoute({
  getParentRoute: () => desk,
  path: "/settings",
  component: lazyRouteComponent(() => import("../settings/Settings"), "Settings"),
});
const settingsFirst = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- this is how the router goes elsewhere
    throw redirect({ to: "/settings/me", replace: true });
  },
});

const page = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => settings, path, component });

const tree = root.addChildren([
  signIn,
  link,
  choose,
  oauth,
  desk.addChildren([
    home,
    contacts,
    companies,
    customers,
    leads,
    leadsTable,
    contact,
    company,
    lead,
    customer,
    tasks,
    calls,
    unsorted,
    settings.addChildren([
      settingsFirst,
      page(
        "me",
        lazyRouteComponent(() => import("../settings/Me"), "Me"),
      ),
      page(
        "sessions",
        lazyRouteComponent(() => import("../settings/Sessions"), "Sessions"),
      ),
      page(
        "company",
        lazyRouteComponent(() => import("../settings/CompanyPage"), "CompanyPage"),
      ),
      page(
        "people",
        lazyRouteComponent(() => import("../settings/People"), "People"),
      ),
      page(
        "groups",
        lazyRouteComponent(() => import("../settings/Groups"), "Groups"),
      ),
      page(
        "roles",
        lazyRouteComponent(() => import("../settings/Roles"), "Roles"),
      ),
      page(
        "pipelines",
        lazyRouteComponent(async () => {
          await bring("pipelines");
          return import("../settings/Pipelines");
        }, "Pipelines"),
      ),
      page(
        "fields",
        lazyRouteComponent(async () => {
          await bring("fields");
          return import("../settings/Fields");
        }, "Fields"),
      ),
      page(
        "lines",
        lazyRouteComponent(() => import("../settings/Lines"), "Lines"),
      ),
      page(
        "phones",
        lazyRouteComponent(() => import("../settings/Phones"), "Phones"),
      ),
      page(
        "recordings",
        lazyRouteComponent(() => import("../settings/Keeping"), "Keeping"),
      ),
      page(
        "integrations",
        lazyRouteComponent(() => import("../settings/Integrations"), "Integrations"),
      ),
      page(
        "tokens",
        lazyRouteComponent(() => import("../settings/Tokens"), "Tokens"),
      ),
      page(
        "webhooks",
        lazyRouteComponent(() => import("../settings/Webhooks"), "Webhooks"),
      ),
      page(
        "webhooks/$id",
        lazyRouteComponent(() => import("../settings/Deliveries"), "Deliveries"),
      ),
      page(
        "audit",
        lazyRouteComponent(() => import("../settings/Audit"), "Audit"),
      ),
    ]),
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultPendingMs: 300,
    defaultPendingMinMs: 0,
    defaultPendingComponent: Loading,
    defaultErrorComponent: Stopped,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
