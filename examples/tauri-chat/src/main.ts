import { mount } from "svelte";

import "./styles/base.css";
import Root from "./components/Root.svelte";
import { App } from "./lib/app.svelte.js";
import { theme } from "./lib/theme.svelte.js";

theme.start();
const app = new App();
// Nothing is shown before it is known where we stand: the form to connect would flash by.
const start = app.start().then(
  () => undefined,
  (error: unknown) => error,
);
start.then((error) => mount(Root, { target: document.body, props: { app, error } }));
