import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test, type TestContext } from 'vitest';
import { startRealHub } from '../testing/realHub.ts';
import { virtualEnvironment, type VirtualEnvironment } from '../testing/virtualEnvironment.ts';
import { cruddurSegment, type TestSegment } from './testing/segments.ts';

const run = promisify(execFile);
/** Where the commands are typed: the rule's file is named from here. */
const workspace = fileURLToPath(new URL('../../..', import.meta.url));
let python: VirtualEnvironment;

beforeAll(() => {
  python = virtualEnvironment('boto3==1.44.5', 'watchtower==3.4.0', 'awscli==1.46.3');
}, 200_000);

/** Variables as the extension gives them. */
function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ENDPOINT_URL_XRAY: endpoint,
    AWS_ACCESS_KEY_ID: 'sightline-local',
    AWS_SECRET_ACCESS_KEY: 'sightline-local',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_PAGER: '',
  };
}

/** Runs programs of the virtual environment with these arguments, one after the other, and compares what they printed. */
async function check(
  context: TestContext,
  args: readonly (readonly string[])[],
  expected: readonly string[],
): Promise<void> {
  if (python.kind === 'missing') {
    return context.skip(`no Python with boto3 and the AWS CLI: ${python.reason}`);
  }
  const { ready } = await startRealHub();
  const printed: string[] = [];
  for (const each of args) {
    const env = environmentOf(ready.endpoints.api);
    const { stdout, stderr } = await run(python.python, [...each], { env, cwd: workspace });
    printed.push(...`${stdout}${stderr}`.trim().split(/\r?\n/).filter(Boolean));
  }
  expect(printed).toEqual(expected);
}

function aws(...args: readonly string[]): readonly string[] {
  return ['-m', 'awscli', 'xray', ...args];
}

function window(): readonly string[] {
  const now = Math.floor(Date.now() / 1_000);
  return ['--start-time', String(now - 600), '--end-time', String(now)];
}

function asText(query: string): readonly string[] {
  return ['--query', query, '--output', 'text'];
}

test("the bootcamp's commands run unchanged", { timeout: 180_000 }, async (context) => {
  const sent: TestSegment = cruddurSegment();
  await check(
    context,
    [
      aws(
        'put-trace-segments',
        '--trace-segment-documents',
        JSON.stringify(sent),
        ...asText('UnprocessedTraceSegments'),
      ),
      aws(
        'create-group',
        '--group-name',
        'Cruddur',
        '--filter-expression',
        'service("backend-flask")',
        ...asText('Group.[GroupName, FilterExpression]'),
      ),
      aws(
        'create-sampling-rule',
        '--cli-input-json',
        'file://aws/json/xray.json',
        ...asText('SamplingRuleRecord.SamplingRule.[RuleName, Priority, ServiceName]'),
      ),
      aws(
        'get-trace-summaries',
        ...window(),
        '--filter-expression',
        'group.name = "Cruddur" AND annotation.handle = "ada"',
        ...asText(
          'TraceSummaries[].[Id, EntryPoint.Name, Http.HttpStatus, Annotations.handle[0].AnnotationValue.StringValue]',
        ),
      ),
      aws('batch-get-traces', '--trace-ids', sent.trace_id, ...asText('Traces[].[Id, Duration, length(Segments)]')),
      aws('get-service-graph', ...window(), '--group-name', 'Cruddur', ...asText('sort(Services[].Name)')),
    ],
    [
      'Cruddur\tservice("backend-flask")',
      'Cruddur\t9000\tbackend-flask',
      `${sent.trace_id}\tbackend-flask\t200\tada`,
      `${sent.trace_id}\t0.05\t2`,
      'backend-flask\tbackend-flask\tcruddur-messages',
    ],
  );
});

const script = `
import sys, time, boto3, botocore
xray = boto3.client("xray")
document = sys.argv[1]
print(xray.put_trace_segments(TraceSegmentDocuments=[document])["UnprocessedTraceSegments"])
window = {"StartTime": time.time() - 600, "EndTime": time.time()}
pages = xray.get_paginator("get_trace_summaries").paginate(FilterExpression='service("backend-flask")', **window)
ids = [summary["Id"] for page in pages for summary in page["TraceSummaries"]]
print(len(ids), [len(trace["Segments"]) for trace in xray.batch_get_traces(TraceIds=ids)["Traces"]])
print(sorted(service["Name"] for service in xray.get_trace_graph(TraceIds=ids)["Services"]))
points = xray.get_time_series_service_statistics(Period=60, **window)["TimeSeriesServiceStatistics"]
print(sum(point["EdgeSummaryStatistics"]["TotalCount"] for point in points))
print([group["GroupName"] for group in xray.get_groups()["Groups"]])
for call, arguments in [("get_trace_summaries", {**window, "FilterExpression": "fault AND"}), ("batch_get_traces", {"TraceIds": ids * 6})]:
    try:
        getattr(xray, call)(**arguments)
    except botocore.exceptions.ClientError as error:
        print(type(error).__name__, error.response["Error"]["Code"], error.response["Error"]["Message"])
`;

test('boto3 sends, finds and asks, and understands what is refused', { timeout: 180_000 }, async (context) => {
  await check(
    context,
    [['-c', script, JSON.stringify(cruddurSegment())]],
    [
      '[]',
      '1 [2]',
      "['backend-flask', 'backend-flask', 'cruddur-messages']",
      '1',
      "['Default']",
      'InvalidRequestException InvalidRequestException Invalid filter expression at column 10: The expression ends too early; here could stand a keyword, ! or (.',
      'InvalidRequestException InvalidRequestException Exceeding maximum query size: 5',
    ],
  );
});
