import cors from 'cors';
import type { RequestHandler } from 'express';
import { textOf, type Environment } from './environment.ts';
import { StartError } from './startError.ts';

/**
 * The origins whose pages may call the backend directly: those of `FRONTEND_URL` and `BACKEND_URL`. The sample's own page calls its own
 * origin and needs none of this. Throws a `StartError` when a variable holds no address.
 */
export function allowedOriginsOf(env: Environment): readonly string[] {
  const origins = ['FRONTEND_URL', 'BACKEND_URL'].flatMap((name) => {
    const text = textOf(env, name);
    return text === undefined ? [] : spellingsOf(originOf(text, name));
  });
  return [...new Set(origins)];
}

/** Lets pages of these origins call the backend, and answers their preflights; without an origin nothing is added to any answer. */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ['content-type', 'traceparent', 'tracestate', 'x-amzn-trace-id'],
    maxAge: 600,
  });
}

function originOf(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new StartError(`${name} must be an address such as http://localhost:3000, not "${text}".`);
  }
  return url.origin;
}

/** A browser takes `localhost` and `127.0.0.1` for two origins; a person does not. */
function spellingsOf(origin: string): readonly string[] {
  const url = new URL(origin);
  const other = { localhost: '127.0.0.1', '127.0.0.1': 'localhost' }[url.hostname];
  if (other === undefined) {
    return [origin];
  }
  url.hostname = other;
  return [origin, url.origin];
}
