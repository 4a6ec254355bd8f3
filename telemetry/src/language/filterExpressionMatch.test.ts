import { expect, test } from 'vitest';
import { backend, trace, wrongAnswers } from '../../test/filterableShop.ts';
import type { FilterableTrace } from './filterExpressionMatch.ts';

/** One expression a line: those that the trace matches, and those that it does not. */
function check(of: FilterableTrace, cases: { readonly yes: string; readonly no: string }): void {
  expect(wrongAnswers(of, cases)).toEqual([]);
}

const failing: FilterableTrace = {
  ...trace,
  requests: [{ ...backend, isError: true, isFault: true, isThrottle: true, http: {} }],
};
const fast: FilterableTrace = { ...trace, requests: [{ ...backend, isRoot: false }], annotations: [], calls: [] };

test('a boolean keyword asks the root, whatever happened further down', () => {
  check(trace, {
    yes: `ok
      ok = true
      ok != false
      !error
      error = false
      error != true
      !fault
      !throttle
      OK`,
    no: `!ok
      ok = false
      ok != true
      error
      fault
      fault = true
      throttle`,
  });
});

test('a root that failed in each way', () => {
  check(failing, {
    yes: `error
      fault
      throttle
      error = true
      !ok`,
    no: `ok
      !error
      fault != true
      throttle = false`,
  });
});

test('each status is asked for itself', () => {
  const throttled: FilterableTrace = { ...trace, requests: [{ ...backend, isThrottle: true }] };
  check(throttled, { yes: 'throttle', no: 'error\nfault\nok' });
  const faulty: FilterableTrace = { ...trace, requests: [{ ...backend, isFault: true }] };
  check(faulty, { yes: 'fault', no: 'error\nthrottle\nok' });
});

test('partial, inferred and root describe the trace as a whole', () => {
  check(trace, {
    yes: `partial
      inferred
      root
      partial = true`,
    no: `!partial
      !inferred
      root = false`,
  });
  check(fast, {
    yes: `!partial
      inferred = false
      !root`,
    no: `partial
      inferred
      root`,
  });
});

test('a trace whose entry point has not reported has no status, time or URL yet', () => {
  check(fast, {
    yes: `!ok
      !http.url
      duration`,
    no: `ok
      error
      http.status
      responsetime
      http.url != "x"`,
  });
});

test('a number keyword with each operator, one under and one over', () => {
  check(trace, {
    yes: `responsetime = 0.25
      responsetime != 0.2
      responsetime < 0.251
      responsetime <= 0.25
      responsetime > 0.249
      responsetime >= 0.25
      responseTime > 2.4e-1
      responsetime
      duration = 1.5
      duration > 1
      http.status = 200
      http.status >= 200 http.status < 300
      http.status`,
    no: `responsetime = 0.75
      responsetime != 0.25
      responsetime < 0.25
      responsetime <= 0.249
      responsetime > 0.25
      responsetime >= 0.251
      duration = 0.75
      http.status != 200
      http.status > 200`,
  });
});

test('a string keyword with each operator, and its presence', () => {
  check(trace, {
    yes: `http.url = "http://api.example.com/v2/activities/home"
      http.url != "http://api.example.com"
      http.url CONTAINS "/v2/"
      http.url contains "/v2/"
      http.url BEGINSWITH "http://api."
      http.url ENDSWITH "/home"
      http.url
      http.url CONTAINS ""
      http.method = "GET"
      http.useragent BEGINSWITH "curl"
      HTTP.ClientIp = "10.0.0.7"`,
    no: `http.url = "http://api.example.com"
      http.url != "http://api.example.com/v2/activities/home"
      http.url CONTAINS "/V2/"
      http.url BEGINSWITH "/home"
      http.url ENDSWITH "http"
      !http.url
      http.method = "get"
      http.useragent CONTAINS "Mozilla"
      http.clientip = "10.0.0.8"`,
  });
});

test('what has no value passes no comparison, nor the search for the empty text', () => {
  check(failing, {
    yes: `!http.url
      !(http.url CONTAINS "")
      !(http.status = 200)`,
    no: `http.url
      http.url != "x"
      http.url CONTAINS ""
      http.url BEGINSWITH ""
      http.status != 200
      http.method
      http.useragent
      http.clientip`,
  });
});

test('user, zone, instance and resource are those of any segment', () => {
  check(trace, {
    yes: `user = "alice"
      user = "bob"
      user != "alice"
      user
      availabilityzone = "us-east-1a"
      instance.id BEGINSWITH "i-"
      resource.arn CONTAINS ":ecs:"`,
    no: `user = "carol"
      !user
      availabilityzone = "us-east-1b"
      instance.id ENDSWITH "x"
      resource.arn = ""`,
  });
});

test('name, type and message at the trace level are those of the root', () => {
  check(trace, {
    yes: `name = "backend-flask"
      name = "api.example.com"
      type = "AWS::ECS::Container"`,
    no: `name = "activities"
      type = "AWS::DynamoDB::Table"
      message CONTAINS "Access"`,
  });
});

