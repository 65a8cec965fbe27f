import { list, ofType, type Rule } from './template.ts';

/**
 * A private API without a resource policy cannot be deployed, and one whose policy does not tie it to an endpoint
 * is open to every VPC of the region.
 */
export const privateApiHasPolicy: Rule = (template) =>
  ofType(template, 'AWS::ApiGateway::RestApi').flatMap(([id, api]) => {
    if (!list(api.EndpointConfiguration?.Types).includes('PRIVATE')) return [`${id}: is not private`];
    if (api.Policy === undefined) return [`${id}: is private and has no resource policy`];
    const denies = list(api.Policy.Statement).filter(({ Effect }) => Effect === 'Deny');
    const bound = denies.some(({ Condition }) => {
      return Condition?.StringNotEquals?.['aws:SourceVpce'] !== undefined;
    });
    return bound ? [] : [`${id}: its policy does not deny other endpoints`];
  });
