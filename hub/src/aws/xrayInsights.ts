import { invalidRequest, type XRayOperation, type XRayOperations } from './xrayCall.ts';
import { loadGroup, requiredGroup } from './xrayGroupCalls.ts';
import { brokenConstraint, integerIn, requiredText, textIn, textsIn, type XRayInput } from './xrayParameters.ts';
import { windowIn } from './xrayWindow.ts';

const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const states = ['ACTIVE', 'CLOSED'];
const tokenLengths = { least: 1, most: 2000 };

/** AWS finds insights by comparing with weeks of traffic; the hub finds none, so there is none to ask about. */
export const insightOperations: XRayOperations = {
  '/InsightSummaries': async (input, context) => {
    await loadGroup(requiredGroup(input), context);
    windowIn(input, context.now, { mostAgeDays: 30 });
    const state = textsIn(input, 'States', { most: 1 })?.find((each) => !states.includes(each));
    if (state !== undefined) {
      throw brokenConstraint(state, 'States', `satisfy enum value set: [${states.join(', ')}]`);
    }
    integerIn(input, 'MaxResults', { least: 1, most: 100 });
    textIn(input, 'NextToken', tokenLengths);
    return { InsightSummaries: [] };
  },
  '/Insight': missing(() => undefined),
  '/InsightEvents': missing((input) => {
    integerIn(input, 'MaxResults', { least: 1, most: 50 });
    textIn(input, 'NextToken', tokenLengths);
  }),
  '/InsightImpactGraph': missing((input, now) => {
    windowIn(input, now, { mostHours: 6, mostAgeDays: 30 });
    textIn(input, 'NextToken', tokenLengths);
  }),
};

/** Of these calls AWS's model has no error but InvalidRequestException, also for an id that there is not. */
function missing(check: (input: XRayInput, now: number) => void): XRayOperation {
  return (input, { now }) => {
    const id = requiredText(input, 'InsightId');
    if (!idForm.test(id)) {
      throw brokenConstraint(id, 'InsightId', 'satisfy regular expression pattern: a UUID');
    }
    check(input, now);
    throw invalidRequest(`There is no insight with the id ${id}.`);
  };
}
