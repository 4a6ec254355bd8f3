import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorLevel, ErrorStatus } from '@sightline/telemetry/model/errorItem';
import { answer, answerEarly } from '../receivers/httpAnswer.ts';
import type { BodyReader } from '../receivers/requestBody.ts';
import type { ErrorStore, KeptGroupChange } from '../store/errors/errorStore.ts';
import { refusal, result } from './rollbarAnswer.ts';
import { levels, statuses, toRollbarItem } from './rollbarItems.ts';

const maxTitleLength = 255;

/** `PATCH /item/{id}`: status, title, level, and the version that solves it. */
export class PatchedItem {
  readonly #errors: ErrorStore;
  readonly #bodies: BodyReader;

  constructor(errors: ErrorStore, bodies: BodyReader) {
    this.#errors = errors;
    this.#bodies = bodies;
  }

  async receive(counter: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await this.#bodies.read(request);
    if (body.kind === 'gone') {
      return;
    }
    if (body.kind === 'refused') {
      answerEarly(request, response, refusal(body.status, body.message));
      return;
    }
    const change = changeOf(body.bytes);
    if ('fault' in change) {
      answer(response, refusal(422, `Invalid format. ${change.fault}`));
      return;
    }
    const kept = await this.#errors.change(counter, change);
    answer(response, kept === undefined ? refusal(404, 'Item not found') : result(toRollbarItem(kept)));
  }
}

function changeOf(bytes: Uint8Array): KeptGroupChange | { readonly fault: string } {
  const sent = fieldsOf(bytes);
  if (sent === undefined) {
    return { fault: 'The body should be a JSON object.' };
  }
  const { status, title, level, resolved_in_version: version } = sent;
  if (status !== undefined && !statuses.includes(status as ErrorStatus)) {
    return { fault: `status should be one of ${statuses.join(', ')}.` };
  }
  if (level !== undefined && !levels.includes(level as ErrorLevel)) {
    return { fault: `level should be one of ${levels.join(', ')}.` };
  }
  if (title !== undefined && (typeof title !== 'string' || title === '' || title.length > maxTitleLength)) {
    return { fault: `title should be a text of at most ${maxTitleLength} characters.` };
  }
  return {
    ...(status !== undefined && { status: status as ErrorStatus }),
    ...(level !== undefined && { level: level as ErrorLevel }),
    ...(title !== undefined && { title }),
    ...(typeof version === 'string' && { resolvedInVersion: version.slice(0, 40) }),
  };
}

function fieldsOf(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // The caller words it: there is nothing more to say than that it is no JSON object.
    return undefined;
  }
}
