import type { FilterableRequest, FilterableService } from '../src/language/filterExpressionMatch.ts';
import type { TraceRequests } from '../src/view/traceRequests.ts';

/** A line for each call, and one for each request that no call leads to: `shop → db@host Database::SQL fault inferred`. */
export function renderRequests({ requests, calls }: TraceRequests): string {
  const called = new Set(calls.map(({ target }) => target));
  const lines = calls.map((call) => {
    const caller = call.source.type === 'client' ? 'client' : renderService(call.source);
    const request = requests[call.target];
    return [caller, '→', renderService(call.service), ...flagsOf(request), ...differing(call, request)].join(' ');
  });
  const uncalled = requests.filter((_, index) => !called.has(index));
  return [...lines, ...uncalled.map((request) => [renderService(request.service), ...flagsOf(request)].join(' '))].join(
    '\n',
  );
}

function renderService({ name, type }: FilterableService): string {
  return type === undefined ? name : `${name} ${type}`;
}

function flagsOf(request: FilterableRequest | undefined): string[] {
  return request === undefined
    ? ['nothing']
    : [
        ...statusOf(request),
        ...(request.isRoot ? ['root'] : []),
        ...(request.isPartial ? ['partial'] : []),
        ...(request.isInferred ? ['inferred'] : []),
      ];
}

function statusOf({ isError, isFault, isThrottle }: FilterableRequest): string[] {
  return [...(isFault ? ['fault'] : []), ...(isThrottle ? ['throttle'] : isError ? ['error'] : [])];
}

/** What the caller saw, where that is not what the called service says. */
function differing(call: FilterableRequest, request: FilterableRequest | undefined): string[] {
  const [seen, said] = [statusOf(call), request === undefined ? [] : statusOf(request)];
  return seen.join(' ') === said.join(' ') ? [] : [`(seen as ${seen.join(' ') || 'ok'})`];
}
