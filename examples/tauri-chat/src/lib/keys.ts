/** Keys that work everywhere in the chat. */

export type Action =
  | { to: "search" }
  | { to: "help" }
  | { to: "room"; index: number }
  | { to: "neighbour"; step: 1 | -1 };

export type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/** What a key asks for; `isTyping` while a field has the focus, where `?` is a letter. */
export function actionOf(
  { key, ctrlKey, metaKey, altKey }: Key,
  isTyping: boolean,
): Action | undefined {
  const isCommand = (ctrlKey || metaKey) && !altKey;
  if (isCommand && key.toLowerCase() === "k") return { to: "search" };
  if (isCommand && /^[1-9]$/.test(key)) return { to: "room", index: Number(key) - 1 };
  if (ctrlKey || metaKey) return undefined;
  if (altKey && key === "ArrowUp") return { to: "neighbour", step: -1 };
  if (altKey && key === "ArrowDown") return { to: "neighbour", step: 1 };
  return key === "?" && !altKey && !isTyping ? { to: "help" } : undefined;
}

export const HELP: readonly (readonly [keys: string, what: string])[] = [
  ["Enter", "Send the message"],
  ["Shift Enter", "Begin a new line"],
  ["Ctrl K", "Search messages and people"],
  ["Ctrl 1 … 9", "Go to a room"],
  ["Alt ↑ ↓", "Previous or next room"],
  ["Esc", "Close what is open"],
  ["?", "Show these keys"],
];
