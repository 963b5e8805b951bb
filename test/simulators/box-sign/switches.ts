/** What the simulated Box Sign can be told to do. The first value of each is the default. */
import { amount, oneOf } from '../switches.ts';

export const switches = {
  converting_ms: amount(500, 'how long a request that is converting stays so, from its creation'),
  cancel_during_converting: oneOf(
    ['400', '200'],
    'the answer to a cancel while it converts: the guide says no, the vendor’s own tests say yes',
  ),
  cancel_outcome: oneOf(
    ['cancelled', 'silently_dropped', 'lost_race_signed'],
    'what a cancel does, all answered 200 with the request: done; nothing; overtaken by the last signer',
  ),
  second_cancel: oneOf(['200', '400'], 'the answer to a cancel of what is cancelled: not documented'),
  resend_cool_down_ms: amount(600_000, 'a resend sooner after the last mails is refused'),
  list_delay_ms: amount(0, 'how long a new request is missing in lists'),
  list_order: oneOf(['newest', 'oldest'], 'the order of lists: not documented'),
  list_end: oneOf(['null', 'empty'], 'next_marker of the last page'),
  cfr11_flow: oneOf(
    ['400', 'accepted'],
    'the answer to request_flow cfr11: the guide says no, the reference has it',
  ),
  foreign_request: oneOf(['404', '403'], 'the answer about a request of another user'),
  parent_folder: oneOf(['there', 'deleted'], 'deleted: reads, cancels and lists no longer find the request'),
  unauthorized_body: oneOf(['json', 'empty'], 'the body of a 401: not documented'),
  token_seconds: amount(4123, 'expires_in of an issued token'),
  token_calls: amount(0, 'after so many calls an issued token is refused, whatever was promised; 0: never'),
  token_type_field: oneOf(['token_type', 'issued_token_type'], 'how the answer spells the type of a token'),
  rate_limit_per_minute: amount(0, 'calls a user may make in a clock minute, then 429; 0: no limit'),
  send_limit_per_minute: amount(0, 'creations and resends together in a clock minute; 0: no limit'),
  fault_retry_seconds: amount(2, 'the retry-after of a 429 that a fault asks for'),
  retry_after_name: oneOf(['retry-after', 'Retry-After'], 'how the header is written'),
  callbacks: oneOf(['deliver', 'lose', 'twice'], 'what becomes of webhooks'),
  callback_delay_ms: amount(0, 'from the event until its first delivery'),
  trigger_names: oneOf(['guide', 'openapi'], 'which spelling of the three triggers that have two'),
  body_escaping: oneOf(['php', 'plain'], 'php: \\/ and \\u00eb, as Box writes its JSON'),
  signature_keys: oneOf(
    ['both', 'primary_rotated', 'secondary_rotated', 'wrong'],
    'which of the two signatures is made with a new key that nobody has been told',
  ),
  delivery_age_seconds: amount(0, 'how old the time of a delivery is'),
  time_scale: amount(1, 'factor on the retry schedule of webhooks: 11 times after 10 minutes'),
} as const;
