/** What the simulated Ironclad can be told to do. The first value of each is the default. */
import { amount, oneOf } from '../switches.ts';

export const switches = {
  cancel_outcome: oneOf(
    ['cancelled', 'silently_dropped', 'lost_race_signed'],
    'what a cancel does, of a workflow or of a packet, all answered as a success: done; nothing; overtaken by the last signer',
  ),
  repeat: oneOf(['400', '204'], 'the answer to a cancel of what is cancelled: not documented'),
  acting_user: oneOf(['participant', 'admin'], 'who calls: only an admin can cancel a completed workflow'),
  foreign_workflow: oneOf(['404', '403'], 'the answer about a workflow of another company'),
  missing_as_user: oneOf(
    ['400', 'ignored'],
    'a call with a token for client credentials that names no user: not documented',
  ),
  status_field: oneOf(
    ['present', 'missing'],
    'missing: a workflow has no status, only the deprecated isCancelled and isComplete',
  ),
  unsent_packet_state: oneOf(
    ['not_started', 'in_progress'],
    'signatures.state in the Sign step while no packet is out: not documented',
  ),
  launch_form: oneOf(
    ['signer_email', 'signer_name_and_email', 'nothing'],
    'which attributes a template requires: counterpartySignerEmail, counterpartySignerName too, or none',
  ),
  launched_into: oneOf(['review', 'sent'], 'where a launched workflow is at once; sent: its packet is out'),
  internal_signer: oneOf(['none', 'first'], 'first: a signer of the company before the counterparty'),
  list_delay_ms: amount(0, 'for how long a launched workflow is missing in lists'),
  reminder_cool_down_ms: amount(3_600_000, 'how soon after a reminder of a signer the next is refused'),
  token_seconds: amount(3_600, 'expires_in of an issued token'),
  rate_limit_per_minute: amount(
    0,
    'writes to workflows that a company may make in a clock minute (40 in reality), then 429; 0: no limit',
  ),
  fault_retry_seconds: amount(2, 'the Retry-After of a 429 that a fault asks for'),
  callbacks: oneOf(['deliver', 'lose', 'twice'], 'what becomes of webhooks; twice: with the same event id'),
  callback_delay_ms: amount(0, 'from the event until its first delivery'),
  callback_body: oneOf(
    ['compact', 'pretty'],
    'pretty: sent over several lines, and signed as if it were not',
  ),
  callback_signature: oneOf(
    ['right', 'wrong', 'old_order'],
    'old_order: the nonce before the body, as an older description has it',
  ),
  signing_key: oneOf(['first', 'second'], 'which key signs and is published: changing it rotates the key'),
  webhook_created: oneOf(['200', '201'], 'the answer to the registration of a webhook: observed; documented'),
  disabled_as: oneOf(
    ['disabledBySystem', 'disabled'],
    'the status of a webhook whose receiver answered 410: not documented',
  ),
  time_scale: amount(1, 'factor on the retry schedule of webhooks: 1, 2, 4 … 512 minutes'),
} as const;
