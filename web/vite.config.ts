// How the pages are built into the server's folder, tried while writing (`npm run dev`) and tested.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// While writing, everything that is not a page is asked of a trubka started by `make run`.
const server = `http://127.0.0.1:${process.env.TRUBKA_PORT ?? "8080"}`;

const SMALLEST_PACKED = 1024; // bytes; below that, packing saves nothing

/** Each text file gets its .br and .gz beside it; the server sends the one that the browser takes. */
function packed(): Plugin {
  let folder = "";
  return {
    name: "packed",
    apply: "build",
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|svg|json)$/.test(name)) continue;
        const path = join(folder, name);
        const body = readFileSync(path);
        if (body.length < SMALLEST_PACKED) continue;
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        writeFileSync(`${path}.br`, brotliCompressSync(body, quality));
        writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }));
      }
    },
  };
}

/** The fonts come with the page, not after its styles, so that no text changes its shape before one's eyes. */
function fontsFirst(): Plugin {
  return {
    name: "fonts-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((name) => name.endsWith(".woff2"))
          .map((name) => ({
            tag: "link",
            attrs: { rel: "preload", href: `/${name}`, as: "font", type: "font/woff2", crossorigin: true },
            injectTo: "head" as const,
          })),
    },
  };
}

export default defineConfig(({ command }) => ({
  plugins: [react(), packed(), fontsFirst()],
  // The server puts a fresh nonce here with every answer.
  ...(command === "build" ? { html: { cspNonce: "__NONCE__" } } : {}),
  // Nothing becomes a data: address, so that the policy need not allow them for scripts and fonts.
  build: { outDir: "../server/trubka/web", emptyOutDir: true, target: "es2023", assetsInlineLimit: 0 },
  server: {
    host: "127.0.0.1",
    proxy: {
      "^/(api|desk|oauth2|ajax|private|openapi\\.json)(/|$|\\?)": server,
      "^/live(/|$|\\?)": { target: server, ws: true },
    },
  },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], isolate: false },
}));
