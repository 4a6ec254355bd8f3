import type { ThreadLink } from '../threadLink.ts';
import type { ErrorQuestion } from './errorReader.ts';
import type {
  AddErrorResult,
  ErrorGroupPage,
  ErrorGroupQuery,
  ErrorStore,
  KeptGroup,
  KeptGroupChange,
  OccurrenceId,
  OccurrencePage,
  OccurrenceQuery,
} from './errorStore.ts';
import type { ErrorCall } from './errorWriter.ts';

/** Of bodies that wait for the writer, in characters. */
const maxWaiting = 32 * 2 ** 20;
/** Of one transaction; a single body may be larger. */
const maxTogether = 1_000_000;

interface Waiting {
  readonly body: string;
  readonly resolve: (result: AddErrorResult) => void;
  readonly reject: (error: Error) => void;
}

/** The errors of the store, as the main thread talks to its writer and its reader. */
export class ThreadedErrors implements ErrorStore {
  readonly #writer: ThreadLink;
  readonly #reader: ThreadLink;
  readonly #waiting: Waiting[] = [];
  #length = 0;
  #isBusy = false;

  constructor(writer: ThreadLink, reader: ThreadLink) {
    this.#writer = writer;
    this.#reader = reader;
  }

  add(body: string): Promise<AddErrorResult> {
    if (this.#length > 0 && this.#length + body.length > maxWaiting) {
      return Promise.resolve({ kind: 'overloaded', retryAfterSeconds: 1 });
    }
    this.#length += body.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, resolve, reject });
      void this.#send();
    });
  }

  async listGroups(query: ErrorGroupQuery, signal?: AbortSignal): Promise<ErrorGroupPage> {
    return (await this.#ask({ name: 'listGroups', query }, signal)) as ErrorGroupPage;
  }

  async countGroups(query: ErrorGroupQuery, signal?: AbortSignal): Promise<number> {
    return (await this.#ask({ name: 'countGroups', query }, signal)) as number;
  }

  async loadGroup(counter: number, signal?: AbortSignal): Promise<KeptGroup | undefined> {
    return (await this.#ask({ name: 'loadGroup', counter }, signal)) as KeptGroup | undefined;
  }

  async listOccurrences(query: OccurrenceQuery, signal?: AbortSignal): Promise<OccurrencePage> {
    return (await this.#ask({ name: 'listOccurrences', query }, signal)) as OccurrencePage;
  }

  async loadOccurrence(of: OccurrenceId, signal?: AbortSignal): Promise<string | undefined> {
    return (await this.#ask({ name: 'loadOccurrence', of }, signal)) as string | undefined;
  }

  async change(counter: number, change: KeptGroupChange): Promise<KeptGroup | undefined> {
    return (await this.#tell({ name: 'change', counter, change })) as KeptGroup | undefined;
  }

  /** Whatever came while the writer was busy goes out together: an idle writer answers at once, a busy one writes more in one transaction. */
  async #send(): Promise<void> {
    while (!this.#isBusy && this.#waiting.length > 0) {
      this.#isBusy = true;
      const together = this.#take();
      try {
        const bodies = together.map(({ body }) => body);
        const results = (await this.#tell({ name: 'add', bodies })) as readonly AddErrorResult[];
        for (const [index, { resolve }] of together.entries()) {
          resolve(results[index] as AddErrorResult);
        }
      } catch (error) {
        for (const { reject } of together) {
          reject(error as Error);
        }
      } finally {
        this.#isBusy = false;
      }
    }
  }

  #take(): Waiting[] {
    let length = 0;
    const end = this.#waiting.findIndex(({ body }, at) => (length += body.length) > maxTogether && at > 0);
    const taken = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    this.#length -= taken.reduce((sum, { body }) => sum + body.length, 0);
    return taken;
  }

  #tell(call: ErrorCall): Promise<unknown> {
    return this.#writer.ask((id) => ({ kind: 'errors', id, call }));
  }

  #ask(question: ErrorQuestion, signal?: AbortSignal): Promise<unknown> {
    return this.#reader.ask((id) => ({ kind: 'ask', id, call: { name: 'errors', question } }), [], signal);
  }
}
