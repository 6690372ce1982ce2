/** Light and dark: as the system has it, or as it was chosen. */

export type Choice = "system" | "light" | "dark";

const KEY = "aldis-chat.theme";
const CHOICES: readonly Choice[] = ["system", "light", "dark"];

const dark = matchMedia("(prefers-color-scheme: dark)");
let choice = $state<Choice>(remembered());

export const theme = {
  get choice(): Choice {
    return choice;
  },

  /** From one choice to the next. */
  cycle(): void {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? "system";
    localStorage.setItem(KEY, choice);
    apply();
  },

  /** Shows the theme, from now on also when the system changes. */
  start(): void {
    dark.addEventListener("change", apply);
    apply();
  },
};

function remembered(): Choice {
  const kept = localStorage.getItem(KEY);
  return CHOICES.find((known) => known === kept) ?? "system";
}

function apply(): void {
  const isDark = choice === "system" ? dark.matches : choice === "dark";
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}
