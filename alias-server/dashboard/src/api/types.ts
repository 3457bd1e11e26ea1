// The API's objects under the names that pages use.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Alias = Schemas['ModelAlias'];
export type AliasDraft = Schemas['AliasDraft'];
export type AliasEdit = Schemas['AliasEdit'];
export type Group = Schemas['AccessGroup'];
export type GroupSummary = Schemas['AccessGroupSummary'];
export type Organization = Schemas['Organization'];
export type OrganizationSummary = Schemas['OrganizationSummary'];
export type Team = Schemas['Team'];
export type TeamSummary = Schemas['TeamSummary'];
export type TeamKey = Schemas['TeamKey'];
export type UsageReport = Schemas['UsageReport'];
export type UsageRow = Schemas['UsageRow'];
export type LowTeam = Schemas['LowTeam'];
export type AliasVersion = Schemas['AliasVersion'];
export type AuditRecord = Schemas['AuditList']['records'][number];
export type CatalogModel = Schemas['CatalogModelList']['models'][number];
export type Me = Schemas['Me'];
export type Role = Schemas['Role'];
export type Warning = Schemas['Warning'];
export type TeamDraft = Schemas['TeamDraft'];
export type TeamEdit = Schemas['TeamEdit'];
export type CreditTransaction = Schemas['CreditTransaction'];
export type CatalogModelDetails = Schemas['CatalogModelDetails'];
export type Account = Schemas['Account'];
export type Webhook = Schemas['Webhook'];
export type Explanation = Schemas['ExplainObject'];
export type ExplainStep = Schemas['StepObject'];
export type Fix = Schemas['Fix'];
export type TestResult = Schemas['TestObject'];
export type Impact = Schemas['Impact'];
export type TargetSwitch = Schemas['TargetSwitch'];
