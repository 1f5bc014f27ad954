// Keeps hearing what happens: a snapshot, the socket from its position, again and again from the last one; where no socket
// gets through, the same by asking (docs/live.md).
import { get, isRefusal } from "../api/client";
import type { Desk, Facts, Snapshot } from "../api/types.gen";
import type { Told } from "./facts.gen";

export type State = "starting" | "online" | "away" | "out";

export interface Heard {
  /** A snapshot was taken: at the beginning, and whenever something may have been missed. */
  started: (desk: Desk) => void;
  told: (facts: Told[]) => void;
  state: (state: State) => void;
  /** The server cannot be reached at all. */
  failed: (error: unknown) => void;
}

const SPREAD = 1_000; // ms over which the browsers of a company start again after new rights
const SILENCE = 45_000; // ms: the server says something every 20 s
const FIRST_WAIT = 500; // ms, then twice as long each time
const LONGEST_WAIT = 30_000; // ms
const TRIES_BEFORE_POLLING = 3; // sockets that told nothing at all
const POLLING = 300_000; // ms, then a socket is tried again
const POLL_SECONDS = 20;
const START_AGAIN = 4001;

export class Live {
  private position: string | undefined;
  private socket: WebSocket | undefined;
  private failures = 0;
  private waits = 0;
  private closed = false;
  private going = false;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly heard: Heard) {
    this.heard.state("starting");
    addEventListener("online", this.now);
    void this.go();
  }

  close(): void {
    this.closed = true;
    removeEventListener("online", this.now);
    clearTimeout(this.silence);
    clearTimeout(this.again);
    this.socket?.close();
  }

  /** What one may see is another: a new snapshot, and on from there. */
  startAgain(): void {
    this.position = undefined;
    const socket = this.socket;
    this.socket = undefined;
    clearTimeout(this.silence);
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    clearTimeout(this.again);
    this.again = setTimeout(this.now, Math.random() * SPREAD);
  }

  private readonly now = (): void => {
    clearTimeout(this.again);
    if (!this.closed && !this.socket) void this.go();
  };

  private async go(): Promise<void> {
    if (this.going) return;
    this.going = true;
    try {
      if (this.position === undefined) {
        const snapshot = await get<Snapshot>("/live/snapshot");
        if (this.closed) return;
        this.position = snapshot.position;
        this.heard.started(snapshot.desk);
      }
      if (this.failures >= TRIES_BEFORE_POLLING) await this.poll();
      else this.open(this.position);
    } catch (error) {
      if (this.closed) return;
      if (isRefusal(error, 401) || isRefusal(error, 403)) {
        this.heard.state("out");
        return;
      }
      if (isRefusal(error, 410)) this.position = undefined;
      this.heard.failed(error);
      this.later();
    } finally {
      this.going = false;
    }
  }

  private open(position: string): void {
    const url = new URL("/live/socket", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("position", position);
    const socket = (this.socket = new WebSocket(url));
    let told = false;
    this.listen(socket);
    socket.onmessage = (message: MessageEvent<string>) => {
      this.listen(socket);
      if (!told) this.online();
      told = true;
      this.hear(JSON.parse(message.data) as Facts);
    };
    socket.onclose = (end) => {
      clearTimeout(this.silence);
      this.socket = undefined;
      if (this.closed) return;
      if (end.code === START_AGAIN) this.position = undefined;
      // Whether it was refused, and why, only a request can say.
      else if (!told) this.failures += 1;
      if (!told || end.code > START_AGAIN) this.position = undefined;
      this.later();
    };
  }

  /** Two of its signs of life are missing: the connection is dead, though nobody has said so. */
  private listen(socket: WebSocket): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      socket.close();
    }, SILENCE);
  }

  private async poll(): Promise<void> {
    const until = Date.now() + POLLING;
    while (!this.closed && this.position !== undefined && Date.now() < until) {
      const query = new URLSearchParams({ position: this.position, wait: String(POLL_SECONDS) });
      const facts = await get<Facts>(`/live/facts?${query.toString()}`);
      this.online();
      this.hear(facts);
    }
    this.failures = TRIES_BEFORE_POLLING - 1;
    this.later();
  }

  private hear(facts: Facts): void {
    // `startAgain` may have been asked for by what was just told.
    if (this.closed || this.position === undefined) return;
    this.position = facts.position;
    if (facts.facts.length > 0) this.heard.told(facts.facts);
  }

  private online(): void {
    if (this.closed) return;
    if (this.socket) this.failures = 0;
    this.waits = 0;
    this.heard.state("online");
  }

  /** Not all browsers at the same moment, after a server was started again. */
  private later(): void {
    this.heard.state("away");
    const wait = Math.min(FIRST_WAIT * 2 ** this.waits++, LONGEST_WAIT);
    this.again = setTimeout(this.now, wait * (0.5 + Math.random()));
  }
}
