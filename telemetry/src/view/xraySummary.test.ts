import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTrace } from '../../test/arbitraryTrace.ts';
import { sampleBackendTraces } from '../../test/capturedTraces.ts';
import { spansOf, traceId } from '../../test/traceSpans.ts';
import { epochNanos } from '../model/units.ts';
import { requestsOfTrace } from './traceRequests.ts';
import { toTraceSummary, type XRayTraceSummary } from './xraySummary.ts';

function summaryOf(outline: string): XRayTraceSummary {
  return toTraceSummary(traceId, requestsOfTrace(spansOf(outline)), { revision: 1 });
}

function check(outline: string, expected: Partial<XRayTraceSummary>): void {
  expect(summaryOf(outline)).toMatchObject(expected);
}

test('a trace that succeeded has every field that AWS sends', () => {
  const outline = `segment shop 0+84 {"http":{"url":"http://shop.example/pay?x=1","method":"POST","status":200,"userAgent":"curl","clientIp":"192.0.2.7"},
      "user":"alice","annotations":{"UserID":"5M38","items":3,"gift":true},"origin":"AWS::ECS::Container","aws.account_id":"123456789012",
      "aws.ec2.instance_id":"i-1","aws.ec2.availability_zone":"eu-west-1a","resource_arn":"arn:aws:ecs:x"}
      aws DynamoDB 10+20 {"aws.table_name":"orders"}`;
  const found = { revision: 2, matchedEventTime: epochNanos(1_795_397_632_500_000_000n) };
  const text = outline.replaceAll(/,\n\s+/g, ',');
  expect(toTraceSummary(traceId, requestsOfTrace(spansOf(text)), found)).toMatchInlineSnapshot(`
    {
      "Annotations": {
        "UserID": [
          {
            "AnnotationValue": {
              "StringValue": "5M38",
            },
            "ServiceIds": [
              {
                "AccountId": "123456789012",
                "Name": "shop",
                "Names": [
                  "shop",
                  "shop.example",
                ],
                "Type": "AWS::ECS::Container",
              },
            ],
          },
        ],
        "gift": [
          {
            "AnnotationValue": {
              "BooleanValue": true,
            },
            "ServiceIds": [
              {
                "AccountId": "123456789012",
                "Name": "shop",
                "Names": [
                  "shop",
                  "shop.example",
                ],
                "Type": "AWS::ECS::Container",
              },
            ],
          },
        ],
        "items": [
          {
            "AnnotationValue": {
              "NumberValue": 3,
            },
            "ServiceIds": [
              {
                "AccountId": "123456789012",
                "Name": "shop",
                "Names": [
                  "shop",
                  "shop.example",
                ],
                "Type": "AWS::ECS::Container",
              },
            ],
          },
        ],
      },
      "AvailabilityZones": [
        {
          "Name": "eu-west-1a",
        },
      ],
      "Duration": 0.084,
      "EntryPoint": {
        "AccountId": "123456789012",
        "Name": "shop",
        "Names": [
          "shop",
          "shop.example",
        ],
        "Type": "AWS::ECS::Container",
      },
      "ErrorRootCauses": [],
      "FaultRootCauses": [],
      "HasError": false,
      "HasFault": false,
      "HasThrottle": false,
      "Http": {
        "ClientIp": "192.0.2.7",
        "HttpMethod": "POST",
        "HttpStatus": 200,
        "HttpURL": "http://shop.example/pay?x=1",
        "UserAgent": "curl",
      },
      "Id": "1-4efaaf4d-1e8720b39541901950019ee5",
      "InstanceIds": [
        {
          "Id": "i-1",
        },
      ],
      "IsPartial": false,
      "MatchedEventTime": 1795397632.5,
      "ResourceARNs": [
        {
          "ARN": "arn:aws:ecs:x",
        },
      ],
      "ResponseTime": 0.084,
      "ResponseTimeRootCauses": [
        {
          "Services": [
            {
              "AccountId": "123456789012",
              "EntityPath": [
                {
                  "Coverage": 1,
                  "Name": "shop",
                  "Remote": false,
                },
              ],
              "Inferred": false,
              "Name": "shop",
              "Names": [
                "shop",
                "shop.example",
              ],
              "Type": "AWS::ECS::Container",
            },
          ],
        },
      ],
      "Revision": 2,
      "ServiceIds": [
        {
          "AccountId": "123456789012",
          "Name": "shop",
          "Names": [
            "shop",
            "shop.example",
          ],
          "Type": "AWS::ECS::Container",
        },
        {
          "Name": "orders",
          "Names": [
            "orders",
            "DynamoDB",
          ],
          "Type": "AWS::DynamoDB::Table",
        },
      ],
      "StartTime": 1795397632,
      "Users": [
        {
          "ServiceIds": [
            {
              "AccountId": "123456789012",
              "Name": "shop",
              "Names": [
                "shop",
                "shop.example",
              ],
              "Type": "AWS::ECS::Container",
            },
          ],
          "UserName": "alice",
        },
      ],
    }
  `);
});

