/** What the simulated Dropbox Sign can be told to do. The first value of each is the default. */
import { amount, oneOf } from '../switches.ts';

export const switches = {
  cancel_delay_ms: amount(300, 'from the 200 until the cancellation takes effect'),
  cancel_outcome: oneOf(
    ['canceled', 'lost_race_all_signed', 'silently_dropped'],
    'what becomes of a queued cancellation: done; overtaken by the last signer; forgotten without a word',
  ),
  second_cancel: oneOf(['200', '409', '410'], 'the answer to another cancel while the first is queued'),
  partial_signed_cancellable: oneOf(
    ['true', 'false'],
    'whether a request with some signatures can be cancelled: the API reference says yes, the help page no',
  ),
  get_after_cancel: oneOf(
    ['410', '404', 'stale'],
    'what a read finds of a cancelled request; stale: still open',
  ),
  plan: oneOf(['paid', 'free'], 'free: only requests in test mode can be sent, others are answered 402'),
  send_delay_ms: amount(
    200,
    'from the 200 of a creation until it goes out; until then it cannot be cancelled',
  ),
  create_warnings: oneOf(['none', 'some'], 'whether the answer to a creation carries warnings'),
  index_delay_ms: amount(200, 'how long a new request is missing in lists'),
  search: oneOf(['matches', 'ignored'], 'ignored: a list has all requests, whatever the query'),
  remind_cool_down_ms: amount(3_600_000, 'a reminder of the same signer sooner after the last is refused'),
  foreign_request: oneOf(['404', '403'], 'the answer about a request of another account'),
  rate_limit_per_minute: amount(0, 'calls an account may make in a clock minute, then 429; 0: no limit'),
  fault_reset_seconds: amount(2, 'how far off X-Ratelimit-Reset is in a 429 that a fault asks for'),
  callbacks: oneOf(['deliver', 'lose', 'twice'], 'what becomes of callbacks'),
  callback_delay_ms: amount(0, 'from the event until its first delivery'),
  callback_order: oneOf(
    ['in_order', 'swapped'],
    'swapped: every other callback is 400 ms late, so the next overtakes it',
  ),
  callback_before_answer: oneOf(
    ['false', 'true'],
    'true: a cancel takes effect, and its callback is delivered, before the cancel is answered',
  ),
  callback_hash: oneOf(['right', 'wrong'], 'whether event_hash verifies'),
  callback_form: oneOf(['multipart', 'json', 'urlencoded'], 'how the JSON is wrapped'),
  ack_match: oneOf(['contains', 'exact'], 'how the acknowledgement is compared'),
  time_scale: amount(1, 'factor on the retry schedule of callbacks: 5, 15, 45, 135, 405, 1215 minutes'),
} as const;
