/** The app as the screen shows it, and all that can be done with it. */
import { type Connection, unsent } from "./connection.js";
import { History } from "./history.js";
import * as messages from "./messages.js";
import type { Chat } from "./messages.js";
import { type Settings, loadSettings, saveSettings } from "./settings.js";
import * as transport from "./transport.js";
import type { Said } from "./wire.js";

/** What comes is shown so often: many lines that come in a row are drawn at once. */
const SHOWING_MS = 32;

export class App {
  /** Where the server is. */
  url = $state("");
  /** What is shown of the chat: there is one from the first session until we sign out. */
  chat = $state.raw<Chat>();
  connection = $state.raw<Connection>({ state: "disconnected" });
  /** Why we could not sign in. */
  refusal = $state.raw<transport.SignalFailure>();
  /** Something to know about. */
  notice = $state.raw<string>();
  drafts = $state.raw<Record<string, string>>({});
  /** A line that is to be shown. */
  target = $state.raw<{ room: string; line: string }>();

  /** The chat as it is. */
  #chat: Chat | undefined;
  #showing: ReturnType<typeof setTimeout> | undefined;
  readonly #history = new History(sessionStorage);
  #settings = loadSettings(localStorage);
  #isSaving = false;

  get name(): string {
    return this.#settings.name;
  }

  /** Goes on where the page stood before it reloaded, if it did. */
  async start(): Promise<void> {
    const known = this.#history.load();
    if (known) ({ chat: this.#chat, drafts: this.drafts } = known);
    this.#show();
    await transport.listen({
      said: (said) => this.#hear(said),
      state: (change) => this.#changed(change),
      reconnecting: ({ attempt, delayMs }) => {
        const at = delayMs === null ? null : Date.now() + delayMs;
        this.connection = { ...this.connection, state: "reconnecting", attempt, at };
      },
      error: ({ code, message }) => {
        // Lines that were not sent say so themselves, and the banner why a server closed.
        if (code !== "messages_unsent" && code !== "server_error") this.notice = message;
      },
      missed: (count) => {
        this.notice = `${count} events came while this page was away, and are kept no longer.`;
      },
    });
    this.url = await transport.serverUrl();
  }

  async signIn(name: string, token: string): Promise<void> {
    this.refusal = undefined;
    this.connection = { state: "connecting" };
    this.#remember({ ...this.#settings, name });
    try {
      // The demo server takes the token for the user's id.
      await transport.connect(token || name);
      this.#enter();
    } catch (error) {
      const failure = transport.failureOf(error);
      if (failure.code !== "cancelled") this.refusal = failure;
      this.connection = { state: "disconnected" };
    }
  }

  /** Connects again; an attempt that is waited for begins now. */
  async reconnect(): Promise<void> {
    try {
      await transport.connect();
    } catch (error) {
      // Why a connection did not come about is said by the banner.
      const { code, message } = transport.failureOf(error);
      if (code === transport.REFUSED) this.notice = message;
    }
  }

  async disconnect(): Promise<void> {
    await this.#attempt(transport.disconnect());
  }

  /** Forgets what was said, and who we are. */
  async signOut(): Promise<void> {
    await this.disconnect();
    await this.#attempt(transport.leaveRooms(this.#settings.rooms));
    this.#remember({ ...this.#settings, rooms: [] });
    this.#history.clear();
    this.#chat = undefined;
    this.#show();
    this.notice = undefined;
    this.drafts = {};
  }

  /** Enters a room. Returns why not, if so. */
  async join(room: string): Promise<string | undefined> {
    try {
      await transport.joinRooms([room]);
    } catch (error) {
      return transport.failureOf(error).message;
    }
    this.#change((chat) => messages.enter(chat, room));
    const rooms = [...new Set([...this.#settings.rooms, room])];
    this.#remember({ ...this.#settings, rooms });
    return undefined;
  }

  async leave(room: string): Promise<void> {
    if (!(await this.#attempt(transport.leaveRooms([room])))) return;
    this.#change((chat) => messages.leave(chat, room));
    this.draft(room, "");
    const rooms = this.#settings.rooms.filter((name) => name !== room);
    this.#remember({ ...this.#settings, rooms });
  }

  open(room: string): void {
    this.#change((chat) => messages.open(chat, room));
  }

  /** Opens a room at one of its lines. */
  show(room: string, line: string): void {
    this.open(room);
    this.target = { room, line };
  }

  draft(room: string, text: string): void {
    const { [room]: _, ...others } = this.drafts;
    this.drafts = text === "" ? others : { ...others, [room]: text };
    this.#save();
  }

  async say(room: string, text: string): Promise<void> {
    const id = crypto.randomUUID();
    this.#change((chat) => messages.write(chat, room, id, text, Date.now()));
    await this.#deliver(room, id, text);
  }

  async sayAgain(room: string, { id, text }: messages.Line): Promise<void> {
    this.#change((chat) => messages.rewrite(chat, room, id, Date.now()));
    await this.#deliver(room, id, text);
  }

  async #deliver(room: string, id: string, text: string): Promise<void> {
    try {
      await transport.say({ room, from: this.#chat?.me ?? this.name, text, id });
      this.#change((chat) => messages.confirm(chat, room, id));
    } catch (error) {
      const { code, message } = transport.failureOf(error);
      this.#change((chat) => messages.fail(chat, room, id, unsent(code, message)));
    }
  }

  #hear(said: Said): void {
    if (!this.#chat) return;
    this.#chat = messages.hear(this.#chat, said, () => crypto.randomUUID(), Date.now());
    this.#save();
    this.#showing ??= setTimeout(() => this.#show(), SHOWING_MS);
  }

  #changed({ state, reason, cause }: transport.StateChange): void {
    switch (state) {
      case "authenticated":
        this.connection = { state: "connected" };
        this.#enter();
        break;
      case "connecting":
      case "connected":
      case "authenticating":
        this.connection = { state: "connecting" };
        break;
      case "reconnecting":
        this.connection = reason === undefined ? { state } : { state, reason };
        break;
      case "disconnected": {
        const why = cause === "disconnected" ? "as you wanted" : reason;
        this.connection = why === undefined ? { state } : { state, reason: why };
      }
    }
  }

  #enter(): void {
    if (this.#chat) return;
    this.#chat = messages.newChat(this.name, this.#settings.rooms);
    this.#show();
    this.#save();
    void this.#attempt(transport.joinRooms(this.#settings.rooms));
  }

  #change(to: (chat: Chat) => Chat): void {
    if (!this.#chat) return;
    this.#chat = to(this.#chat);
    this.#show();
    this.#save();
  }

  #show(): void {
    clearTimeout(this.#showing);
    this.#showing = undefined;
    this.chat = this.#chat;
  }

  /** What fails is told; returns whether it did not. */
  async #attempt(command: Promise<void>): Promise<boolean> {
    try {
      await command;
      return true;
    } catch (error) {
      this.notice = transport.failureOf(error).message;
      return false;
    }
  }

  #remember(settings: Settings): void {
    this.#settings = settings;
    saveSettings(localStorage, settings);
  }

  /**
   * Once for all that a batch of events changes. It is behind the batch and in the same task, so a
   * page that goes away has kept both the lines and where it stands in the stream, or neither.
   */
  #save(): void {
    if (this.#isSaving) return;
    this.#isSaving = true;
    queueMicrotask(() => {
      this.#isSaving = false;
      if (this.#chat) this.#history.save({ chat: this.#chat, drafts: this.drafts });
    });
  }
}