test('faults and errors are those of the root, throttling is that of any segment', () => {
  check('segment shop\n  remote pay fault', { HasFault: false, HasError: false, HasThrottle: false });
  check('segment shop fault', { HasFault: true, HasError: false });
  check('segment shop\n  remote pay throttled', { HasError: false, HasThrottle: true });
  check('segment shop throttled', { HasError: true, HasThrottle: true });
});

test('a trace in progress is partial and has no response time yet', () => {
  check('segment shop running', { IsPartial: true });
  expect(summaryOf('segment shop running')).not.toHaveProperty('ResponseTime');
  check('segment shop\n  subsegment work running', { IsPartial: true, ResponseTime: 0.1 });
});

test('annotations that the sender named come first, fifty of them', () => {
  const attributes = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`key${index}`, index]));
  const { Annotations } = summaryOf(
    `server shop GET {"http.route":"/","annotations":{"handle":"mira"},${JSON.stringify(attributes).slice(1)}`,
  );
  expect(Object.keys(Annotations)).toHaveLength(50);
  expect(Annotations['handle']).toEqual([
    { AnnotationValue: { StringValue: 'mira' }, ServiceIds: [{ Name: 'shop', Names: ['shop'] }] },
  ]);
});

test('the sample’s failing request has its cause', () => {
  const failing = [...sampleBackendTraces()].find(([id]) => id.endsWith('002'));
  const { FaultRootCauses, Http, EntryPoint } = toTraceSummary(traceId, requestsOfTrace(failing?.[1] ?? []), {
    revision: 1,
  });
  expect({ FaultRootCauses, Http, EntryPoint }).toMatchInlineSnapshot(`
    {
      "EntryPoint": {
        "Name": "backend",
        "Names": [
          "backend",
        ],
      },
      "FaultRootCauses": [
        {
          "ClientImpacting": true,
          "Services": [
            {
              "EntityPath": [
                {
                  "Exceptions": [
                    {
                      "Message": "Cannot read properties of undefined (reading 'flatMap')",
                      "Name": "TypeError",
                    },
                    {
                      "Message": "Cannot read properties of undefined (reading 'flatMap')",
                      "Name": "TypeError",
                    },
                  ],
                  "Name": "backend",
                  "Remote": false,
                },
              ],
              "Inferred": false,
              "Name": "backend",
              "Names": [
                "backend",
              ],
            },
          ],
        },
      ],
      "Http": {
        "ClientIp": "127.0.0.1",
        "HttpMethod": "GET",
        "HttpStatus": 500,
        "HttpURL": "http://127.0.0.1:4567/api/activities/notifications?fail=1",
        "UserAgent": "curl/8.5.0",
      },
    }
  `);
});

test('every trace has a summary, which is JSON', () => {
  fc.assert(
    fc.property(anyTrace, (spans) => {
      const summary = toTraceSummary(traceId, requestsOfTrace(spans), { revision: 1 });
      expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    }),
  );
});
