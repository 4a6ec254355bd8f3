import { StringDecoder } from 'node:string_decoder';

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/**
 * Takes an event stream apart (WHATWG HTML, "Server-sent events") in whatever pieces it comes.
 * `retry` fields are left to the reader's own backoff.
 */
export class ServerSentEventReader {
  readonly #onEvent: (event: ServerSentEvent) => void;
  readonly #utf8 = new StringDecoder('utf8');
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;

  constructor(onEvent: (event: ServerSentEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#utf8.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#takeLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
  }

  #takeLine(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') {
      this.#event = value;
    } else if (field === 'data') {
      this.#data.push(value);
    } else if (field === 'id') {
      this.#id = value;
    }
  }

  #dispatch(): void {
    if (this.#data.length > 0) {
      this.#onEvent({
        event: this.#event || 'message',
        data: this.#data.join('\n'),
        ...(this.#id !== undefined && { id: this.#id }),
      });
    }
    this.#event = '';
    this.#data = [];
  }
}
