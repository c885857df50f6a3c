import { defineConfig } from "vite";

// `npm run dev` serves the pages while a gateway's control plane answers for them.
const gateway = "http://127.0.0.1:8081";

export default defineConfig({
  base: "/",
  build: {
    outDir: "../src/interfaces/control/static",
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
  },
  server: { proxy: { "/api": gateway } },
});
