/** What the simulated Truto can be told to do, and the Ironclad behind it. The first value of each is the default. */
import { amount, oneOf } from '../switches.ts';

export const switches = {
  reply: oneOf(
    ['bare', 'result', 'empty_result', 'empty_object', 'no_content', 'empty_body'],
    'what a cancel is answered with: the workflow, {result: workflow}, {result: {}}, {}, 204, or 200 with nothing',
  ),
  create_form: oneOf(
    ['either', 'unified', 'remote_data'],
    'where a create call has the template and its attributes: template_id and custom_fields, or remote_data',
  ),
  create_reply: oneOf(['workflow', 'empty'], 'what a create call is answered with: the workflow, or {}'),
  launch_form: oneOf(
    ['signer_email', 'nothing'],
    'which attributes a template requires: counterpartySignerEmail, or none',
  ),
  list: oneOf(['whole', 'partial'], 'partial: the list says that it is a part only'),
  list_delay_ms: amount(0, 'for how long a launched workflow is missing in lists'),
  urls: oneOf(
    ['none', 'browser', 'signing'],
    'the urls of a workflow; which types there are is not documented',
  ),
  read_envelope: oneOf(['bare', 'result'], 'how a read is answered, of the proxy too, and a create'),
  remote_data: oneOf(['present', 'absent'], 'whether a unified answer carries what Ironclad said'),
  remote_status: oneOf(
    ['status', 'is_cancelled_only', 'neither'],
    'which of status and isCancelled Ironclad’s workflow has',
  ),
  proxy: oneOf(['normal', '404'], 'whether the proxy knows workflows'),
  integrated_account: oneOf(
    ['active', 'needs_reauth', 'blocked', 'sandbox'],
    'needs_reauth: 401; blocked: 503; sandbox: read-only, 405. Ironclad’s own 401 leads to needs_reauth too',
  ),
  idempotency: oneOf(
    ['replay', 'replay_failures', 'forget'],
    'whether a cancel or create with an Idempotency-Key that was used is answered as before: if it succeeded, always, never',
  ),
  ironclad_error: oneOf(
    ['none', '400', '401', '403', '404', '409', '429', '500', '503'],
    'what Ironclad answers to a cancel or create instead of doing it',
  ),
  cancel_outcome: oneOf(
    ['cancelled', 'silently_kept'],
    'silently_kept: Ironclad accepts the cancel and does nothing',
  ),
  second_cancel: oneOf(['400', '204'], 'what Ironclad answers to a cancel of a cancelled workflow'),
  cancel_of_completed: oneOf(
    ['403', '204'],
    'of a completed workflow: refused, or done as for an administrator',
  ),
  rate_limit_per_minute: amount(0, 'writes that Ironclad takes in a clock minute, then its 429; 0: no limit'),
  account_limit: amount(0, 'calls to an integrated account in 10 s (documented: 50), then 429; 0: no limit'),
  token_limit: amount(0, 'calls with a token in 10 s (documented: 500), then 429; 0: no limit'),
  limit_header: oneOf(
    ['both', 'retry-after', 'ratelimit-reset', 'none'],
    'where a 429 says when to come back',
  ),
  fault_retry_seconds: amount(2, 'when to come back after a 429 that a fault asks for'),
  record_events: oneOf(
    ['none', 'payload', 'records'],
    'whether a change at Ironclad becomes a record event, and where in it the workflow is: none is documented',
  ),
  callbacks: oneOf(['deliver', 'lose', 'twice'], 'what becomes of webhooks'),
  callback_signature: oneOf(['right', 'wrong', 'missing'], 'whether X-Truto-Signature verifies'),
  time_scale: amount(1, 'factor on the retry schedule of webhooks: 1, 2, 4 seconds'),
} as const;
