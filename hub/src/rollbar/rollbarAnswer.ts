import type { HttpAnswer } from '../receivers/httpAnswer.ts';

/** An answer of Rollbar's API that has a result. */
export function result(value: unknown, headers?: Readonly<Record<string, string>>): HttpAnswer {
  return {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({
      err: 0,
      result: value,
    }),
    ...(headers && { headers }),
  };
}

/** The same with a result that is JSON text already. */
export function resultText(json: string): HttpAnswer {
  return { status: 200, contentType: 'application/json', body: `{"err":0,"result":${json}}` };
}

/** An error of Rollbar's API: one sentence under `message`. */
export function refusal(status: number, message: string, headers?: Readonly<Record<string, string>>): HttpAnswer {
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify({
      err: 1,
      message,
    }),
    ...(headers && { headers }),
  };
}
