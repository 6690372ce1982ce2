import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [svelte()],
  // The guest API is linked, and would bring its own copy.
  resolve: { dedupe: ["@tauri-apps/api"] },
  // Where `tauri.conf.json` looks for the page; another port would leave it with none.
  server: { port: 1420, strictPort: true },
  clearScreen: false,
  build: { target: "safari18" },
});
