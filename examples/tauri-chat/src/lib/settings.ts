/** What is remembered from one start of the app to the next. */

export interface Settings {
  name: string;
  rooms: string[];
}

const KEY = "aldis-chat.settings";

export function loadSettings(storage: Storage): Settings {
  const text = storage.getItem(KEY);
  return text === null ? { name: "", rooms: [] } : (JSON.parse(text) as Settings);
}

export function saveSettings(storage: Storage, settings: Settings): void {
  storage.setItem(KEY, JSON.stringify(settings));
}
