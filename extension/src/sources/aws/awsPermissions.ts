/** What each view asks of AWS, as IAM spells it. The views ask for nothing else, so this is the smallest policy that is enough. */
const statements: readonly { readonly view: string; readonly sid: string; readonly actions: readonly string[] }[] = [
  {
    view: 'Traces',
    sid: 'Traces',
    actions: [
      'xray:GetTraceSummaries',
      'xray:BatchGetTraces',
      'xray:GetTraceSegmentDestination',
      'xray:StartTraceRetrieval',
      'xray:ListRetrievedTraces',
    ],
  },
  { view: 'Service map', sid: 'ServiceMap', actions: ['xray:GetServiceGraph', 'xray:GetTraceGraph'] },
  {
    view: 'Logs',
    sid: 'Logs',
    actions: [
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:FilterLogEvents',
      'logs:StartLiveTail',
      'logs:StartQuery',
      'logs:GetQueryResults',
      'logs:StopQuery',
    ],
  },
  {
    view: 'Saved filters and Sampling',
    sid: 'GroupsAndRules',
    actions: ['xray:GetGroups', 'xray:GetSamplingRules', 'xray:GetSamplingStatisticSummaries'],
  },
  {
    view: 'Saving filters, and changing sampling rules in AWS (only where you do that)',
    sid: 'ChangeGroupsAndRules',
    actions: [
      'xray:CreateGroup',
      'xray:UpdateGroup',
      'xray:DeleteGroup',
      'xray:CreateSamplingRule',
      'xray:UpdateSamplingRule',
      'xray:DeleteSamplingRule',
    ],
  },
];

/** The permissions for a person: the policy, and what each part of it is for. */
export function permissionsText(): string {
  const policy = {
    Version: '2012-10-17',
    Statement: statements.map(({ sid, actions }) => ({ Sid: sid, Effect: 'Allow', Action: actions, Resource: '*' })),
  };
  return `# AWS permissions

The views on AWS work with this policy. A view whose part is missing says so, and the others go on. Leave out what you do not use.

${statements.map(({ view, sid }) => `- \`${sid}\`: ${view}`).join('\n')}

\`\`\`json
${JSON.stringify(policy, undefined, 2)}
\`\`\`
`;
}