test('an annotation is compared within its type', () => {
  check(trace, {
    yes: `annotation.user = "alice"
      annotation.user = "bob"
      annotation.user != "alice"
      annotation.user BEGINSWITH "al"
      annotation.user ENDSWITH "ice"
      annotation.user CONTAINS ""
      annotation.age = 30
      annotation.age != 29
      annotation.age > 29
      annotation.age >= 30
      annotation.age < 31
      annotation.age <= 30
      annotation.beta = true
      annotation.legacy = false
      annotation.legacy != true
      Annotation[aws.local.operation] = "GET /home"
      annotation[user] = "alice"
      annotation["user"] = "alice"
      annotation.aws.local.operation = "GET /home"`,
    no: `annotation.user = "carol"
      annotation.User = "alice"
      annotation.age = "30"
      annotation.age CONTAINS ""
      annotation.age > 30
      annotation.user != 5
      annotation.beta = false
      annotation.beta != true
      annotation.legacy = true
      annotation.missing != "x"
      annotation[aws.local.operation] = "PUT /home"`,
  });
});

test('an annotation alone asks whether it is set; a boolean one whether it is true', () => {
  check(trace, {
    yes: `annotation.user
      annotation.empty
      annotation.beta
      !annotation.missing
      !annotation.legacy`,
    no: `!annotation.user
      annotation.missing
      annotation.legacy`,
  });
});

test('service() finds a service by any of its names, its type and its account', () => {
  check(trace, {
    yes: `service("backend-flask")
      service("api.example.com")
      service()
      service("activities") { }
      service(id(name: "activities"))
      service(id(type: "AWS::DynamoDB::Table"))
      service(id(account.id: "123456789012"))
      service(id(name: "activities", type: "AWS::DynamoDB::Table", account.id: "210987654321"))
      !service("frontend")`,
    no: `service("frontend")
      service("Backend-Flask")
      service(id(name: "activities", type: "AWS::ECS::Container"))
      service(id(account.id: "1"))
      !service()`,
  });
});

test('the filter of service() asks one and the same request', () => {
  check(trace, {
    yes: `service() { fault }
      service("activities") { fault = true AND inferred }
      service("activities") { message = "Access Denied" }
      service("activities") { type = "AWS::DynamoDB::Table" http.status = 500 }
      service("activities") { responsetime >= 0.1 }
      service("backend-flask") { root = true }
      service("backend-flask") { duration = 0.75 }
      service("worker") { partial throttle error user = "bob" }
      service("worker") { availabilityzone = "us-east-1a" OR fault }
      service() { !ok AND !fault }
      service() { name = "api.example.com" }`,
    no: `service() { fault error }
      service("backend-flask") { fault }
      service("activities") { root }
      service("activities") { user }
      service("worker") { ok }
      service("worker") { duration }
      service("frontend") { !fault }`,
  });
});

test('edge() goes from the caller to the called, and its filter asks the call', () => {
  check(trace, {
    yes: `edge("backend-flask", "activities")
      edge("api.example.com", "activities") { fault }
      edge("backend-flask", id(type: "AWS::DynamoDB::Table")) { http.method = "POST" }
      edge("backend-flask", "activities") { responsetime = 0.12 }
      edge("backend-flask", "worker") { ok }
      edge(id(account.id: "123456789012"), "worker")
      !edge("activities", "backend-flask")`,
    no: `edge("activities", "backend-flask")
      edge("backend-flask", "frontend")
      edge("backend-flask", "activities") { ok }
      edge("backend-flask", "worker") { fault }
      !edge("backend-flask", "worker")`,
  });
});

test("group.name and group.arn stand for the group's own filter", () => {
  check(trace, {
    yes: `group.name = "quick"
      group.name = "quick" AND user = "alice"
      group.name != "slow"
      !group.name = "slow"
      group.arn = "arn:aws:xray:us-east-1:123456789012:group/quick/1"
      group.name = "Default"`,
    no: `group.name = "slow"
      group.name != "quick"
      group.name = "quick" AND user = "carol"
      group.arn != "arn:aws:xray:us-east-1:123456789012:group/quick/1"
      group.name != "Default"`,
  });
});

test('AND, juxtaposition, OR, negation and parentheses', () => {
  check(trace, {
    yes: `ok AND responsetime < 1
      ok and responsetime < 1
      ok responsetime < 1
      ok !fault duration <3
      fault OR ok
      fault or error or ok
      ok OR fault AND error
      !(fault OR error)
      !!ok
      (((ok)))
      ok AND (fault OR user = "alice")
      !(ok fault)
      http.url AND responseTime > 0.2`,
    no: `ok AND fault
      ok fault
      fault OR error
      (ok OR fault) AND error
      !(ok AND !fault)
      !!fault
      ok AND !(fault OR user = "alice")`,
  });
});
