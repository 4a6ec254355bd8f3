import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, answerEarly, type HttpAnswer } from '../receivers/httpAnswer.ts';
import type { BodyReader } from '../receivers/requestBody.ts';
import type { AddErrorResult } from '../store/errors/errorStore.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { withoutAccessTokens } from './accessTokens.ts';
import type { MinuteLimit } from './minuteLimit.ts';
import { refusal, result } from './rollbarAnswer.ts';

const place = 'POST /api/1/item/';

/**
 * Takes items (Rollbar API reference, create item). Nothing is asked of who sends them: the token only counts where they are read.
 *
 * Invariant: the answer `err: 0` is given only once the item is stored.
 */
export class ItemReceiver {
  readonly #store: Pick<TelemetryStore, 'errors' | 'recordProblem' | 'countDropped'>;
  readonly #bodies: BodyReader;
  readonly #limit: MinuteLimit | undefined;

  constructor(
    store: Pick<TelemetryStore, 'errors' | 'recordProblem' | 'countDropped'>,
    bodies: BodyReader,
    limit: MinuteLimit | undefined,
  ) {
    this.#store = store;
    this.#bodies = bodies;
    this.#limit = limit;
  }

  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { isTaken, headers } = this.#limit?.take() ?? { isTaken: true, headers: {} };
    if (!isTaken) {
      this.#store.countDropped('rollbarRate', 1);
      const message = 'Rate limit exceeded: the hub was started with --rollbar-rate.';
      answerEarly(request, response, refusal(429, message, headers));
      return;
    }
    const body = await this.#bodies.read(request);
    if (body.kind === 'gone') {
      return;
    }
    if (body.kind === 'refused') {
      this.#store.recordProblem({ receiver: 'rollbar', place, message: body.message });
      answerEarly(request, response, refusal(body.status, body.message, headers));
      return;
    }
    const token = request.headers['x-rollbar-access-token'];
    const text = withoutAccessTokens(
      new TextDecoder().decode(body.bytes),
      typeof token === 'string' ? token : undefined,
    );
    const kept = await this.#store.errors.add(text);
    this.#noteProblem(kept, text);
    answer(response, answerOf(kept, headers));
  }

  #noteProblem(kept: AddErrorResult, body: string): void {
    const sample = Buffer.from(body.slice(0, 2000));
    if (kept.kind === 'refused') {
      this.#store.recordProblem({ receiver: 'rollbar', place, message: kept.message, sample });
    } else if (kept.kind === 'kept' && kept.problem !== undefined) {
      this.#store.recordProblem({ receiver: 'rollbar', ...kept.problem, sample });
    }
  }
}

function answerOf(kept: AddErrorResult, headers: Readonly<Record<string, string>>): HttpAnswer {
  switch (kept.kind) {
    case 'kept':
      return result({ id: kept.id, uuid: kept.uuid }, headers);
    case 'refused':
      return refusal(kept.status, kept.message, headers);
    case 'overloaded': {
      const message = 'The hub has more items waiting than it can hold; try again.';
      return refusal(503, message, { ...headers, 'retry-after': String(kept.retryAfterSeconds) });
    }
  }
}
