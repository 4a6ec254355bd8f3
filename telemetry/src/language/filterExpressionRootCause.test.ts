import { expect, test } from 'vitest';
import { trace, wrongAnswers } from '../../test/filterableShop.ts';
import type { FilterableTrace } from './filterExpressionMatch.ts';

/** One expression a line: those that the trace matches, and those that it does not. */
function check(of: FilterableTrace, cases: { readonly yes: string; readonly no: string }): void {
  expect(wrongAnswers(of, cases)).toEqual([]);
}

test('a root cause is found by its services', () => {
  check(trace, {
    yes: `rootcause.fault.service
      RootCause.Fault.Service { name = "activities" }
      rootcause.fault.service { last and inferred and type = "AWS::DynamoDB::Table" }
      rootcause.fault.service { first and name = "api.example.com" }
      rootcause.fault.service { root and !inferred }
      rootcause.fault.service { index = 1 }
      rootcause.fault.service { index > 0 }
      rootcause.responsetime.service { first last }
      !rootcause.error.service`,
    no: `rootcause.error.service
      rootcause.fault.service { first and inferred }
      rootcause.fault.service { root and name = "activities" }
      rootcause.fault.service { index > 1 }
      rootcause.fault.service { index != 0 name = "backend-flask" }
      rootcause.responsetime.service { inferred }
      rootcause.fault.service { type = "remote" }`,
  });
});

test('a root cause is found by its entities, counted along the path of each service', () => {
  check(trace, {
    yes: `rootcause.fault.entity { remote and name = "DynamoDB" }
      rootcause.fault.entity { last and name = "DynamoDB" }
      rootcause.fault.entity { first last message CONTAINS "Denied" }
      rootcause.responsetime.entity { last and coverage > 0.7 }
      rootcause.responsetime.entity { coverage }
      rootcause.fault.entity { remote = false }`,
    no: `rootcause.fault.entity { coverage >= 0 }
      rootcause.responsetime.entity { coverage > 1 }
      rootcause.responsetime.entity { remote }
      rootcause.fault.entity { first and name = "DynamoDB" }
      rootcause.fault.entity { index = 2 }`,
  });
});

test('a root cause is found by its exceptions', () => {
  check(trace, {
    yes: `rootcause.fault.exception
      rootcause.fault.exception { name = "AccessDenied" first }
      rootcause.fault.exception { last and message = "gave up" }
      rootcause.fault.exception { index = 1 }`,
    no: `rootcause.fault.exception { last and name = "AccessDenied" }
      rootcause.fault.exception { message = "access denied" }
      rootcause.error.exception
      rootcause.responsetime.exception`,
  });
});

test('rootcause.json matches where all that it names is equal; what it leaves out may be anything', () => {
  check(trace, {
    yes: `rootcause.json
      json
      rootcause.json = #[]
      rootcause.json = #[{}]
      rootcause.json = #[{ "Services": [{ "Name": "backend-flask" }, { "Name": "activities" }] }]
      rootcause.json = #[{ "Services": [{ "EntityPath": [{}, { "Name": "query", "Coverage": 0.8 }] }] }]
      rootcause.json = #[{ "Services": [{ "AccountId": 123456789012, "Type": null }, {}] }]
      rootcause.json = #[{ "ClientImpacting": false }]
      json != #[{ "ClientImpacting": true }]`,
    no: `!json
      rootcause.json = #[{ "Services": [{ "Name": "activities" }] }]
      rootcause.json = #[{ "Services": [] }]
      rootcause.json = #[{ "Services": { "Name": "backend-flask" } }]
      rootcause.json = #[{ "ClientImpacting": true }]
      rootcause.json = #[{}, { "Services": "x" }]
      rootcause.json = #[{ "constructor": {} }]
      rootcause.json = #["x"]
      rootcause.json != #[{}]`,
  });
  check({ ...trace, rootCauses: { fault: [], error: [], responsetime: [] } }, { yes: '!json', no: 'json = #[]' });
});
