/**
 * A signature request as Truto shows a workflow. Its `status` cannot say "cancelled"; `remote_data`, which is the raw data
 * behind a workflow, is the signature request as Rescind's own API shows it, and says all.
 */
import { isOpen } from '../../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';

/** As documented. */
export const workflowFields = [
  'id',
  'name',
  'description',
  'type',
  'status',
  'created_by',
  'created_at',
  'updated_at',
  'stage',
  'custom_fields',
  'urls',
  'remote_data',
] as const;
export type WorkflowField = (typeof workflowFields)[number];

/** How a caller wants it shown. */
export interface Showing {
  readonly format: 'unified' | 'raw' | 'normalized' | 'stream';
  readonly leftOut: ReadonlySet<WorkflowField>;
}

/** @returns the workflow with the fields that were asked for; `raw` is what lies behind it alone */
export const showWorkflow = (
  request: SignatureRequestView,
  { format, leftOut }: Showing,
): Readonly<Record<string, unknown>> => {
  switch (format) {
    case 'raw':
      return request;
    // One that is normalized has nothing to be normalized further, and one that is streamed has the same bytes.
    case 'unified':
    case 'normalized':
    case 'stream':
      return without(viewAsWorkflow(request), leftOut);
  }
};

const viewAsWorkflow = (request: SignatureRequestView): Readonly<Record<WorkflowField, unknown>> => ({
  id: request.provider_request_id ?? request.id,
  name: request.name,
  description: null,
  type: null,
  status: statusOf(request),
  created_by: null,
  // Of a request that was made elsewhere, only when it was first heard of is known.
  created_at: request.creation === null ? null : request.created_at,
  updated_at: request.updated_at,
  stage: { id: request.status, name: request.status },
  custom_fields: {},
  urls: urlsOf(request),
  remote_data: request,
});

/** What is not known to have ended counts as active. */
const statusOf = ({ status }: SignatureRequestView): 'active' | 'inactive' | 'draft' => {
  switch (status) {
    case 'creating':
    case 'converting':
    case 'created':
      return 'draft';
    default:
      return isOpen(status) ? 'active' : 'inactive';
  }
};

const urlsOf = ({ prepare_url, signers }: SignatureRequestView): readonly object[] => [
  ...(prepare_url === null ? [] : [{ type: 'prepare', url: prepare_url }]),
  ...signers.flatMap(({ sign_url: url }) => (url === null ? [] : [{ type: 'sign', url }])),
];

const without = (
  workflow: Readonly<Record<WorkflowField, unknown>>,
  leftOut: ReadonlySet<WorkflowField>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    workflowFields.filter((name) => !leftOut.has(name)).map((name) => [name, workflow[name]]),
  );
