import { UserError, type ErrorAction } from '../../userError.ts';

/** What a token of Rollbar may do: a new project has one for each (Rollbar API, "Authentication"). */
export type RollbarScope = 'read' | 'write';

/** What was being done when a call failed. */
export interface RollbarCall {
  /** The scope that the call needs. */
  readonly scope: RollbarScope;
  /** The token it was made with, which no sentence may repeat: Rollbar's own do. */
  readonly token: string;
  readonly host: string;
  /** The setting that names the host. */
  readonly setting: string;
}

export interface RollbarAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Where a redirect leads. */
  readonly location: string | undefined;
  readonly text: string;
}

export const setToken: ErrorAction = { label: 'Set Rollbar Token', command: 'sightline.setRollbarToken' };
const openSettings: ErrorAction = { label: 'Open Settings', command: 'sightline.openSettings' };

const waysToGetOne = 'Make one under Project Access Tokens in the settings of the project in Rollbar';

/** What an answer that is no result says, as a sentence for the person. */
export function answerTrouble(answer: RollbarAnswer, call: RollbarCall): UserError {
  const { status, location } = answer;
  const { host, setting } = call;
  if (isWebPage(answer)) {
    return new UserError(
      `${host} gave a web page instead of an answer (${status}): a proxy's or portal's, or it is no Rollbar API.`,
      { actions: [openSettings] },
    );
  }
  if (status >= 300 && status < 400) {
    return new UserError(
      `${host} sends elsewhere (${status}${originOf(location)}): use the address that it names in the setting ${setting}.`,
      { actions: [openSettings] },
    );
  }
  if (status === 401 || status === 403) {
    return tokenTrouble(answer, call);
  }
  if (status === 404) {
    return new UserError(`${host} has no Rollbar API (404): look at the setting ${setting}.`, {
      actions: [openSettings],
    });
  }
  return new UserError(
    status >= 500
      ? `Rollbar is in trouble (${status})${saidBy(answer, call)}. Try again later.`
      : `Rollbar refused the call (${status})${saidBy(answer, call)}.`,
  );
}

/** Whether a token is known, and only may not do what was asked. */
export function isOfOtherScope({ status, text }: Pick<RollbarAnswer, 'status' | 'text'>): boolean {
  return status === 403 && /insufficient privileges/i.test(text);
}

/** Which scopes a token has, where the refusal says it: `... but the access token only has post_server_item.` */
export function scopesIn(text: string): string | undefined {
  return /only has (.+?)\.?$/.exec(messageIn(text).trim())?.[1];
}

function tokenTrouble(answer: RollbarAnswer, call: RollbarCall): UserError {
  const { status } = answer;
  const said = saidBy(answer, call);
  const message = isOfOtherScope(answer)
    ? `The Rollbar token lacks the scope ${call.scope}${said}. ${waysToGetOne}, and set it with "Sightline: Set Rollbar Token".`
    : `Rollbar does not know the token (${status})${said}. It may have been revoked. ${waysToGetOne}, and set it with "Sightline: Set Rollbar Token".`;
  return new UserError(message, { actions: [setToken] });
}

/** The beginning of Rollbar's own words, without the token that it repeats. */
function saidBy({ text }: RollbarAnswer, { token }: RollbarCall): string {
  const said = messageIn(text).replaceAll(token, '…').replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return said === '' ? '' : `: ${said.slice(0, 200)}`;
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    // Not Rollbar's own words, so there is nothing to repeat.
    return '';
  }
}

function originOf(location: string | undefined): string {
  // Only whose it is: Rollbar puts the token behind the address.
  return location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : '';
}

function isWebPage({ contentType, text }: RollbarAnswer): boolean {
  return /text\/html/i.test(contentType) || /^\s*<(?:!doctype|html)/i.test(text);
}

/** Why no whole answer came, as a sentence. */
export function connectionTrouble(error: unknown, call: Pick<RollbarCall, 'host' | 'setting'>): UserError {
  const { code, message } = reasonOf(error);
  return new UserError(sentenceOf(code, message, call), { cause: error });
}

function sentenceOf(code: string, message: string, { host, setting }: Pick<RollbarCall, 'host' | 'setting'>): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The address of ${host} cannot be found: there is no network, or the setting ${setting} is wrong.`;
    case 'TimeoutError':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return `${host} does not answer. Look at the network and the proxy (setting http.proxy).`;
    default:
      return /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(code)
        ? `The connection to ${host} is not trusted (${code}). Where a proxy opens TLS, give its certificate to the system or by NODE_EXTRA_CA_CERTS.`
        : `${host} cannot be reached (${code === '' ? message : code}). Look at the network and the proxy (setting http.proxy).`;
  }
}

/** `fetch` says only that it failed; why is said by its causes, where the innermost code is the one of the system. */
function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  let code = '';
  let message = String(error);
  for (let each = error; each instanceof Error; each = each.cause) {
    message = each.message;
    const own = (each as NodeJS.ErrnoException).code;
    code = typeof own === 'string' ? own : each.name === 'TimeoutError' ? each.name : code;
  }
  return { code, message };
}
