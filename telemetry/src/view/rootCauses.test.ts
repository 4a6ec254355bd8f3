import { expect, test } from 'vitest';
import { spansOf } from '../../test/traceSpans.ts';
import type { RootCauseKind } from '../language/filterExpression.ts';
import type { RootCauseEntity, RootCauseService } from '../language/filterExpressionRootCause.ts';
import { requestsOfTrace } from './traceRequests.ts';

function check(kind: RootCauseKind, outline: string, expected: string): void {
  const causes = requestsOfTrace(spansOf(outline)).rootCauses[kind];
  const text = causes.map(
    ({ clientImpacting, services }) =>
      `${clientImpacting === true ? 'client: ' : ''}${services.map(renderService).join(' → ')}`,
  );
  expect(text.join('\n')).toBe(expected.trim().replaceAll(/^ {4}/gm, ''));
}

function renderService({ name, type, inferred, entityPath }: RootCauseService): string {
  const head = [name, type, inferred === true ? 'inferred' : undefined].filter((part) => part !== undefined).join(' ');
  return `${head}(${entityPath.map(renderEntity).join(' > ')})`;
}

function renderEntity({ name, remote, coverage, exceptions = [] }: RootCauseEntity): string {
  const thrown = exceptions.map((exception) => ` !${exception.name ?? ''}: ${exception.message ?? ''}`).join('');
  return `${name}${remote === true ? '*' : ''}${coverage === undefined ? '' : ` ${coverage}`}${thrown}`;
}

const thrown = '{"exceptions":[{"type":"TypeError","message":"no","stack":[]}]}';

test('a fault lies where nothing below it failed', () => {
  check(
    'fault',
    `segment shop fault
       subsegment checkout fault
         subsegment price fault ${thrown}
       subsegment mail`,
    'client: shop(shop > checkout > price !TypeError: no)',
  );
});

test('a fault is followed into the services that were called', () => {
  check(
    'fault',
    `server shop GET fault
       client shop GET fault {"server.address":"stock.example"}
         server stock GET fault
           internal stock count fault ${thrown}`,
    'client: shop(shop > stock.example*) → stock(stock > count !TypeError: no)',
  );
});

test('a service that does not report has the fault that its caller saw', () => {
  check(
    'fault',
    `segment shop
       aws DynamoDB fault {"aws.table_name":"orders","exceptions":[{"type":"Throttled","message":"slow down","stack":[]}]}`,
    'shop(shop > DynamoDB* !Throttled: slow down) → orders AWS::DynamoDB::Table inferred(orders !Throttled: slow down)',
  );
});

test('each failure is a cause, and the two reports of one request are one step', () => {
  check(
    'fault',
    `server shop GET fault
       segment shop fault
         remote a.example fault
       client shop GET fault {"server.address":"b.example"}`,
    `client: shop(shop > a.example*) → a.example remote inferred(a.example)
    client: shop(shop > b.example*) → b.example remote inferred(b.example)`,
  );
});

test('errors have causes of their own, throttling included', () => {
  check(
    'error',
    `segment shop error
       remote a.example throttled {"http":{"status":429}}
       remote b.example fault`,
    'client: shop(shop > a.example*) → a.example remote inferred(a.example)',
  );
});

test('a slow response is followed along the steps that take most of it', () => {
  check(
    'responsetime',
    `segment shop 0+1000
       subsegment quick 0+100
       subsegment checkout 100+800
         remote orders@db 200+700 {"sql.user":"app"}
         remote pay 100+20`,
    'shop(shop 1 > checkout 0.8 > orders@db* 0.7) → orders@db Database::SQL inferred(orders@db 0.7)',
  );
  check('responsetime', 'segment shop running', '');
});
